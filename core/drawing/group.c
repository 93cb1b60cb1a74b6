/* group.c - a picture with fewer nodes: what is alike, and then what is far away, drawn as one.
 *
 * A leaf is a node with a single neighbour, which is nearer to what was asked for. Rounds of three
 * steps, until there are few enough: leaves of the same name beside each other become one; the
 * number of what is not drawn becomes a word of its neighbour; the leaves farthest away become one,
 * whatever they are, which makes leaves of those before them. Where no leaf is left, what is
 * farthest away is only counted. SPDX-License-Identifier: MIT */
#include "core/drawing/group.h"

#include "core/numbers.h"

#include <string.h>

#define NONE UINT32_MAX
#define NAMES_SHOWN 3  /* of what stands in one group */
#define LABELS_SHOWN 2 /* of the references to it */
#define REFERENCES_A_NODE 3

typedef enum {
    STEP_ALIKE,
    STEP_COUNTS,
    STEP_FARTHEST,
    N_STEPS,
    STEP_CUT = N_STEPS
} Step;

typedef struct {
    const HgPicture *picture;
    uint32_t *nearer;    /* [node]: the only neighbour of a leaf, or NONE */
    uint32_t *into;      /* [node]: the node it becomes part of, itself, or NONE: none is drawn */
    HgPictureNode *node; /* as it will be drawn; texts borrowed, or owned by texts */
    GPtrArray *texts;
    bool is_changed;
} Grouping;

static void
clear_grouping(Grouping *grouping)
{
    g_free(grouping->nearer);
    g_free(grouping->into);
    g_free(grouping->node);
    g_clear_pointer(&grouping->texts, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Grouping, clear_grouping)

static char *
keep(Grouping *grouping, char *text)
{
    g_ptr_array_add(grouping->texts, text);
    return text;
}

/* ---- leaves -------------------------------------------------------------------------------- */

static void
note_neighbour(uint32_t *nearer, uint32_t node, uint32_t neighbour)
{
    static const uint32_t unset = NONE - 1;
    if (nearer[node] == unset || nearer[node] == neighbour)
        nearer[node] = neighbour;
    else
        nearer[node] = NONE;
}

static void
find_leaves(Grouping *grouping)
{
    const HgPicture *picture = grouping->picture;
    for (uint32_t i = 0; i < picture->nodes->len; i++)
        grouping->nearer[i] = NONE - 1;
    for (uint32_t i = 0; i < picture->references->len; i++) {
        const HgPictureReference *reference = hg_picture_get_reference(picture, i);
        if (reference->source == reference->target)
            grouping->nearer[reference->source] = NONE;
        else {
            note_neighbour(grouping->nearer, reference->source, reference->target);
            note_neighbour(grouping->nearer, reference->target, reference->source);
        }
    }
    for (uint32_t i = 0; i < picture->nodes->len; i++) {
        const HgPictureNode *node = hg_picture_get_node(picture, i);
        uint32_t nearer = grouping->nearer[i];
        bool may_go = !node->is_asked && !node->is_highlighted && node->kind != HG_PICTURE_ROOT;
        if (!may_go || nearer >= NONE - 1 ||
            hg_picture_get_node(picture, nearer)->depth >= node->depth)
            grouping->nearer[i] = NONE;
    }
}

static void
init_grouping(Grouping *grouping, const HgPicture *picture)
{
    uint32_t n_nodes = picture->nodes->len;
    grouping->picture = picture;
    grouping->nearer = g_new(uint32_t, n_nodes + 1);
    grouping->into = g_new(uint32_t, n_nodes + 1);
    grouping->node = g_new(HgPictureNode, n_nodes + 1);
    grouping->texts = g_ptr_array_new_with_free_func(g_free);
    for (uint32_t i = 0; i < n_nodes; i++) {
        grouping->into[i] = i;
        grouping->node[i] = *hg_picture_get_node(picture, i);
    }
    find_leaves(grouping);
}

static uint64_t
count_objects(const HgPictureNode *node)
{
    return MAX(node->stands_for, 1);
}

/* ---- the steps ----------------------------------------------------------------------------- */

/* The first of a group stands for all of it. */
static void
join(Grouping *grouping, uint32_t node, uint32_t first)
{
    HgPictureNode *made = &grouping->node[first];
    const HgPictureNode *joined = &grouping->node[node];
    if (made->kind != HG_PICTURE_MORE)
        *made = (HgPictureNode){.kind = HG_PICTURE_MORE,
                                .title = made->title,
                                .depth = made->depth,
                                .has_del = made->has_del,
                                .stands_for = 1};
    made->stands_for += count_objects(joined);
    made->has_del |= joined->has_del;
    grouping->into[node] = first;
    grouping->is_changed = true;
}

static void
join_alike(Grouping *grouping)
{
    const HgPicture *picture = grouping->picture;
    g_autoptr(GHashTable) first_of = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (uint32_t i = 0; i < picture->nodes->len; i++) {
        const HgPictureNode *node = hg_picture_get_node(picture, i);
        if (grouping->nearer[i] == NONE || node->kind == HG_PICTURE_MORE)
            continue;
        char *key = g_strdup_printf("%u %d %s", grouping->nearer[i], node->kind, node->title);
        void *known = NULL;
        if (g_hash_table_lookup_extended(first_of, key, NULL, &known)) {
            join(grouping, i, GPOINTER_TO_UINT(known));
            g_free(key);
        } else
            g_hash_table_insert(first_of, key, GUINT_TO_POINTER(i));
    }
    for (uint32_t i = 0; i < picture->nodes->len; i++) {
        HgPictureNode *node = &grouping->node[i];
        if (grouping->into[i] != i || node->kind != HG_PICTURE_MORE ||
            hg_picture_get_node(picture, i)->kind == HG_PICTURE_MORE)
            continue;
        g_autofree char *count = hg_number_dup_count(node->stands_for);
        node->detail = node->title;
        node->title = keep(grouping, g_strconcat(count, " alike", NULL));
    }
}

static void
take_counts(Grouping *grouping)
{
    for (uint32_t i = 0; i < grouping->picture->nodes->len; i++) {
        uint32_t nearer = grouping->nearer[i];
        if (nearer == NONE || grouping->node[i].kind != HG_PICTURE_MORE ||
            grouping->node[nearer].kind == HG_PICTURE_MORE)
            continue;
        HgPictureNode *taker = &grouping->node[nearer];
        taker->more += count_objects(&grouping->node[i]);
        grouping->into[i] = NONE;
        grouping->is_changed = true;
    }
}

typedef struct {
    const char *name;
    uint64_t count;
} Name;

static int
compare_names(const void *a, const void *b)
{
    const Name *one = a, *other = b;
    if (one->count != other->count)
        return one->count > other->count ? -1 : 1;
    return strcmp(one->name, other->name);
}

static void
count_name(GArray *names, const char *name, uint64_t count)
{
    for (unsigned i = 0; i < names->len; i++) {
        Name *known = &g_array_index(names, Name, i);
        if (g_str_equal(known->name, name)) {
            known->count += count;
            return;
        }
    }
    Name added = {name, count};
    g_array_append_val(names, added);
}

static char *
dup_names(GArray *names)
{
    GString *text = g_string_new(NULL);
    g_array_sort(names, compare_names);
    for (unsigned i = 0; i < names->len && i < NAMES_SHOWN; i++) {
        const Name *name = &g_array_index(names, Name, i);
        g_autofree char *count = hg_number_dup_count(name->count);
        g_string_append_printf(text, "%s%s %s", i ? ", " : "", count, name->name);
    }
    if (names->len > NAMES_SHOWN)
        g_string_append(text, ", …");
    return g_string_free(text, FALSE);
}

static uint32_t
find_farthest(const Grouping *grouping)
{
    uint32_t farthest = 0;
    for (uint32_t i = 0; i < grouping->picture->nodes->len; i++)
        if (grouping->nearer[i] != NONE && grouping->node[i].kind != HG_PICTURE_MORE)
            farthest = MAX(farthest, grouping->node[i].depth);
    return farthest;
}

/* [leaves] are those of one node, the first of them in front. */
static void
join_all(Grouping *grouping, const GArray *leaves)
{
    g_autoptr(GArray) names = g_array_new(FALSE, FALSE, sizeof(Name));
    uint32_t first = g_array_index(leaves, uint32_t, 0);
    for (unsigned i = 0; i < leaves->len; i++) {
        uint32_t leaf = g_array_index(leaves, uint32_t, i);
        count_name(names, hg_picture_get_node(grouping->picture, leaf)->title, 1);
        if (i > 0)
            join(grouping, leaf, first);
        else
            grouping->node[leaf] = (HgPictureNode){
                .kind = HG_PICTURE_MORE, .depth = grouping->node[leaf].depth, .stands_for = 1};
    }
    grouping->is_changed = true;
    HgPictureNode *made = &grouping->node[first];
    g_autofree char *count = hg_number_dup_count(made->stands_for);
    made->title = keep(grouping, g_strconcat(count, " more", NULL));
    made->detail = keep(grouping, dup_names(names));
}

static void
join_farthest(Grouping *grouping)
{
    uint32_t farthest = find_farthest(grouping);
    g_autoptr(GHashTable) leaves_of =
        g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_array_unref);
    g_autoptr(GPtrArray) in_order = g_ptr_array_new();
    for (uint32_t i = 0; i < grouping->picture->nodes->len; i++) {
        if (grouping->nearer[i] == NONE || grouping->node[i].kind == HG_PICTURE_MORE ||
            grouping->node[i].depth != farthest)
            continue;
        void *key = GUINT_TO_POINTER(grouping->nearer[i]);
        GArray *leaves = g_hash_table_lookup(leaves_of, key);
        if (!leaves) {
            leaves = g_array_new(FALSE, FALSE, sizeof(uint32_t));
            g_hash_table_insert(leaves_of, key, leaves);
            g_ptr_array_add(in_order, leaves);
        }
        g_array_append_val(leaves, i);
    }
    for (unsigned i = 0; i < in_order->len; i++)
        join_all(grouping, in_order->pdata[i]);
}

static bool
is_cut(const HgPictureNode *node, uint32_t depth)
{
    return node->depth == depth && depth > 0 && !node->is_asked && !node->is_highlighted;
}

static uint32_t
find_depth_to_cut(const HgPicture *picture)
{
    uint32_t depth = 0;
    for (uint32_t i = 0; i < picture->nodes->len; i++) {
        const HgPictureNode *node = hg_picture_get_node(picture, i);
        if (is_cut(node, node->depth))
            depth = MAX(depth, node->depth);
    }
    return depth;
}

/* Each counts once, with the first of its neighbours that stays. */
static void
cut_one(Grouping *grouping, uint32_t node, uint32_t neighbour, uint32_t depth)
{
    if (grouping->into[node] == NONE ||
        !is_cut(hg_picture_get_node(grouping->picture, node), depth) ||
        is_cut(hg_picture_get_node(grouping->picture, neighbour), depth))
        return;
    grouping->node[neighbour].more += count_objects(&grouping->node[node]);
    grouping->into[node] = NONE;
    grouping->is_changed = true;
}

static void
cut_farthest(Grouping *grouping)
{
    const HgPicture *picture = grouping->picture;
    uint32_t depth = find_depth_to_cut(picture);
    for (uint32_t i = 0; i < picture->references->len; i++) {
        const HgPictureReference *reference = hg_picture_get_reference(picture, i);
        cut_one(grouping, reference->source, reference->target, depth);
        cut_one(grouping, reference->target, reference->source, depth);
    }
}

/* ---- the new picture ------------------------------------------------------------------------- */

/* References that now lead from the same to the same become one. */
typedef struct {
    GString *label;
    unsigned n_labels;
    HgPictureReference reference;
} Joined;

static void
free_joined(void *data)
{
    Joined *joined = data;
    g_string_free(joined->label, TRUE);
    g_free(joined);
}

static void
add_label(Joined *joined, const char *label)
{
    if (!label || joined->n_labels++ > LABELS_SHOWN)
        return;
    if (joined->n_labels > LABELS_SHOWN)
        g_string_append(joined->label, ", …");
    else
        g_string_append_printf(joined->label, "%s%s", joined->n_labels > 1 ? ", " : "", label);
}

static void
join_references(const Grouping *grouping, const uint32_t *place, GPtrArray *joined)
{
    const HgPicture *picture = grouping->picture;
    g_autoptr(GHashTable) known = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    for (uint32_t i = 0; i < picture->references->len; i++) {
        HgPictureReference reference = *hg_picture_get_reference(picture, i);
        uint32_t source = grouping->into[reference.source];
        uint32_t target = grouping->into[reference.target];
        if (source == NONE || target == NONE)
            continue;
        reference.source = place[source];
        reference.target = place[target];
        int64_t key = (int64_t)((uint64_t)reference.source << 32 | reference.target);
        Joined *one = g_hash_table_lookup(known, &key);
        if (!one) {
            one = g_new0(Joined, 1);
            *one = (Joined){.label = g_string_new(NULL), .reference = reference};
            g_ptr_array_add(joined, one);
            g_hash_table_insert(known, g_memdup2(&key, sizeof key), one);
        }
        one->reference.is_weak &= reference.is_weak;
        one->reference.is_guessed &= reference.is_guessed;
        add_label(one, reference.label);
    }
}

static HgPicture *
make_picture(const Grouping *grouping)
{
    HgPicture *picture = hg_picture_new();
    uint32_t n_nodes = grouping->picture->nodes->len;
    g_autofree uint32_t *place = g_new(uint32_t, n_nodes + 1);
    g_autoptr(GPtrArray) joined = g_ptr_array_new_with_free_func(free_joined);
    for (uint32_t i = 0; i < n_nodes; i++)
        if (grouping->into[i] == i)
            place[i] = hg_picture_add_node(picture, &grouping->node[i]);
    join_references(grouping, place, joined);
    for (unsigned i = 0; i < joined->len; i++) {
        Joined *one = g_ptr_array_index(joined, i);
        one->reference.label = one->label->len ? one->label->str : NULL;
        hg_picture_add_reference(picture, &one->reference);
    }
    hg_picture_set_caption(picture, grouping->picture->caption);
    return picture;
}

static HgPicture *
take_step(const HgPicture *picture, Step step, bool *is_changed)
{
    static void (*const steps[])(Grouping *) = {[STEP_ALIKE] = join_alike,
                                                [STEP_COUNTS] = take_counts,
                                                [STEP_FARTHEST] = join_farthest,
                                                [STEP_CUT] = cut_farthest};
    g_auto(Grouping) grouping = {0};
    init_grouping(&grouping, picture);
    steps[step](&grouping);
    *is_changed = grouping.is_changed;
    return make_picture(&grouping);
}

/* References are lines that cross each other: they take more room and time than nodes do. */
static bool
is_too_much(const HgPicture *picture, uint32_t most)
{
    return picture->nodes->len > most || picture->references->len > REFERENCES_A_NODE * most;
}

/* Each step that changes something makes "more" of a node or leaves one out, so this ends. */
HgPicture *
hg_picture_group(const HgPicture *picture, uint32_t most)
{
    HgPicture *made = NULL;
    const HgPicture *now = picture;
    unsigned n_idle = 0;
    for (Step step = STEP_ALIKE; is_too_much(now, most) && n_idle <= N_STEPS;
         step = n_idle == N_STEPS ? STEP_CUT : (step + 1) % N_STEPS) {
        bool is_changed;
        HgPicture *next = take_step(now, step, &is_changed);
        n_idle = is_changed ? 0 : n_idle + 1;
        hg_picture_free(made);
        now = made = next;
    }
    return made;
}
