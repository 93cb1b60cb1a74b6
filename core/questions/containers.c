/* containers.c - lists, dicts and the like that had more items every time.
 * SPDX-License-Identifier: MIT */
#include "core/questions/containers.h"

#include "core/questions/best.h"
#include "core/questions/chain.h"
#include "core/questions/new-objects.h"
#include "core/questions/path.h"
#include "core/questions/resolve.h"

#include <string.h>

#define ADDRESSES_TRIED 1000 /* of those that grew most */
#define PATHS_TRIED 200      /* of the longest containers of the last snapshot */
#define PATH_STEPS 60        /* a longer path is cut, and leads nowhere */

/* An object of the last snapshot that may have grown every time. */
typedef struct {
    uint64_t address;
    uint64_t length; /* in the snapshot that was looked at last */
    uint64_t last;   /* in the last */
    uint32_t object;
    uint32_t type;
} Candidate;

typedef struct {
    HgSnapshot *const *snapshot;
    unsigned n_snapshots;
    HgSnapshot *last;
    GPtrArray *found;     /* HgContainer */
    GHashTable *paths;    /* of all that grew */
    GHashTable *patterns; /* path without items -> HgContainer */
} Search;

static void
free_container(void *data)
{
    HgContainer *container = data;
    g_free(container->path);
    g_free(container->length);
    g_free(container);
}

/* ---- reading a snapshot -------------------------------------------------------------------- */

/* A text has a length, too, but no items. */
static bool
has_items(const HgTypeRow *type)
{
    return !g_str_equal(type->name, "str") && !g_str_equal(type->name, "bytes");
}

/* Returns: by number, whether objects of the type have items; g_free(). */
static bool *
find_containers(HgSnapshot *snapshot, const GPtrArray *types)
{
    bool *is_container = g_new0(bool, types->len + 1);
    for (unsigned i = 0; i < types->len; i++)
        is_container[i] = has_items(types->pdata[i]);
    return is_container;
}

/* The columns of a part of the objects. */
typedef struct {
    uint64_t *address, *length;
    uint32_t *type, *distance;
} Part;

static void
clear_part(Part *part)
{
    g_free(part->address);
    g_free(part->length);
    g_free(part->type);
    g_free(part->distance);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Part, clear_part)

static void
init_part(Part *part)
{
    part->address = g_new(uint64_t, HG_CHUNK);
    part->length = g_new(uint64_t, HG_CHUNK);
    part->type = g_new(uint32_t, HG_CHUNK);
    part->distance = g_new(uint32_t, HG_CHUNK);
}

static bool
read_part(HgSnapshot *snapshot, uint32_t first, uint32_t count, Part *part, GError **error)
{
    return hg_snapshot_read(snapshot, HG_COLUMN_ADDRESS, first, count, part->address, error) &&
           hg_snapshot_read(snapshot, HG_COLUMN_LENGTH, first, count, part->length, error) &&
           hg_snapshot_read_u32(snapshot, HG_COLUMN_TYPE, first, count, part->type, error) &&
           hg_snapshot_read_u32(snapshot, HG_COLUMN_DISTANCE, first, count, part->distance, error);
}

/* Returns: Candidate of all live containers of the last snapshot, by address, that are long enough
 * to have grown every time; g_array_unref(). */
static GArray *
read_candidates(const Search *search, GError **error)
{
    const GPtrArray *types = hg_snapshot_get_types(search->last, error);
    g_auto(Part) part = {0};
    if (!types)
        return NULL;
    g_autofree bool *is_container = find_containers(search->last, types);
    g_autoptr(GArray) candidates = g_array_new(FALSE, FALSE, sizeof(Candidate));
    uint32_t n_objects = hg_snapshot_count_objects(search->last);
    init_part(&part);
    for (uint32_t first = 0, count; first < n_objects; first += count) {
        count = MIN(n_objects - first, HG_CHUNK);
        if (!read_part(search->last, first, count, &part, error))
            return NULL;
        for (uint32_t i = 0; i < count; i++) {
            if (part.length[i] < search->n_snapshots || part.distance[i] == 0 ||
                part.type[i] >= types->len || !is_container[part.type[i]])
                continue;
            Candidate candidate = {.address = part.address[i],
                                   .length = part.length[i] - 1,
                                   .last = part.length[i] - 1,
                                   .object = first + i,
                                   .type = part.type[i]};
            g_array_append_val(candidates, candidate);
        }
    }
    return g_steal_pointer(&candidates);
}

/* ---- the same address ------------------------------------------------------------------------ */

/* Keeps those of the candidates that the snapshot has, too, and that were shorter there. [same] is
 * the number in the last snapshot of each type of this one. */
static bool
keep_shorter(HgSnapshot *snapshot, const uint32_t *same, GArray *candidates, GError **error)
{
    uint32_t n_objects = hg_snapshot_count_objects(snapshot);
    const GPtrArray *types = hg_snapshot_get_types(snapshot, error);
    if (!types)
        return false;
    unsigned at = 0, kept = 0;
    g_auto(Part) part = {0};
    init_part(&part);
    for (uint32_t first = 0, count; first < n_objects && at < candidates->len; first += count) {
        count = MIN(n_objects - first, HG_CHUNK);
        if (!read_part(snapshot, first, count, &part, error))
            return false;
        for (uint32_t i = 0; i < count && at < candidates->len; i++) {
            Candidate candidate = g_array_index(candidates, Candidate, at);
            for (; candidate.address < part.address[i] && ++at < candidates->len;)
                candidate = g_array_index(candidates, Candidate, at);
            if (candidate.address != part.address[i] || at >= candidates->len)
                continue;
            at++;
            if (part.length[i] == 0 || part.length[i] - 1 >= candidate.length ||
                part.type[i] >= types->len || same[part.type[i]] != candidate.type)
                continue;
            candidate.length = part.length[i] - 1;
            g_array_index(candidates, Candidate, kept++) = candidate;
        }
    }
    g_array_set_size(candidates, kept);
    return true;
}

static bool
keep_growing(const Search *search, GArray *candidates, GError **error)
{
    for (unsigned i = search->n_snapshots - 1; i > 0; i--) {
        g_autofree uint32_t *same =
            hg_new_objects_match_types(search->snapshot[i - 1], search->last, error);
        if (!same || !keep_shorter(search->snapshot[i - 1], same, candidates, error))
            return false;
    }
    return true;
}

static int
compare_candidates(const void *a, const void *b)
{
    const Candidate *one = a, *other = b;
    uint64_t growth = one->last - one->length, other_growth = other->last - other->length;
    if (growth != other_growth)
        return growth > other_growth ? -1 : 1;
    return one->address < other->address ? -1 : one->address > other->address;
}

/* ---- containers -------------------------------------------------------------------------------
 */

static bool
read_length(HgSnapshot *snapshot, uint32_t object, uint64_t *length, GError **error)
{
    if (!hg_snapshot_get(snapshot, HG_COLUMN_LENGTH, object, length, error))
        return false;
    *length = *length ? *length - 1 : 0;
    return true;
}

/* Takes [path] and [length]. The one that grew most comes first and stands for those like it. */
static void
add_container(Search *search, uint32_t object, char *path, uint64_t *length)
{
    char *pattern = hg_path_dup_pattern(path);
    HgContainer *alike = g_hash_table_lookup(search->patterns, pattern);
    g_hash_table_add(search->paths, path);
    if (alike) {
        alike->n_alike++;
        g_free(pattern);
        g_free(length);
        return;
    }
    HgContainer *container = g_new0(HgContainer, 1);
    *container = (HgContainer){.object = object, .path = g_strdup(path), .length = length};
    g_ptr_array_add(search->found, container);
    g_hash_table_insert(search->patterns, pattern, container);
}

static char *
dup_path(const Search *search, uint32_t object, GError **error)
{
    g_autoptr(GArray) chain = hg_chain_find(search->last, object, error);
    return chain ? hg_chain_dup_text(search->last, chain, PATH_STEPS, error) : NULL;
}

static bool
add_by_address(Search *search, const Candidate *candidate, GError **error)
{
    g_autofree uint64_t *length = g_new0(uint64_t, search->n_snapshots);
    for (unsigned i = 0; i < search->n_snapshots; i++) {
        uint32_t object;
        if (!hg_snapshot_find_address(search->snapshot[i], candidate->address, &object, error) ||
            !read_length(search->snapshot[i], object, &length[i], error))
            return false;
    }
    char *path = dup_path(search, candidate->object, error);
    if (path)
        add_container(search, candidate->object, path, g_steal_pointer(&length));
    return path;
}

/* Whether the path leads to something shorter in each earlier snapshot; one that leads nowhere is
 * no error. */
static bool
grew_by_path(const Search *search, const char *path, uint64_t *length, bool *grew, GError **error)
{
    *grew = true;
    for (unsigned i = search->n_snapshots - 1; i > 0 && *grew; i--) {
        uint32_t object;
        g_autoptr(GError) problem = NULL;
        *grew = hg_resolve(search->snapshot[i - 1], path, &object, &problem);
        if (*grew && !read_length(search->snapshot[i - 1], object, &length[i - 1], error))
            return false;
        *grew = *grew && length[i - 1] < length[i];
        if (problem && !g_error_matches(problem, HG_ERROR, HG_ERROR_NOT_FOUND) &&
            !g_error_matches(problem, HG_ERROR, HG_ERROR_USAGE)) {
            g_propagate_error(error, g_steal_pointer(&problem));
            return false;
        }
    }
    return true;
}

static bool
add_by_path(Search *search, uint32_t object, GError **error)
{
    bool grew;
    g_autofree uint64_t *length = g_new0(uint64_t, search->n_snapshots);
    g_autofree char *path = dup_path(search, object, error);
    if (!path)
        return false;
    if (*path == '<' || g_hash_table_contains(search->paths, path))
        return true;
    if (!read_length(search->last, object, &length[search->n_snapshots - 1], error) ||
        !grew_by_path(search, path, length, &grew, error))
        return false;
    if (grew)
        add_container(search, object, g_steal_pointer(&path), g_steal_pointer(&length));
    return true;
}

static uint64_t
get_growth(const Search *search, const HgContainer *container)
{
    return container->length[search->n_snapshots - 1] - container->length[0];
}

static int
compare_containers(const void *a, const void *b, void *user_data)
{
    const HgContainer *one = *(HgContainer *const *)a, *other = *(HgContainer *const *)b;
    uint64_t growth = get_growth(user_data, one), other_growth = get_growth(user_data, other);
    if (growth != other_growth)
        return growth > other_growth ? -1 : 1;
    return strcmp(one->path, other->path);
}

static GArray *
choose_longest(const GArray *candidates)
{
    g_auto(HgBest) best = {0};
    hg_best_init(&best, PATHS_TRIED);
    for (unsigned i = 0; i < candidates->len; i++) {
        const Candidate *candidate = &g_array_index(candidates, Candidate, i);
        hg_best_offer(&best, candidate->object, candidate->last);
    }
    return hg_best_take(&best);
}

static bool
search_by_address(Search *search, GArray *candidates, GError **error)
{
    if (!keep_growing(search, candidates, error))
        return false;
    g_array_sort(candidates, compare_candidates);
    for (unsigned i = 0; i < candidates->len && i < ADDRESSES_TRIED; i++)
        if (!add_by_address(search, &g_array_index(candidates, Candidate, i), error))
            return false;
    return true;
}

static bool
is_one_process(const Search *search)
{
    for (unsigned i = 1; i < search->n_snapshots; i++)
        if (!hg_new_objects_can_tell(search->snapshot[0], search->snapshot[i]))
            return false;
    return true;
}

GPtrArray *
hg_containers_find_growing(HgSnapshot *const *snapshots, unsigned n_snapshots, GError **error)
{
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(free_container);
    g_autoptr(GHashTable) paths = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) patterns = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Search search = {.snapshot = snapshots,
                     .n_snapshots = n_snapshots,
                     .last = snapshots[n_snapshots - 1],
                     .found = found,
                     .paths = paths,
                     .patterns = patterns};
    g_autoptr(GArray) candidates = read_candidates(&search, error);
    if (!candidates)
        return NULL;
    g_autoptr(GArray) longest = choose_longest(candidates);
    if (is_one_process(&search) && !search_by_address(&search, candidates, error))
        return NULL;
    for (unsigned i = 0; i < longest->len; i++)
        if (!add_by_path(&search, g_array_index(longest, uint32_t, i), error))
            return NULL;
    g_ptr_array_sort_with_data(found, compare_containers, &search);
    return g_steal_pointer(&found);
}
