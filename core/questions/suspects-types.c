/* suspects-types.c - many objects of one type that together retain much, held here and there.
 *
 * What a suspect found before holds is explained already.
 * SPDX-License-Identifier: MIT */
#include "core/numbers.h"
#include "core/questions/hunt.h"

#define SAMPLE_MAX 200

/* Types every program has much of. */
static bool
is_everywhere(const HgHunt *hunt, const HgTypeRow *type)
{
    static const char *const names[] = {"str",
                                        "dict",
                                        "list",
                                        "tuple",
                                        "set",
                                        "frozenset",
                                        "int",
                                        "float",
                                        "function",
                                        "code",
                                        "cell",
                                        "module",
                                        "property",
                                        "NoneType",
                                        "bool",
                                        "complex",
                                        "slice",
                                        "range",
                                        "ellipsis",
                                        "builtin_function_or_method",
                                        "method",
                                        "traceback",
                                        "frame",
                                        "generator",
                                        "method_descriptor",
                                        "wrapper_descriptor",
                                        "getset_descriptor",
                                        "member_descriptor",
                                        "classmethod",
                                        "staticmethod",
                                        "weakref.ReferenceType",
                                        "weakref",
                                        "weakref.KeyedRef",
                                        "classmethod_descriptor",
                                        "_frozen_importlib.ModuleSpec",
                                        "_frozen_importlib_external.SourceFileLoader"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (g_str_equal(type->name, names[i]))
            return true;
    return hunt->is_class[type->number];
}

/* Returns: live objects of the type, spread evenly; sets *live to the share of them in what all
 * retain. g_array_unref(). */
static GArray *
take_sample(HgHunt *hunt, const HgTypeRow *type, double *live, GError **error)
{
    double live_bytes = 0, all_bytes = 0;
    g_autoptr(GArray) sample = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    uint64_t stride = 1 + (type->n_objects - 1) / SAMPLE_MAX;
    for (uint64_t i = 0; i < type->n_objects; i += stride) {
        uint64_t number, distance, retained;
        if (!hg_snapshot_get(hunt->snapshot, HG_COLUMN_BY_TYPE, type->first + i, &number, error) ||
            !hg_snapshot_get(hunt->snapshot, HG_COLUMN_DISTANCE, number, &distance, error) ||
            !hg_snapshot_get(hunt->snapshot, HG_COLUMN_RETAINED, number, &retained, error))
            return NULL;
        uint32_t object = (uint32_t)number;
        all_bytes += (double)retained;
        live_bytes += distance > 0 ? (double)retained : 0;
        if (distance > 0)
            g_array_append_val(sample, object);
    }
    *live = all_bytes > 0 ? live_bytes / all_bytes : 0;
    return g_steal_pointer(&sample);
}

/* What belongs to modules, classes and code is the program itself. */
static bool
is_of_program(HgHunt *hunt, uint32_t object, bool *is, GError **error)
{
    g_auto(HgPlace) place = {0};
    if (!hg_place_find(hunt, object, &place, error))
        return false;
    *is = place.is_program || place.is_in_class;
    return true;
}

/* Whether suspects found before hold at least half of what the sample retains, or it is part of the
 * program. */
static bool
is_explained(HgHunt *hunt, const GArray *sample, bool *is, GError **error)
{
    uint64_t within = 0, all = 0;
    for (unsigned i = 0; i < sample->len; i++) {
        bool is_within, is_program;
        uint32_t object = g_array_index(sample, uint32_t, i);
        uint64_t retained;
        if (!hg_hunt_is_within(hunt, object, &is_within, error) ||
            !is_of_program(hunt, object, &is_program, error) ||
            !hg_snapshot_get(hunt->snapshot, HG_COLUMN_RETAINED, object, &retained, error))
            return false;
        all += retained;
        within += is_within || is_program || hg_hunt_is_told(hunt, object) ? retained : 0;
    }
    *is = 2 * within >= all;
    return true;
}

static const HgTypeRow *
find_before(const HgHunt *hunt, const HgTypeRow *type, GError **error)
{
    const GPtrArray *types = hg_snapshot_get_types(hunt->earlier, error);
    for (unsigned i = 0; types && i < types->len; i++)
        if (g_str_equal(((HgTypeRow *)types->pdata[i])->name, type->name))
            return types->pdata[i];
    return NULL;
}

static void
read_growth(const HgHunt *hunt, const HgTypeRow *type, HgSuspect *suspect)
{
    if (!hunt->earlier)
        return;
    const HgTypeRow *before = find_before(hunt, type, NULL);
    suspect->knows_growth = true;
    suspect->count_growth = (int64_t)(suspect->count - (before ? before->n_objects : 0));
    suspect->bytes_growth = (int64_t)(type->retained - (before ? before->retained : 0));
    suspect->is_leak = suspect->count_growth > 0 && suspect->bytes_growth > 0 &&
                       hg_hunt_is_growth(hunt, 0, suspect->bytes_growth);
}

static bool
tell(HgHunt *hunt, const HgTypeRow *type, const GArray *sample, HgSuspect *suspect, GError **error)
{
    g_auto(HgKeeper) keeper = {.object = HG_NONE};
    if (!hg_hunt_find_keeper(hunt, sample, &keeper, error))
        return false;
    g_autofree char *count = hg_number_dup_count(type->n_objects);
    suspect->title = g_strdup_printf("%s %s", count, type->name);
    suspect->path = g_strdup(keeper.path);
    suspect->sentence =
        g_strdup_printf("there are %s objects of the type %s, most of them in %s", count,
                        type->name, keeper.path ? keeper.path : "places that no root reaches");
    suspect->command = hg_hunt_dup_type_command(type);
    return true;
}

static bool
look_at(HgHunt *hunt, const HgTypeRow *type, GError **error)
{
    HgSuspect suspect = {.kind = HG_SUSPECT_TYPE,
                         .object = HG_NONE,
                         .type = type,
                         .item_type = type,
                         .count = type->n_objects,
                         .bytes = type->retained};
    bool explained;
    read_growth(hunt, type, &suspect);
    if (type->retained < hunt->big && !suspect.is_leak)
        return true;
    double live;
    g_autoptr(GArray) sample = take_sample(hunt, type, &live, error);
    if (!sample || sample->len == 0 || !is_explained(hunt, sample, &explained, error))
        return sample && sample->len == 0;
    if (explained || live < 0.5)
        return true;
    if (!tell(hunt, type, sample, &suspect, error))
        return false;
    hg_hunt_add(hunt, g_memdup2(&suspect, sizeof suspect));
    hunt->is_type_told[type->number] = true;
    return true;
}

static int
compare_types(const void *a, const void *b)
{
    const HgTypeRow *one = *(HgTypeRow *const *)a, *other = *(HgTypeRow *const *)b;
    if (one->retained != other->retained)
        return one->retained > other->retained ? -1 : 1;
    return g_strcmp0(one->name, other->name);
}

bool
hg_suspects_find_types(HgHunt *hunt, GError **error)
{
    g_autoptr(GPtrArray) types = g_ptr_array_new();
    for (unsigned i = 0; i < hunt->types->len; i++) {
        HgTypeRow *type = hunt->types->pdata[i];
        if (!hunt->is_type_told[i] && type->n_objects >= MAX(hunt->options.min_growth, 2) &&
            !is_everywhere(hunt, type))
            g_ptr_array_add(types, type);
    }
    g_ptr_array_sort(types, compare_types); /* those outside come before what they hold */
    for (unsigned i = 0; i < types->len; i++)
        if (!look_at(hunt, types->pdata[i], error))
            return false;
    return true;
}
