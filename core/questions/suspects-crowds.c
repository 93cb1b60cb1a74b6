/* suspects-crowds.c - many objects of a kind that should be few: suspended generators, pending
 * tasks, threads that have ended, exceptions with their frames.
 * SPDX-License-Identifier: MIT */
#include "core/numbers.h"
#include "core/questions/hunt.h"
#include "core/questions/named.h"
#include "core/questions/resolve.h"

#include <string.h>

#define CENSUS_MAX                                                                                 \
    20000              /* objects of a type that are looked at; of more, so many spread evenly     \
                        */
#define SAMPLE_MAX 200 /* of a crowd, to find what keeps it */

typedef enum {
    CROWD_NONE,
    CROWD_FRAMES, /* generators, coroutines */
    CROWD_TASKS,
    CROWD_THREADS,
    CROWD_EXCEPTIONS,
    N_CROWDS
} CrowdKind;

/* Objects of one type, and of one function where they run one. */
typedef struct {
    CrowdKind kind;
    const HgTypeRow *type;
    char *function; /* or NULL */
    uint64_t count; /* of those looked at */
    uint64_t stride;
    uint64_t retained;
    GArray *sample; /* numbers */
} Crowd;

typedef struct {
    HgSnapshot *snapshot;
    const GPtrArray *types;
    uint8_t *kind;       /* [type] CrowdKind */
    GHashTable *crowds;  /* "type function" -> Crowd */
    GHashTable *running; /* numbers + 1 of the Thread objects that threading._active has */
} Census;

static void
free_crowd(void *data)
{
    Crowd *crowd = data;
    g_free(crowd->function);
    g_array_unref(crowd->sample);
    g_free(crowd);
}

static void
clear_census(Census *census)
{
    g_free(census->kind);
    g_clear_pointer(&census->crowds, g_hash_table_unref);
    g_clear_pointer(&census->running, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Census, clear_census)

/* ---- who counts ---------------------------------------------------------------------------- */

/* A generator that has ended has no frame any more. */
static bool
is_suspended(HgSnapshot *snapshot, uint32_t object, bool *is, GError **error)
{
    g_autoptr(GArray) references = hg_references_read_from(snapshot, object, 64, error);
    *is = false;
    for (unsigned i = 0; references && i < references->len && !*is; i++) {
        const HgReference *reference = &g_array_index(references, HgReference, i);
        const char *text;
        if (!hg_reference_get_text(snapshot, reference, &text, error))
            return false;
        *is = (reference->how & HG_HOW_LABEL) == HG_LABEL_LOCAL ||
              (text && (g_str_equal(text, "f_code") || g_str_equal(text, "gi_frame") ||
                        g_str_equal(text, "cr_frame") || g_str_equal(text, "ag_frame")));
    }
    return references;
}

/* Whether it runs for another one, or for a task: that one counts. */
static bool
is_awaited(const Census *census, uint32_t object, bool *is, GError **error)
{
    uint64_t holder, type = 0;
    if (!hg_snapshot_get(census->snapshot, HG_COLUMN_HOLDER, object, &holder, error) ||
        (holder > 0 &&
         !hg_snapshot_get(census->snapshot, HG_COLUMN_TYPE, holder - 1, &type, error)))
        return false;
    *is = holder > 0 && type < census->types->len &&
          (census->kind[type] == CROWD_TASKS || census->kind[type] == CROWD_FRAMES);
    return true;
}

/* From inside the name stands in a field alone. */
static bool
read_function(HgSnapshot *snapshot, uint32_t object, char **function, GError **error)
{
    size_t size;
    return hg_snapshot_read_value(snapshot, object, function, &size, error) &&
           (*function || hg_named_dup_value(snapshot, object, "__qualname__", function, error));
}

static bool
look_at_frame(const Census *census, uint32_t object, bool *counts, char **function, GError **error)
{
    bool is_part;
    if (!is_awaited(census, object, &is_part, error) ||
        !is_suspended(census->snapshot, object, counts, error))
        return false;
    *counts &= !is_part;
    return !*counts || read_function(census->snapshot, object, function, error);
}

/* A task is pending as long as its coroutine has a frame. */
static bool
look_at_task(const Census *census, uint32_t object, bool *counts, char **function, GError **error)
{
    uint32_t coroutine;
    *counts = false;
    if (!hg_named_find(census->snapshot, object, "coroutine", &coroutine, error) ||
        (coroutine == HG_NONE &&
         !hg_named_find(census->snapshot, object, "_coro", &coroutine, error)))
        return false;
    return coroutine == HG_NONE || (is_suspended(census->snapshot, coroutine, counts, error) &&
                                    read_function(census->snapshot, coroutine, function, error));
}

/* It has been started, and threading does not list it any more. */
static bool
look_at_thread(const Census *census, uint32_t object, bool *counts, GError **error)
{
    uint32_t event;
    g_autofree char *flag = NULL;
    *counts = false;
    if (!hg_named_find(census->snapshot, object, "_started", &event, error) ||
        (event != HG_NONE && !hg_named_dup_value(census->snapshot, event, "_flag", &flag, error)))
        return false;
    *counts = g_strcmp0(flag, "True") == 0 &&
              !g_hash_table_contains(census->running, GSIZE_TO_POINTER((size_t)object + 1));
    return true;
}

static bool
look_at_exception(const Census *census, uint32_t object, bool *counts, GError **error)
{
    uint32_t traceback;
    uint64_t type;
    *counts = false;
    if (!hg_named_find(census->snapshot, object, "__traceback__", &traceback, error))
        return false;
    if (traceback == HG_NONE)
        return true;
    if (!hg_snapshot_get(census->snapshot, HG_COLUMN_TYPE, traceback, &type, error))
        return false;
    const HgTypeRow *row = type < census->types->len ? census->types->pdata[type] : NULL;
    *counts = row && g_str_equal(row->name, "traceback");
    return true;
}

static bool
look_at(const Census *census, CrowdKind kind, uint32_t object, bool *counts, char **function,
        GError **error)
{
    switch (kind) {
    case CROWD_FRAMES:
        return look_at_frame(census, object, counts, function, error);
    case CROWD_TASKS:
        return look_at_task(census, object, counts, function, error);
    case CROWD_THREADS:
        return look_at_thread(census, object, counts, error);
    default:
        return look_at_exception(census, object, counts, error);
    }
}

/* ---- the census ---------------------------------------------------------------------------- */

/* Takes [function]. */
static Crowd *
require_crowd(Census *census, const HgTypeRow *type, uint64_t stride, char *function)
{
    char *key = g_strconcat(type->name, " ", function, NULL);
    Crowd *crowd = g_hash_table_lookup(census->crowds, key);
    if (crowd) {
        g_free(key);
        g_free(function);
        return crowd;
    }
    crowd = g_new0(Crowd, 1);
    *crowd = (Crowd){.kind = census->kind[type->number],
                     .type = type,
                     .function = function,
                     .stride = stride,
                     .sample = g_array_new(FALSE, FALSE, sizeof(uint32_t))};
    g_hash_table_insert(census->crowds, key, crowd);
    return crowd;
}

static bool
count_object(Census *census, const HgTypeRow *type, uint64_t stride, uint32_t object,
             GError **error)
{
    g_autofree char *function = NULL;
    bool counts;
    uint64_t retained = 0, distance;
    if (!hg_snapshot_get(census->snapshot, HG_COLUMN_DISTANCE, object, &distance, error))
        return false;
    if (distance == 0)
        return true;
    if (!look_at(census, census->kind[type->number], object, &counts, &function, error) ||
        (hg_snapshot_count(census->snapshot, HG_COLUMN_RETAINED) > 0 &&
         !hg_snapshot_get(census->snapshot, HG_COLUMN_RETAINED, object, &retained, error)))
        return false;
    if (!counts)
        return true;
    Crowd *crowd = require_crowd(census, type, stride, g_steal_pointer(&function));
    if (crowd->count++ % (1 + CENSUS_MAX / SAMPLE_MAX / 2) == 0 || crowd->sample->len < SAMPLE_MAX)
        g_array_append_val(crowd->sample, object);
    crowd->retained += retained;
    return true;
}

static bool
count_type(Census *census, const HgTypeRow *type, GError **error)
{
    uint64_t stride = 1 + (type->n_objects - 1) / CENSUS_MAX;
    for (uint64_t i = 0; i < type->n_objects; i += stride) {
        uint64_t object;
        if (!hg_snapshot_get(census->snapshot, HG_COLUMN_BY_TYPE, type->first + i, &object,
                             error) ||
            !count_object(census, type, stride, (uint32_t)object, error))
            return false;
    }
    return true;
}

static bool
mark_kind(Census *census, const char *name, CrowdKind kind, GError **error)
{
    g_autofree bool *is_derived = hg_named_mark_derived(census->snapshot, name, error);
    for (unsigned i = 0; is_derived && i < census->types->len; i++)
        if (is_derived[i])
            census->kind[i] = (uint8_t)kind;
    return is_derived;
}

static bool
mark_kinds(Census *census, GError **error)
{
    static const struct {
        const char *name;
        CrowdKind kind;
    } kinds[] = {{"generator", CROWD_FRAMES},         {"coroutine", CROWD_FRAMES},
                 {"async_generator", CROWD_FRAMES},   {"_asyncio.Task", CROWD_TASKS},
                 {"asyncio.tasks.Task", CROWD_TASKS}, {"threading.Thread", CROWD_THREADS},
                 {"BaseException", CROWD_EXCEPTIONS}};
    census->kind = g_new0(uint8_t, census->types->len + 1);
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (!mark_kind(census, kinds[i].name, kinds[i].kind, error))
            return false;
    return true;
}

/* The values of threading._active, if the program uses threads. */
static bool
find_running(Census *census, GError **error)
{
    uint32_t active;
    census->running = g_hash_table_new(NULL, NULL);
    if (!hg_resolve(census->snapshot, "threading._active", &active, NULL))
        return true;
    g_autoptr(GArray) references = hg_references_read_from(census->snapshot, active, 100000, error);
    for (unsigned i = 0; references && i < references->len; i++)
        g_hash_table_add(
            census->running,
            GSIZE_TO_POINTER((size_t)g_array_index(references, HgReference, i).target + 1));
    return references;
}

static bool
take_census(Census *census, HgSnapshot *snapshot, GError **error)
{
    census->snapshot = snapshot;
    census->types = hg_snapshot_get_types(snapshot, error);
    census->crowds = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_crowd);
    if (!census->types || !mark_kinds(census, error) || !find_running(census, error))
        return false;
    for (unsigned i = 0; i < census->types->len; i++)
        if (census->kind[i] && !count_type(census, census->types->pdata[i], error))
            return false;
    return true;
}

/* ---- sentences ------------------------------------------------------------------------------ */

static const struct {
    HgSuspectKind kind;
    const char *before, *after; /* of "2,500 ... generators rows() ..." */
} words[N_CROWDS] = {
    [CROWD_FRAMES] = {HG_SUSPECT_SUSPENDED, "suspended ", "wait"},
    [CROWD_TASKS] = {HG_SUSPECT_SUSPENDED, "pending ", "wait"},
    [CROWD_THREADS] = {HG_SUSPECT_THREADS, "", "whose thread has ended are kept"},
    [CROWD_EXCEPTIONS] = {HG_SUSPECT_EXCEPTION, "", "keep the locals of their frames alive"},
};

/* "2,500 suspended generators rows" */
static char *
dup_name(const Crowd *crowd)
{
    g_autofree char *count = hg_number_dup_count(crowd->count * crowd->stride);
    bool is_plural = crowd->kind == CROWD_FRAMES || crowd->kind == CROWD_TASKS;
    return g_strdup_printf("%s%s %s%s%s%s%s", crowd->stride > 1 ? "about " : "", count,
                           words[crowd->kind].before, crowd->type->name, is_plural ? "s" : "",
                           crowd->function ? " " : "", crowd->function ? crowd->function : "");
}

/* Sets *type to that of the first local of [frame] that is an instance of a class, or NULL. */
static bool
find_in_frame(HgHunt *hunt, uint32_t frame, const HgTypeRow **type, GError **error)
{
    g_autoptr(GArray) references = hg_references_read_from(hunt->snapshot, frame, 64, error);
    *type = NULL;
    for (unsigned i = 0; references && i < references->len && !*type; i++) {
        const HgReference *reference = &g_array_index(references, HgReference, i);
        if ((reference->how & HG_HOW_LABEL) != HG_LABEL_LOCAL)
            continue;
        const HgTypeRow *local = hg_hunt_get_type(hunt, reference->target, error);
        if (!local)
            return false;
        if (local->flags & HG_TYPE_HEAP)
            *type = local;
    }
    return references;
}

/* The same of a generator or coroutine; up to 3.10 its frame is an object of its own. */
static bool
find_local_type(HgHunt *hunt, uint32_t object, const HgTypeRow **type, GError **error)
{
    static const char *const names[] = {"gi_frame", "cr_frame", "ag_frame"};
    uint32_t frame = HG_NONE;
    if (!find_in_frame(hunt, object, type, error))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(names) && !*type && frame == HG_NONE; i++)
        if (!hg_named_find(hunt->snapshot, object, names[i], &frame, error))
            return false;
    return frame == HG_NONE || find_in_frame(hunt, frame, type, error);
}

/* Returns: ", each with app.Connection," if all of some have a local of one class, else ""; NULL
 * with [error] set. */
static char *
dup_each(HgHunt *hunt, const Crowd *crowd, GError **error)
{
    const HgTypeRow *common = NULL, *type;
    unsigned n = MIN(crowd->sample->len, 20);
    for (unsigned i = 0; crowd->kind == CROWD_FRAMES && i < n; i++) {
        if (!find_local_type(hunt, g_array_index(crowd->sample, uint32_t, i), &type, error))
            return NULL;
        if (!type || (common && type != common))
            return g_strdup("");
        common = type;
    }
    return common ? g_strdup_printf(", each with %s,", common->name) : g_strdup("");
}

static void
write_growth(HgHunt *hunt, const Crowd *crowd, const Crowd *before, HgSuspect *suspect)
{
    if (!hunt->earlier)
        return;
    uint64_t count = before ? before->count * before->stride : 0;
    uint64_t bytes = before ? before->retained * before->stride : 0;
    suspect->knows_growth = true;
    suspect->count_growth = (int64_t)(suspect->count - count);
    suspect->bytes_growth = (int64_t)(crowd->retained * crowd->stride - bytes);
    suspect->is_leak = hg_hunt_is_growth(hunt, suspect->count_growth, suspect->bytes_growth);
}

static char *
dup_sentence(const Crowd *crowd, const char *each, const HgKeeper *keeper,
             const HgTypeRow *keeper_type)
{
    g_autofree char *name = dup_name(crowd);
    g_autofree char *type =
        keeper_type ? g_strdup_printf(" (%s)", keeper_type->name) : g_strdup("");
    return g_strdup_printf("%s%s%s %s in %s%s", name, crowd->function ? "()" : "", each,
                           words[crowd->kind].after, keeper->path ? keeper->path : "the heap",
                           type);
}

static bool
tell(HgHunt *hunt, const Crowd *crowd, const Crowd *before, GError **error)
{
    g_auto(HgKeeper) keeper = {.object = HG_NONE};
    const HgTypeRow *keeper_type = NULL;
    uint64_t bytes = crowd->retained * crowd->stride;
    if (!hg_hunt_find_keeper(hunt, crowd->sample, &keeper, error))
        return false;
    if (keeper.object != HG_NONE && hg_hunt_is_told(hunt, keeper.object))
        return true;
    if (keeper.object != HG_NONE &&
        (!(keeper_type = hg_hunt_get_type(hunt, keeper.object, error)) ||
         (keeper.is_holder &&
          !hg_snapshot_get(hunt->snapshot, HG_COLUMN_RETAINED, keeper.object, &bytes, error))))
        return false;
    g_autofree char *each = dup_each(hunt, crowd, error);
    if (!each)
        return false;
    HgSuspect *suspect = g_new0(HgSuspect, 1);
    *suspect = (HgSuspect){.kind = words[crowd->kind].kind,
                           .object = keeper.object,
                           .type = crowd->type,
                           .item_type = crowd->type,
                           .count = crowd->count * crowd->stride,
                           .bytes = bytes,
                           .path = g_strdup(keeper.path),
                           .title = dup_name(crowd),
                           .sentence = dup_sentence(crowd, each, &keeper, keeper_type)};
    write_growth(hunt, crowd, before, suspect);
    suspect->command = keeper.object != HG_NONE
                           ? hg_hunt_dup_command(hunt, "show", keeper.object, keeper.path)
                           : hg_hunt_dup_type_command(crowd->type);
    hg_hunt_add(hunt, suspect);
    return true;
}

/* Threads are heavy: a tenth of what else is many. */
static bool
is_many(const HgHunt *hunt, const Crowd *crowd)
{
    uint64_t many = hunt->options.min_count / (crowd->kind == CROWD_THREADS ? 10 : 1);
    return crowd->count * crowd->stride >= MAX(many, 2);
}

static int
compare_crowds(const void *a, const void *b)
{
    const Crowd *one = *(Crowd *const *)a, *other = *(Crowd *const *)b;
    if (one->retained * one->stride != other->retained * other->stride)
        return one->retained * one->stride > other->retained * other->stride ? -1 : 1;
    return g_strcmp0(one->function, other->function);
}

bool
hg_suspects_find_crowds(HgHunt *hunt, GError **error)
{
    g_auto(Census) now = {0};
    g_auto(Census) earlier = {0};
    if (!take_census(&now, hunt->snapshot, error) ||
        (hunt->earlier && !take_census(&earlier, hunt->earlier, error)))
        return false;
    g_autoptr(GPtrArray) crowds = g_ptr_array_new();
    GHashTableIter at;
    void *crowd;
    g_hash_table_iter_init(&at, now.crowds);
    while (g_hash_table_iter_next(&at, NULL, &crowd))
        if (is_many(hunt, crowd))
            g_ptr_array_add(crowds, crowd);
    g_ptr_array_sort(crowds, compare_crowds);
    for (unsigned i = 0; i < crowds->len; i++) {
        const Crowd *one = crowds->pdata[i];
        g_autofree char *key = g_strconcat(one->type->name, " ", one->function, NULL);
        const Crowd *before = earlier.crowds ? g_hash_table_lookup(earlier.crowds, key) : NULL;
        hunt->is_type_told[one->type->number] = true;
        if (!tell(hunt, one, before, error))
            return false;
    }
    return true;
}
