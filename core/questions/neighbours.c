/* neighbours.c - the part of the graph around some objects.
 * SPDX-License-Identifier: MIT */
#include "core/questions/neighbours.h"

#include "core/numbers.h"
#include "core/questions/best.h"
#include "core/questions/describe.h"
#include "core/store/label.h"

#include <string.h>

#define LABELS_SHOWN 3 /* of several references between the same two */
#define OWNERS_MAX                                                                                 \
    5000 /* dicts among the referrers of one object that are asked whose they are                  \
          */
#define HIDDEN_TYPES_MAX 3 /* named in "1,200 Session, 4 dict" */

typedef struct {
    HgSnapshot *snapshot;
    const HgNeighboursOptions *options;
    const GPtrArray *types;
    HgNeighbours *found;
    GHashTable *node_of; /* object + 1 -> place in nodes + 1 */
} Search;

static void
free_node(void *data)
{
    HgNeighbour *node = data;
    g_free(node->hidden);
    g_free(node);
}

static void
free_link(void *data)
{
    HgNeighbourLink *link = data;
    g_free(link->label);
    g_free(link);
}

void
hg_neighbours_free(HgNeighbours *neighbours)
{
    if (!neighbours)
        return;
    g_clear_pointer(&neighbours->nodes, g_ptr_array_unref);
    g_clear_pointer(&neighbours->links, g_ptr_array_unref);
    g_free(neighbours);
}

/* ---- nodes -------------------------------------------------------------------------------- */

static bool
find_node(const Search *search, uint32_t object, uint32_t *place)
{
    size_t stored = GPOINTER_TO_SIZE(
        g_hash_table_lookup(search->node_of, GSIZE_TO_POINTER((size_t)object + 1)));
    if (stored)
        *place = (uint32_t)(stored - 1);
    return stored;
}

static uint32_t
require_node(Search *search, uint32_t object, unsigned depth)
{
    uint32_t place;
    if (find_node(search, object, &place))
        return place;
    HgNeighbour *node = g_new0(HgNeighbour, 1);
    *node = (HgNeighbour){.object = object, .depth = depth, .is_asked = depth == 0};
    g_ptr_array_add(search->found->nodes, node);
    g_hash_table_insert(search->node_of, GSIZE_TO_POINTER((size_t)object + 1),
                        GSIZE_TO_POINTER((size_t)search->found->nodes->len));
    return search->found->nodes->len - 1;
}

static const HgTypeRow *
get_type(const Search *search, uint32_t object, GError **error)
{
    uint64_t type;
    if (!hg_snapshot_get(search->snapshot, HG_COLUMN_TYPE, object, &type, error))
        return NULL;
    if (type < search->types->len)
        return g_ptr_array_index(search->types, type);
    g_set_error(error, HG_ERROR, HG_ERROR_FORMAT, "object %u: no such type", object);
    return NULL;
}

static bool
is_wanted(const HgTypeRow *type, const HgNeighboursOptions *options)
{
    if (options->filter && !g_regex_match(options->filter, type->name, 0, NULL))
        return false;
    return !options->ignore || !g_regex_match(options->ignore, type->name, 0, NULL);
}

/* ---- candidates --------------------------------------------------------------------------- */

/* The neighbours of one object: each once, and for one behind a __dict__ that dict. */
typedef struct {
    GArray *object;   /* uint32_t, in the order they were met */
    GHashTable *via;  /* object + 1 -> dict + 1, 0 for none */
    GHashTable *seen; /* object + 1 */
} Candidates;

static void
init_candidates(Candidates *candidates)
{
    candidates->object = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    candidates->via = g_hash_table_new(NULL, NULL);
    candidates->seen = g_hash_table_new(NULL, NULL);
}

static void
clear_candidates(Candidates *candidates)
{
    g_clear_pointer(&candidates->object, g_array_unref);
    g_clear_pointer(&candidates->via, g_hash_table_unref);
    g_clear_pointer(&candidates->seen, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Candidates, clear_candidates)

static void
add_candidate(Candidates *candidates, uint32_t object, uint32_t dict)
{
    void *key = GSIZE_TO_POINTER((size_t)object + 1);
    if (!g_hash_table_add(candidates->seen, key))
        return;
    g_array_append_val(candidates->object, object);
    if (dict != HG_NONE)
        g_hash_table_insert(candidates->via, key, GSIZE_TO_POINTER((size_t)dict + 1));
}

/* Returns: the __dict__ between an object and its neighbour, HG_NONE if there is none. */
static uint32_t
get_dict_between(const Candidates *candidates, uint32_t object)
{
    size_t stored = GPOINTER_TO_SIZE(
        g_hash_table_lookup(candidates->via, GSIZE_TO_POINTER((size_t)object + 1)));
    return stored ? (uint32_t)(stored - 1) : HG_NONE;
}

static bool
add_source(Search *search, uint32_t source, bool may_be_dict, Candidates *candidates,
           GError **error)
{
    uint32_t owner = HG_NONE;
    const HgTypeRow *type = get_type(search, source, error);
    if (!type)
        return false;
    if (may_be_dict && !search->options->shows_dicts && g_str_equal(type->name, "dict") &&
        !hg_describe_find_owner(search->snapshot, source, &owner, error))
        return false;
    if (owner != HG_NONE) {
        type = get_type(search, owner, error);
        if (!type)
            return false;
    }
    if (is_wanted(type, search->options))
        add_candidate(candidates, owner != HG_NONE ? owner : source,
                      owner != HG_NONE ? source : HG_NONE);
    return true;
}

static bool
find_sources(Search *search, uint32_t object, Candidates *candidates, GError **error)
{
    g_autoptr(GArray) sources =
        hg_references_read_sources(search->snapshot, object, UINT64_MAX, error);
    for (unsigned i = 0; sources && i < sources->len; i++)
        if (!add_source(search, g_array_index(sources, uint32_t, i), sources->len <= OWNERS_MAX,
                        candidates, error))
            return false;
    return sources;
}

static bool find_targets(Search *search, uint32_t object, uint32_t owner, Candidates *candidates,
                         GError **error);

static bool
add_target(Search *search, const HgReference *reference, uint32_t owner, Candidates *candidates,
           GError **error)
{
    const char *text;
    HgLabelKind kind = reference->how & HG_HOW_LABEL;
    bool may_be_dict = owner == HG_NONE && !search->options->shows_dicts;
    if (kind == HG_LABEL_TYPE || kind == HG_LABEL_KEY) /* a title or a label says it */
        return true;
    if (!hg_reference_get_text(search->snapshot, reference, &text, error))
        return false;
    if (may_be_dict && text && g_str_equal(text, "__dict__"))
        return find_targets(search, reference->target, reference->source, candidates, error);
    const HgTypeRow *type = get_type(search, reference->target, error);
    if (!type)
        return false;
    if (is_wanted(type, search->options))
        add_candidate(candidates, reference->target,
                      owner != HG_NONE ? reference->source : HG_NONE);
    return true;
}

/* Those of [object], which is the __dict__ of [owner] unless that is HG_NONE. */
static bool
find_targets(Search *search, uint32_t object, uint32_t owner, Candidates *candidates,
             GError **error)
{
    g_autoptr(GArray) references =
        hg_references_read_from(search->snapshot, object, UINT64_MAX, error);
    for (unsigned i = 0; references && i < references->len; i++)
        if (!add_target(search, &g_array_index(references, HgReference, i), owner, candidates,
                        error))
            return false;
    return references;
}

/* ---- links -------------------------------------------------------------------------------- */

/* Joins the labels of [references]: "[3], [17], [490], ...". */
static char *
dup_labels(Search *search, const GArray *references, bool is_attribute, GError **error)
{
    g_autoptr(GString) joined = g_string_new(NULL);
    for (unsigned i = 0; i < references->len && i < LABELS_SHOWN; i++) {
        const HgReference *reference = &g_array_index(references, HgReference, i);
        g_autofree char *label =
            hg_snapshot_dup_label_of(search->snapshot, reference->how, reference->label, error);
        if (!label)
            return NULL;
        g_autofree char *shown = is_attribute ? hg_describe_dup_attribute(label) : g_strdup(label);
        g_string_append_printf(joined, "%s%s", i ? ", " : "", shown);
    }
    if (references->len > LABELS_SHOWN)
        g_string_append(joined, ", …");
    return g_strdup(joined->str);
}

static bool
has_only(const GArray *references, uint8_t flag)
{
    for (unsigned i = 0; i < references->len; i++)
        if (!(g_array_index(references, HgReference, i).how & flag))
            return false;
    return true;
}

/* From [source] to [target] in the heap, across [dict] unless that is HG_NONE. */
static bool
add_link(Search *search, uint32_t source, uint32_t target, uint32_t dict, GError **error)
{
    HgNeighbourLink made = {0};
    if (!find_node(search, source, &made.source) || !find_node(search, target, &made.target))
        return true;
    g_autoptr(GArray) references = hg_references_read_between(
        search->snapshot, dict != HG_NONE ? dict : source, target, error);
    if (!references)
        return false;
    made.label = dup_labels(search, references, dict != HG_NONE, error);
    made.is_weak = has_only(references, HG_HOW_WEAK);
    made.is_guessed = has_only(references, HG_HOW_GUESSED);
    if (made.label)
        g_ptr_array_add(search->found->links, g_memdup2(&made, sizeof made));
    return made.label;
}

/* ---- what is hidden ----------------------------------------------------------------------- */

typedef struct {
    const HgTypeRow *type;
    uint64_t count;
} HiddenType;

static int
compare_hidden(const void *a, const void *b)
{
    const HiddenType *one = a, *other = b;
    if (one->count != other->count)
        return one->count > other->count ? -1 : 1;
    return strcmp(one->type->name, other->type->name);
}

static char *
dup_hidden(const GArray *types)
{
    GString *text = g_string_new(NULL);
    for (unsigned i = 0; i < types->len && i < HIDDEN_TYPES_MAX; i++) {
        const HiddenType *hidden = &g_array_index(types, HiddenType, i);
        g_autofree char *count = hg_number_dup_count(hidden->count);
        g_string_append_printf(text, "%s%s %s", i ? ", " : "", count,
                               hg_type_get_name(hidden->type, true));
    }
    if (types->len > HIDDEN_TYPES_MAX)
        g_string_append(text, ", …");
    return g_string_free(text, FALSE);
}

/* Counts the candidates that are in no node, by type. */
static bool
note_hidden(Search *search, HgNeighbour *node, const Candidates *candidates, GHashTable *shown,
            GError **error)
{
    g_autofree uint64_t *count = g_new0(uint64_t, search->types->len + 1);
    for (unsigned i = 0; i < candidates->object->len; i++) {
        uint32_t object = g_array_index(candidates->object, uint32_t, i);
        if (g_hash_table_contains(shown, GSIZE_TO_POINTER((size_t)object + 1)))
            continue;
        const HgTypeRow *type = get_type(search, object, error);
        if (!type)
            return false;
        count[type->number < search->types->len ? type->number : 0]++;
        node->n_hidden++;
    }
    if (node->n_hidden == 0)
        return true;
    g_autoptr(GArray) types = g_array_new(FALSE, FALSE, sizeof(HiddenType));
    for (unsigned i = 0; i < search->types->len; i++) {
        HiddenType hidden = {.type = search->types->pdata[i], .count = count[i]};
        if (hidden.count > 0)
            g_array_append_val(types, hidden);
    }
    g_array_sort(types, compare_hidden);
    node->hidden = dup_hidden(types);
    return true;
}

/* ---- one step ----------------------------------------------------------------------------- */

/* What the object retains; its holder comes before all others. */
static bool
get_measure(Search *search, uint32_t object, uint32_t holder, uint64_t *measure, GError **error)
{
    *measure = 0;
    if (object == holder) {
        *measure = UINT64_MAX;
        return true;
    }
    return hg_snapshot_count(search->snapshot, HG_COLUMN_RETAINED) == 0 ||
           hg_snapshot_get(search->snapshot, HG_COLUMN_RETAINED, object, measure, error);
}

/* Returns: those of the candidates that matter (uint32_t), in that order. */
static GArray *
choose(Search *search, const HgObject *from, const Candidates *candidates, GError **error)
{
    g_auto(HgBest) best = {0};
    hg_best_init(&best, search->options->too_many);
    for (unsigned i = 0; i < candidates->object->len; i++) {
        uint64_t measure;
        uint32_t object = g_array_index(candidates->object, uint32_t, i);
        bool is_holder =
            get_dict_between(candidates, object) == from->holder && from->holder != HG_NONE;
        if (!get_measure(search, object, is_holder ? object : from->holder, &measure, error))
            return NULL;
        hg_best_offer(&best, object, measure);
    }
    return hg_best_take(&best);
}

static bool
show(Search *search, HgNeighbour *node, uint32_t object, uint32_t dict, GHashTable *shown,
     GError **error)
{
    uint32_t place;
    bool is_known = find_node(search, object, &place);
    if (!is_known && search->found->nodes->len >= search->options->nodes)
        return true;
    require_node(search, object, node->depth + 1);
    g_hash_table_add(shown, GSIZE_TO_POINTER((size_t)object + 1));
    bool is_backward = search->options->is_backward;
    return add_link(search, is_backward ? object : node->object,
                    is_backward ? node->object : object, dict, error);
}

static bool
expand(Search *search, HgNeighbour *node, GError **error)
{
    g_auto(Candidates) candidates;
    HgObject from;
    init_candidates(&candidates);
    if (!hg_object_read(search->snapshot, node->object, &from, error) ||
        !(search->options->is_backward
              ? find_sources(search, node->object, &candidates, error)
              : find_targets(search, node->object, HG_NONE, &candidates, error)))
        return false;
    g_autoptr(GArray) chosen = choose(search, &from, &candidates, error);
    g_autoptr(GHashTable) shown = g_hash_table_new(NULL, NULL);
    for (unsigned i = 0; chosen && i < chosen->len; i++) {
        uint32_t object = g_array_index(chosen, uint32_t, i);
        if (!show(search, node, object, get_dict_between(&candidates, object), shown, error))
            return false;
    }
    return chosen && note_hidden(search, node, &candidates, shown, error);
}

/* What refers to a module says nothing: everything in it does. */
static bool
is_end(Search *search, const HgNeighbour *node, bool *ends, GError **error)
{
    const HgTypeRow *type = get_type(search, node->object, error);
    if (!type)
        return false;
    *ends = node->depth >= search->options->depth ||
            (search->options->is_backward && node->depth > 0 && g_str_equal(type->name, "module"));
    return true;
}

static bool
walk(Search *search, GError **error)
{
    for (unsigned i = 0; i < search->found->nodes->len; i++) {
        HgNeighbour *node = g_ptr_array_index(search->found->nodes, i);
        bool ends;
        if (!is_end(search, node, &ends, error) || (!ends && !expand(search, node, error)))
            return false;
    }
    return true;
}

HgNeighbours *
hg_neighbours_find(HgSnapshot *snapshot, const GArray *objects, const HgNeighboursOptions *options,
                   GError **error)
{
    g_autoptr(HgNeighbours) found = g_new0(HgNeighbours, 1);
    g_autoptr(GHashTable) node_of = g_hash_table_new(NULL, NULL);
    Search search = {.snapshot = snapshot, .options = options, .found = found, .node_of = node_of};
    found->nodes = g_ptr_array_new_with_free_func(free_node);
    found->links = g_ptr_array_new_with_free_func(free_link);
    search.types = hg_snapshot_get_types(snapshot, error);
    if (!search.types)
        return NULL;
    for (unsigned i = 0; i < objects->len; i++)
        require_node(&search, g_array_index(objects, uint32_t, i), 0);
    return walk(&search, error) ? g_steal_pointer(&found) : NULL;
}
