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
    GHashTable *linked;  /* pairs of places */
    GHashTable *stale;   /* sides that got a link after their others were counted */
} Search;

/* A node that is to be expanded, with so many steps left. */
typedef struct {
    uint32_t place;
    unsigned left;
} Visit;

/* One walk: the options' own or an expansion. */
typedef struct {
    bool is_backward;
    unsigned too_many;
    GArray *visits; /* Visit */
} Walk;

static void
free_node(void *data)
{
    HgNeighbour *node = data;
    g_free(node->side[0].more);
    g_free(node->side[1].more);
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

/* ---- nodes ----------------------------------------------------------------------------------- */

static bool
find_node(const Search *search, uint32_t object, uint32_t *place)
{
    size_t stored = GPOINTER_TO_SIZE(
        g_hash_table_lookup(search->node_of, GSIZE_TO_POINTER((size_t)object + 1)));
    if (stored)
        *place = (uint32_t)(stored - 1);
    return stored;
}

static HgNeighbour *
get_node(const Search *search, uint32_t place)
{
    return g_ptr_array_index(search->found->nodes, place);
}

static uint32_t
require_node(Search *search, uint32_t object, unsigned depth, bool is_backward)
{
    uint32_t place;
    if (find_node(search, object, &place))
        return place;
    HgNeighbour *node = g_new0(HgNeighbour, 1);
    *node = (HgNeighbour){
        .object = object, .depth = depth, .is_asked = depth == 0, .is_met_backward = is_backward};
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
has_object(const GArray *objects, uint32_t object)
{
    for (unsigned i = 0; objects && i < objects->len; i++)
        if (g_array_index(objects, uint32_t, i) == object)
            return true;
    return false;
}

/* Sets *is_wanted to whether the name of the type passes; that of a module is "module app". */
static bool
check_name(Search *search, uint32_t object, const HgTypeRow *type, bool *is_wanted, GError **error)
{
    const HgNeighboursOptions *options = search->options;
    g_autofree char *caption = NULL;
    const char *name = type->name;
    *is_wanted = true;
    if (!options->filter && !options->ignore)
        return true;
    if (g_str_equal(name, "module")) {
        name = caption = hg_object_dup_caption(search->snapshot, object, false, error);
        if (!caption)
            return false;
    }
    *is_wanted = (!options->filter || g_regex_match(options->filter, name, 0, NULL)) &&
                 (!options->ignore || !g_regex_match(options->ignore, name, 0, NULL));
    return true;
}

/* ---- candidates ------------------------------------------------------------------------------ */

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
    bool is_wanted;
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
    uint32_t object = owner != HG_NONE ? owner : source;
    if (!check_name(search, object, type, &is_wanted, error))
        return false;
    if (is_wanted)
        add_candidate(candidates, object, owner != HG_NONE ? source : HG_NONE);
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
    bool is_wanted;
    if (kind == HG_LABEL_TYPE || kind == HG_LABEL_KEY) /* a title or a label says it */
        return true;
    if (!hg_reference_get_text(search->snapshot, reference, &text, error))
        return false;
    if (may_be_dict && text && g_str_equal(text, "__dict__"))
        return find_targets(search, reference->target, reference->source, candidates, error);
    const HgTypeRow *type = get_type(search, reference->target, error);
    if (!type)
        return false;
    if (!check_name(search, reference->target, type, &is_wanted, error))
        return false;
    if (is_wanted)
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

/* ---- links ----------------------------------------------------------------------------------- */

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

static void *
get_pair(uint32_t source, uint32_t target)
{
    return GSIZE_TO_POINTER((size_t)source << 32 | (size_t)target << 1 | 1);
}

static bool
is_linked(const Search *search, uint32_t source, uint32_t target)
{
    return g_hash_table_contains(search->linked, get_pair(source, target));
}

static void
note_stale(Search *search, uint32_t place, bool is_backward)
{
    if (get_node(search, place)->side[is_backward].is_expanded)
        g_hash_table_add(search->stale, GSIZE_TO_POINTER((size_t)place << 1 | is_backward));
}

/* From [source] to [target] in the heap, across [dict] unless that is HG_NONE. */
static bool
add_link(Search *search, uint32_t source, uint32_t target, uint32_t dict, GError **error)
{
    HgNeighbourLink made = {0};
    if (!find_node(search, source, &made.source) || !find_node(search, target, &made.target) ||
        !g_hash_table_add(search->linked, get_pair(made.source, made.target)))
        return true;
    g_autoptr(GArray) references = hg_references_read_between(
        search->snapshot, dict != HG_NONE ? dict : source, target, error);
    if (!references)
        return false;
    made.label = dup_labels(search, references, dict != HG_NONE, error);
    made.is_weak = has_only(references, HG_HOW_WEAK);
    made.is_guessed = has_only(references, HG_HOW_GUESSED);
    note_stale(search, made.source, false);
    note_stale(search, made.target, true);
    if (made.label)
        g_ptr_array_add(search->found->links, g_memdup2(&made, sizeof made));
    return made.label;
}

/* ---- what is hidden -------------------------------------------------------------------------- */

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

/* Whether a link between a node and this neighbour of it is shown. */
static bool
is_told(const Search *search, uint32_t place, uint32_t object, bool is_backward)
{
    uint32_t other;
    return find_node(search, object, &other) &&
           is_linked(search, is_backward ? other : place, is_backward ? place : other);
}

/* Counts the candidates that are linked to by nothing, by type. */
static bool
note_more(Search *search, uint32_t place, bool is_backward, const Candidates *candidates,
          GError **error)
{
    HgNeighbourSide *side = &get_node(search, place)->side[is_backward];
    g_clear_pointer(&side->more, g_free);
    *side = (HgNeighbourSide){.is_expanded = true};
    g_autofree uint64_t *count = g_new0(uint64_t, search->types->len + 1);
    for (unsigned i = 0; i < candidates->object->len; i++) {
        uint32_t object = g_array_index(candidates->object, uint32_t, i);
        if (is_told(search, place, object, is_backward))
            continue;
        const HgTypeRow *type = get_type(search, object, error);
        if (!type)
            return false;
        count[type->number < search->types->len ? type->number : 0]++;
        side->n_more++;
    }
    if (side->n_more == 0)
        return true;
    g_autoptr(GArray) types = g_array_new(FALSE, FALSE, sizeof(HiddenType));
    for (unsigned i = 0; i < search->types->len; i++) {
        HiddenType hidden = {.type = search->types->pdata[i], .count = count[i]};
        if (hidden.count > 0)
            g_array_append_val(types, hidden);
    }
    g_array_sort(types, compare_hidden);
    side->more = dup_hidden(types);
    return true;
}

/* ---- one step -------------------------------------------------------------------------------- */

/* Whether the neighbour, or the __dict__ before it, is [which]. */
static bool
stands_for(const Candidates *candidates, uint32_t object, uint32_t which)
{
    return which != HG_NONE && (object == which || get_dict_between(candidates, object) == which);
}

/* What the neighbour retains; the holder comes before all others, then the way from a root. */
static bool
get_measure(Search *search, const HgObject *from, const Candidates *candidates, uint32_t object,
            uint64_t *measure, GError **error)
{
    *measure = 0;
    if (stands_for(candidates, object, from->holder))
        *measure = UINT64_MAX;
    else if (stands_for(candidates, object, from->step))
        *measure = UINT64_MAX - 1;
    else if (hg_snapshot_count(search->snapshot, HG_COLUMN_RETAINED) > 0)
        return hg_snapshot_get(search->snapshot, HG_COLUMN_RETAINED, object, measure, error);
    return true;
}

/* Returns: those of the candidates that matter (uint32_t), in that order; pinned ones besides. */
static GArray *
choose(Search *search, const Walk *walk, const HgObject *from, const Candidates *candidates,
       GError **error)
{
    g_auto(HgBest) best = {0};
    g_autoptr(GArray) pinned = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    hg_best_init(&best, walk->too_many);
    for (unsigned i = 0; i < candidates->object->len; i++) {
        uint64_t measure;
        uint32_t object = g_array_index(candidates->object, uint32_t, i);
        if (has_object(search->options->hidden, object))
            continue;
        if (has_object(search->options->pinned, object)) {
            g_array_append_val(pinned, object);
            continue;
        }
        if (!get_measure(search, from, candidates, object, &measure, error))
            return NULL;
        hg_best_offer(&best, object, measure);
    }
    GArray *chosen = hg_best_take(&best);
    g_array_append_vals(chosen, pinned->data, pinned->len);
    return chosen;
}

static bool
show(Search *search, Walk *walk, const Visit *from, uint32_t object, uint32_t dict, GError **error)
{
    const HgNeighbour *node = get_node(search, from->place);
    Visit visit = {.left = from->left - 1};
    if (!find_node(search, object, &visit.place)) {
        if (search->found->nodes->len >= search->options->nodes)
            return true;
        visit.place = require_node(search, object, node->depth + 1, walk->is_backward);
        g_array_append_val(walk->visits, visit);
    }
    return add_link(search, walk->is_backward ? object : node->object,
                    walk->is_backward ? node->object : object, dict, error);
}

static bool
find_candidates(Search *search, uint32_t object, bool is_backward, Candidates *candidates,
                GError **error)
{
    return is_backward ? find_sources(search, object, candidates, error)
                       : find_targets(search, object, HG_NONE, candidates, error);
}

static bool
expand(Search *search, Walk *walk, Visit visit, GError **error)
{
    g_auto(Candidates) candidates;
    HgObject from;
    uint32_t object = get_node(search, visit.place)->object;
    init_candidates(&candidates);
    if (!hg_object_read(search->snapshot, object, &from, error) ||
        !find_candidates(search, object, walk->is_backward, &candidates, error))
        return false;
    g_autoptr(GArray) chosen = choose(search, walk, &from, &candidates, error);
    for (unsigned i = 0; chosen && i < chosen->len; i++) {
        uint32_t neighbour = g_array_index(chosen, uint32_t, i);
        if (!show(search, walk, &visit, neighbour, get_dict_between(&candidates, neighbour), error))
            return false;
    }
    return chosen && note_more(search, visit.place, walk->is_backward, &candidates, error);
}

static bool
count_again(Search *search, GError **error)
{
    GHashTableIter iter;
    void *key;
    g_hash_table_iter_init(&iter, search->stale);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        uint32_t place = (uint32_t)(GPOINTER_TO_SIZE(key) >> 1);
        bool is_backward = GPOINTER_TO_SIZE(key) & 1;
        g_auto(Candidates) candidates;
        init_candidates(&candidates);
        if (!find_candidates(search, get_node(search, place)->object, is_backward, &candidates,
                             error) ||
            !note_more(search, place, is_backward, &candidates, error))
            return false;
    }
    return true;
}

static bool
is_closed(const Search *search, uint32_t object, bool is_backward)
{
    const GArray *expansions = search->options->expansions;
    for (unsigned i = 0; expansions && i < expansions->len; i++) {
        const HgExpansion *each = &g_array_index(expansions, HgExpansion, i);
        if (each->depth == 0 && each->object == object && each->is_backward == is_backward)
            return true;
    }
    return false;
}

/* What refers to a module says nothing unless it is asked: everything in it does. */
static bool
is_end(Search *search, const Walk *walk, const Visit *visit, bool is_start, bool *ends,
       GError **error)
{
    const HgNeighbour *node = get_node(search, visit->place);
    const HgTypeRow *type = get_type(search, node->object, error);
    if (!type)
        return false;
    *ends = visit->left == 0 || is_closed(search, node->object, walk->is_backward) ||
            (walk->is_backward && !is_start && g_str_equal(type->name, "module"));
    return true;
}

/* From the visits that are there: all of them are where it starts. */
static bool
walk_on(Search *search, Walk *walk, GError **error)
{
    unsigned n_starts = walk->visits->len;
    for (unsigned i = 0; i < walk->visits->len; i++) {
        Visit visit = g_array_index(walk->visits, Visit, i);
        bool ends;
        if (!is_end(search, walk, &visit, i < n_starts, &ends, error) ||
            (!ends && !expand(search, walk, visit, error)))
            return false;
    }
    return true;
}

static bool
walk_from_asked(Search *search, const GArray *objects, GError **error)
{
    g_autoptr(GArray) visits = g_array_new(FALSE, FALSE, sizeof(Visit));
    const HgNeighboursOptions *options = search->options;
    Walk walk = {options->is_backward, options->too_many, visits};
    for (unsigned i = 0; i < objects->len; i++) {
        unsigned n_known = search->found->nodes->len;
        uint32_t object = g_array_index(objects, uint32_t, i);
        Visit visit = {require_node(search, object, 0, options->is_backward), options->depth};
        if (visit.place == n_known)
            g_array_append_val(visits, visit);
    }
    return walk_on(search, &walk, error);
}

static bool
walk_from_expansion(Search *search, const HgExpansion *expansion, GError **error)
{
    g_autoptr(GArray) visits = g_array_new(FALSE, FALSE, sizeof(Visit));
    Walk walk = {expansion->is_backward, expansion->too_many, visits};
    Visit visit = {.left = expansion->depth};
    if (!find_node(search, expansion->object, &visit.place))
        return true; /* it was shown by something that is no more */
    g_array_append_val(visits, visit);
    return walk_on(search, &walk, error);
}

HgNeighbours *
hg_neighbours_find(HgSnapshot *snapshot, const GArray *objects, const HgNeighboursOptions *options,
                   GError **error)
{
    g_autoptr(HgNeighbours) found = g_new0(HgNeighbours, 1);
    g_autoptr(GHashTable) node_of = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) linked = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) stale = g_hash_table_new(NULL, NULL);
    Search search = {.snapshot = snapshot,
                     .options = options,
                     .found = found,
                     .node_of = node_of,
                     .linked = linked,
                     .stale = stale};
    found->nodes = g_ptr_array_new_with_free_func(free_node);
    found->links = g_ptr_array_new_with_free_func(free_link);
    search.types = hg_snapshot_get_types(snapshot, error);
    if (!search.types || !walk_from_asked(&search, objects, error))
        return NULL;
    for (unsigned i = 0; options->expansions && i < options->expansions->len; i++)
        if (!walk_from_expansion(&search, &g_array_index(options->expansions, HgExpansion, i),
                                 error))
            return NULL;
    return count_again(&search, error) ? g_steal_pointer(&found) : NULL;
}
