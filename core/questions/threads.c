/* threads.c - what the threads of the process are doing, and what their stacks keep.
 *
 * Frames are groups of roots that belong to threads, and all other roots are one more group: what
 * each group reaches alone is what it keeps (core/graph/exclusive.h).
 * SPDX-License-Identifier: MIT */
#include "core/questions/threads.h"

#include "core/questions/roots.h"

static void
free_frame(void *data)
{
    HgThreadFrame *frame = data;
    g_array_unref(frame->locals);
    g_free(frame);
}

static void
free_thread(void *data)
{
    HgThread *thread = data;
    g_ptr_array_unref(thread->frames);
    g_free(thread);
}

/* Everything by number: of threads, frames. */
typedef struct {
    HgSnapshot *snapshot;
    const GPtrArray *thread_rows, *frame_rows, *roots;
    GPtrArray *threads; /* HgThread */
    GPtrArray *frames;  /* HgThreadFrame, borrowed from the threads; NULL for one of no thread */
} Listing;

static bool
read_rows(Listing *listing, GError **error)
{
    return (listing->thread_rows = hg_snapshot_get_threads(listing->snapshot, error)) &&
           (listing->frame_rows = hg_snapshot_get_frames(listing->snapshot, error)) &&
           (listing->roots = hg_snapshot_get_roots(listing->snapshot, error));
}

static void
make_threads(Listing *listing)
{
    for (unsigned i = 0; i < listing->thread_rows->len; i++) {
        HgThread *thread = g_new0(HgThread, 1);
        thread->row = listing->thread_rows->pdata[i];
        thread->frames = g_ptr_array_new_with_free_func(free_frame);
        g_ptr_array_add(listing->threads, thread);
    }
    for (unsigned i = 0; i < listing->frame_rows->len; i++) {
        const HgFrameRow *row = listing->frame_rows->pdata[i];
        HgThreadFrame *frame = NULL;
        if (row->thread < listing->threads->len) {
            HgThread *thread = listing->threads->pdata[row->thread];
            frame = g_new0(HgThreadFrame, 1);
            frame->row = row;
            frame->locals = g_array_new(FALSE, FALSE, sizeof(HgThreadLocal));
            g_ptr_array_add(thread->frames, frame);
        }
        g_ptr_array_add(listing->frames, frame);
    }
}

/* Returns: the frame that holds the root, or NULL. */
static HgThreadFrame *
get_frame(const Listing *listing, const HgRootRow *root)
{
    bool is_local = root->kind == HG_ROOT_FRAME && root->frame < listing->frames->len;
    return is_local ? listing->frames->pdata[root->frame] : NULL;
}

static bool
add_locals(Listing *listing, GError **error)
{
    bool knows = hg_snapshot_count(listing->snapshot, HG_COLUMN_RETAINED) > 0;
    for (unsigned i = 0; i < listing->roots->len; i++) {
        const HgRootRow *root = listing->roots->pdata[i];
        HgThreadFrame *frame = get_frame(listing, root);
        HgThreadLocal local = {root->name, root->object, HG_UNKNOWN};
        if (!frame)
            continue;
        if (knows && !hg_snapshot_get(listing->snapshot, HG_COLUMN_RETAINED, root->object,
                                      &local.retained, error))
            return false;
        g_array_append_val(frame->locals, local);
    }
    return true;
}

static int
compare_locals(const void *a, const void *b)
{
    const HgThreadLocal *one = a, *other = b;
    if (one->retained != other->retained)
        return one->retained > other->retained ? -1 : 1;
    if (!one->name || !other->name)
        return !one->name - !other->name;
    return g_strcmp0(one->name, other->name);
}

/* ---- what they keep ---------------------------------------------------------------------------
 */

/* Groups: frames by number, then threads, then all other roots. */
static HgGroupedRoot *
group_roots(const Listing *listing, uint32_t n_groups)
{
    HgGroupedRoot *grouped = g_new(HgGroupedRoot, (size_t)listing->roots->len + 1);
    for (unsigned i = 0; i < listing->roots->len; i++) {
        const HgRootRow *root = listing->roots->pdata[i];
        grouped[i].object = root->object;
        grouped[i].group = get_frame(listing, root) ? root->frame : n_groups - 1;
    }
    return grouped;
}

static uint32_t *
make_parents(const Listing *listing, uint32_t n_groups)
{
    uint32_t *parent = g_new(uint32_t, n_groups);
    for (uint32_t i = 0; i < n_groups; i++)
        parent[i] = HG_NONE;
    for (unsigned i = 0; i < listing->frames->len; i++)
        if (listing->frames->pdata[i])
            parent[i] =
                listing->frames->len + ((HgThreadFrame *)listing->frames->pdata[i])->row->thread;
    return parent;
}

static void
set_keeps(Listing *listing, const uint64_t *sums)
{
    for (unsigned i = 0; i < listing->threads->len; i++)
        ((HgThread *)listing->threads->pdata[i])->keeps = sums[listing->frames->len + i];
    for (unsigned i = 0; i < listing->frames->len; i++) {
        HgThreadFrame *frame = listing->frames->pdata[i];
        if (!frame)
            continue;
        frame->keeps = sums[i];
        ((HgThread *)listing->threads->pdata[frame->row->thread])->keeps += sums[i];
    }
}

static bool
find_keeps(Listing *listing, const HgProgress *progress, GError **error)
{
    uint32_t n_groups = listing->frames->len + listing->threads->len + 1;
    g_autofree HgGroupedRoot *roots = group_roots(listing, n_groups);
    g_autofree uint32_t *parent = make_parents(listing, n_groups);
    g_autofree uint64_t *sums = g_new0(uint64_t, n_groups);
    if (!hg_roots_sum_alone(listing->snapshot, roots, listing->roots->len, parent, n_groups, sums,
                            progress, error))
        return false;
    set_keeps(listing, sums);
    return true;
}

GPtrArray *
hg_threads_list(HgSnapshot *snapshot, const HgProgress *progress, GError **error)
{
    g_autoptr(GPtrArray) threads = g_ptr_array_new_with_free_func(free_thread);
    g_autoptr(GPtrArray) frames = g_ptr_array_new();
    Listing listing = {.snapshot = snapshot, .threads = threads, .frames = frames};
    if (!read_rows(&listing, error))
        return NULL;
    make_threads(&listing);
    if (!add_locals(&listing, error) || !find_keeps(&listing, progress, error))
        return NULL;
    for (unsigned i = 0; i < frames->len; i++)
        if (frames->pdata[i])
            g_array_sort(((HgThreadFrame *)frames->pdata[i])->locals, compare_locals);
    return g_steal_pointer(&threads);
}
