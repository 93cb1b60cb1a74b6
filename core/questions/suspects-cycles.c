/* suspects-cycles.c - cycles that wait for the collector, and whether that runs at all.
 * SPDX-License-Identifier: MIT */
#include "core/numbers.h"
#include "core/questions/cycles.h"
#include "core/questions/hunt.h"
#include "core/questions/named.h"

#include <string.h>

/* Whether far more objects were made than the collector lets be before it runs: then it is off. */
static bool
collector_rests(HgSnapshot *snapshot)
{
    const char *counts = hg_snapshot_get_fact(snapshot, "gc-counts");
    const char *thresholds = hg_snapshot_get_fact(snapshot, "gc-thresholds");
    if (!counts || !thresholds)
        return false;
    double count = g_ascii_strtod(counts, NULL), threshold = g_ascii_strtod(thresholds, NULL);
    return threshold == 0 || count > 2 * threshold;
}

/* The first of "app.Node, list". */
static bool
find_first_type(HgSnapshot *snapshot, const char *types, const HgTypeRow **type, GError **error)
{
    g_autofree char *name = g_strndup(types, strcspn(types, ","));
    return hg_named_find_type(snapshot, name, type, error);
}

static const HgCycleGroup *
find_same(const HgCycles *cycles, const HgCycleGroup *group)
{
    for (unsigned i = 0; cycles && i < cycles->groups->len; i++) {
        const HgCycleGroup *other = cycles->groups->pdata[i];
        if (g_str_equal(other->types, group->types))
            return other;
    }
    return NULL;
}

/* That there is more garbage is no leak while the collector runs. */
static void
write_growth(HgHunt *hunt, const HgCycleGroup *before, bool rests, HgSuspect *suspect)
{
    if (!hunt->earlier)
        return;
    suspect->knows_growth = true;
    suspect->count_growth = (int64_t)(suspect->count - (before ? before->n_cycles : 0));
    suspect->bytes_growth = (int64_t)(suspect->bytes - (before ? before->size : 0));
    suspect->is_leak =
        rests && hg_hunt_is_growth(hunt, suspect->count_growth, suspect->bytes_growth);
}

static bool
tell(HgHunt *hunt, const HgCycleGroup *group, const HgCycleGroup *before, GError **error)
{
    const HgTypeRow *type;
    bool rests = collector_rests(hunt->snapshot);
    if (!find_first_type(hunt->snapshot, group->types, &type, error))
        return false;
    g_autofree char *count = hg_number_dup_count(group->n_cycles);
    g_autofree char *way = group->way ? g_strdup_printf(" (%s)", group->way) : g_strdup("");
    g_autofree char *del =
        group->has_del ? g_strdup_printf("; %s has __del__", group->del_types) : g_strdup("");
    const char *plural = group->n_cycles == 1 ? "cycle" : "cycles";
    HgSuspect *suspect = g_new0(HgSuspect, 1);
    *suspect = (HgSuspect){.kind = HG_SUSPECT_CYCLES,
                           .object = group->example,
                           .type = type ? type : hg_hunt_get_type(hunt, group->example, NULL),
                           .item_type = type,
                           .count = group->n_cycles,
                           .bytes = group->size,
                           .title = g_strdup_printf("%s %s of %s", count, plural, group->types),
                           .sentence = g_strdup_printf("%s %s of %s%s wait for the collector%s%s",
                                                       count, plural, group->types, way,
                                                       rests ? ", which does not run" : "", del),
                           .command = g_strdup("heapgraph garbage")};
    write_growth(hunt, before, rests, suspect);
    hg_hunt_add(hunt, suspect);
    return true;
}

/* Those with __del__ count earlier: what that does is done late, in no order. */
static bool
is_much(const HgHunt *hunt, const HgCycleGroup *group)
{
    return group->size >= hunt->big ||
           (group->has_del && group->n_cycles >= MAX(hunt->options.min_count / 10, 2));
}

bool
hg_suspects_find_cycles(HgHunt *hunt, GError **error)
{
    const HgSnapshotInfo *info = hg_snapshot_get_info(hunt->snapshot);
    uint64_t n_garbage = info->n_objects - info->n_live;
    if (!info->knows_garbage || n_garbage < hunt->options.min_count / 10)
        return true;
    g_autoptr(HgCycles) cycles = hg_cycles_find(hunt->snapshot, hunt->progress, error);
    g_autoptr(HgCycles) before =
        cycles && hunt->earlier ? hg_cycles_find(hunt->earlier, hunt->progress, error) : NULL;
    if (!cycles || (hunt->earlier && !before))
        return false;
    for (unsigned i = 0; i < cycles->groups->len; i++) {
        const HgCycleGroup *group = cycles->groups->pdata[i];
        if (is_much(hunt, group) && !tell(hunt, group, find_same(before, group), error))
            return false;
    }
    return true;
}
