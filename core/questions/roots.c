/* roots.c - why the runtime itself holds an object.
 * SPDX-License-Identifier: MIT */
#include "core/questions/roots.h"

#include "core/questions/sweep.h"

#include <inttypes.h>
#include <string.h>

bool
hg_roots_find(HgSnapshot *snapshot, uint32_t object, HgRootRow *const **roots, unsigned *count,
              GError **error)
{
    const GPtrArray *all = hg_snapshot_get_roots(snapshot, error);
    if (!all)
        return false;
    HgRootRow *const *row = (HgRootRow *const *)all->pdata;
    unsigned low = 0, high = all->len;
    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        if (row[middle]->object < object)
            low = middle + 1;
        else
            high = middle;
    }
    unsigned end = low;
    while (end < all->len && row[end]->object == object)
        end++;
    *roots = row + low;
    *count = end - low;
    return true;
}

/* Sets *frame to that of the root, NULL if it has none. */
static bool
find_frame(HgSnapshot *snapshot, const HgRootRow *root, const HgFrameRow **frame, GError **error)
{
    *frame = NULL;
    if (root->frame == HG_NONE)
        return true;
    const GPtrArray *frames = hg_snapshot_get_frames(snapshot, error);
    if (frames && root->frame < frames->len)
        *frame = g_ptr_array_index(frames, root->frame);
    return frames;
}

static char *
dup_frame_text(HgSnapshot *snapshot, const HgRootRow *root, GError **error)
{
    const HgFrameRow *frame;
    if (!find_frame(snapshot, root, &frame, error))
        return NULL;
    g_autofree char *what =
        root->name ? g_strconcat("local ", root->name, NULL) : g_strdup("the stack");
    if (!frame)
        return g_strconcat(what, " of a frame", NULL);
    g_autofree char *file = g_path_get_basename(frame->file);
    return g_strdup_printf("%s of %s() (%s:%u)", what, frame->function, file, frame->line);
}

char *
hg_root_dup_text(HgSnapshot *snapshot, const HgRootRow *root, GError **error)
{
    switch (root->kind) {
    case HG_ROOT_MODULE:
        return root->interpreter == 0
                   ? g_strconcat("module ", root->name, NULL)
                   : g_strdup_printf("module %s of interpreter %u", root->name, root->interpreter);
    case HG_ROOT_FRAME:
        return dup_frame_text(snapshot, root, error);
    case HG_ROOT_INTERPRETER:
        return root->name ? g_strconcat("interpreter's ", root->name, NULL)
                          : g_strdup("interpreter");
    case HG_ROOT_STATIC:
        return g_strdup("static or immortal");
    default:
        return g_strdup("held from C");
    }
}

char *
hg_root_dup_path(HgSnapshot *snapshot, const HgRootRow *root, GError **error)
{
    const HgFrameRow *frame;
    if (root->kind == HG_ROOT_MODULE && root->name)
        return g_strdup(root->name);
    if (root->kind == HG_ROOT_INTERPRETER && root->name)
        return g_strconcat("<interpreter>.", root->name, NULL);
    if (root->kind != HG_ROOT_FRAME || !find_frame(snapshot, root, &frame, error) || !frame)
        return NULL;
    return g_strconcat(frame->function, "().", root->name ? root->name : "<stack>", NULL);
}

bool
hg_roots_count(HgSnapshot *snapshot, HgRootCount *count, GError **error)
{
    const GPtrArray *roots = hg_snapshot_get_roots(snapshot, error);
    uint32_t last[HG_N_ROOTS] = {HG_NONE, HG_NONE, HG_NONE, HG_NONE, HG_NONE};
    for (unsigned kind = 0; kind < HG_N_ROOTS; kind++)
        count[kind] = (HgRootCount){0};
    for (unsigned i = 0; roots && i < roots->len; i++) {
        const HgRootRow *root = g_ptr_array_index(roots, i);
        uint64_t size;
        if ((unsigned)root->kind >= HG_N_ROOTS || last[root->kind] == root->object)
            continue;
        if (!hg_snapshot_get(snapshot, HG_COLUMN_SIZE, root->object, &size, error))
            return false;
        last[root->kind] = root->object;
        count[root->kind].objects++;
        count[root->kind].size += size;
    }
    return roots;
}

/* ---- what they keep ------------------------------------------------------------------------ */

bool
hg_roots_sum_alone(HgSnapshot *snapshot, const HgGroupedRoot *roots, size_t n_roots,
                   const uint32_t *parent, uint32_t n_groups, uint64_t *sums,
                   const HgProgress *progress, GError **error)
{
    g_auto(HgGraph) graph = {0};
    HG_AUTO_ARRAY uint32_t *group = NULL;
    g_autofree uint64_t *sizes = g_new(uint64_t, HG_CHUNK);
    if (!hg_sweep_read_graph(snapshot, &graph, error) ||
        !hg_exclusive_find(&graph, roots, n_roots, parent, progress, &group, error))
        return false;
    for (uint32_t first = 0, part; first < graph.n_objects; first += part) {
        part = MIN(graph.n_objects - first, HG_CHUNK);
        if (!hg_snapshot_read(snapshot, HG_COLUMN_SIZE, first, part, sizes, error))
            return false;
        for (uint32_t i = 0; i < part; i++)
            if (group[first + i] < n_groups)
                sums[group[first + i]] += sizes[i];
    }
    return true;
}

bool
hg_roots_sum_kinds(HgSnapshot *snapshot, const HgProgress *progress, uint64_t *keeps,
                   GError **error)
{
    const GPtrArray *roots = hg_snapshot_get_roots(snapshot, error);
    uint64_t sums[HG_N_ROOTS] = {0};
    if (!roots)
        return false;
    g_autofree HgGroupedRoot *grouped = g_new(HgGroupedRoot, (size_t)roots->len + 1);
    for (unsigned i = 0; i < roots->len; i++) {
        const HgRootRow *root = g_ptr_array_index(roots, i);
        grouped[i] = (HgGroupedRoot){root->object, root->kind};
    }
    if (!hg_roots_sum_alone(snapshot, grouped, roots->len, NULL, HG_N_ROOTS, sums, progress, error))
        return false;
    memcpy(keeps, sums, sizeof sums);
    return true;
}
