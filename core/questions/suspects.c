/* suspects.c - where memory is probably kept that nobody wants: all families of patterns, in order.
 * SPDX-License-Identifier: MIT */
#include "core/questions/suspects.h"

#include "core/questions/hunt.h"
#include "core/questions/named.h"

static void
free_suspect(void *data)
{
    HgSuspect *suspect = data;
    g_free(suspect->title);
    g_free(suspect->sentence);
    g_free(suspect->path);
    g_free(suspect->remedy);
    g_free(suspect->command);
    g_free(suspect);
}

static void
clear_hunt(HgHunt *hunt)
{
    g_free(hunt->is_class);
    g_free(hunt->is_exception);
    g_free(hunt->is_type_told);
    g_clear_pointer(&hunt->told, g_hash_table_unref);
    g_clear_pointer(&hunt->suspects, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HgHunt, clear_hunt)

static bool
init_hunt(HgHunt *hunt, GError **error)
{
    const HgSnapshotInfo *info = hg_snapshot_get_info(hunt->snapshot);
    hunt->total = info->size;
    hunt->big = MAX(hunt->options.min_size, (uint64_t)(hunt->options.share * (double)hunt->total));
    hunt->big = MAX(hunt->big, 1);
    hunt->is_same_process =
        hunt->earlier && *info->process &&
        g_str_equal(info->process, hg_snapshot_get_info(hunt->earlier)->process);
    if (info->n_objects > 0 && hg_snapshot_count(hunt->snapshot, HG_COLUMN_RETAINED) == 0) {
        g_set_error_literal(error, HG_ERROR, HG_ERROR_NOT_FOUND,
                            "this snapshot does not know who holds what");
        return false;
    }
    hunt->told = g_hash_table_new(NULL, NULL);
    hunt->suspects = g_ptr_array_new_with_free_func(free_suspect);
    hunt->types = hg_snapshot_get_types(hunt->snapshot, error);
    hunt->is_class = hunt->types ? hg_named_mark_metaclasses(hunt->snapshot, error) : NULL;
    hunt->is_exception =
        hunt->is_class ? hg_named_mark_derived(hunt->snapshot, "BaseException", error) : NULL;
    hunt->is_type_told = hunt->types ? g_new0(bool, hunt->types->len + 1) : NULL;
    return hunt->is_exception;
}

static int
compare_suspects(const void *a, const void *b)
{
    const HgSuspect *one = *(HgSuspect *const *)a, *other = *(HgSuspect *const *)b;
    if (one->is_leak != other->is_leak)
        return one->is_leak ? -1 : 1;
    if (one->bytes != other->bytes)
        return one->bytes > other->bytes ? -1 : 1;
    return g_strcmp0(one->title, other->title);
}

GPtrArray *
hg_suspects_find(HgSnapshot *snapshot, HgSnapshot *earlier, const HgSuspectOptions *options,
                 const HgProgress *progress, GError **error)
{
    g_auto(HgHunt) hunt = {
        .snapshot = snapshot, .earlier = earlier, .options = *options, .progress = progress};
    static bool (*const families[])(HgHunt * hunt, GError * *error) = {
        hg_suspects_find_cycles,     hg_suspects_find_uncollectable, hg_suspects_find_weak,
        hg_suspects_find_crowds,     hg_suspects_find_external,      hg_suspects_find_big,
        hg_suspects_find_containers, hg_suspects_find_types,
    };
    if (!init_hunt(&hunt, error))
        return NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(families); i++)
        if (!families[i](&hunt, error))
            return NULL;
    if (!hg_hunt_merge(&hunt, error))
        return NULL;
    g_ptr_array_sort(hunt.suspects, compare_suspects);
    return g_steal_pointer(&hunt.suspects);
}
