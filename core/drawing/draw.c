/* draw.c - a picture of neighbours, or of ways from one object to another.
 * SPDX-License-Identifier: MIT */
#include "core/drawing/draw.h"

#include "core/numbers.h"
#include "core/questions/describe.h"
#include "core/questions/roots.h"

#include <inttypes.h>

#define ROOTS_SHOWN 3 /* of one object */

typedef struct {
    HgSnapshot *snapshot;
    const HgDrawOptions *options;
    HgPicture *picture;
} Drawing;

static HgPictureKind
get_kind(const HgObject *object, const HgTypeRow *class)
{
    if (class || g_str_equal(object->type->name, "type")) /* a class without objects is no row */
        return HG_PICTURE_TYPE;
    if (g_str_equal(object->type->name, "module"))
        return HG_PICTURE_MODULE;
    return g_str_equal(object->type->name, "frame") ? HG_PICTURE_FRAME : HG_PICTURE_OBJECT;
}

static char *
dup_facts(const Drawing *drawing, const HgObject *object)
{
    g_autoptr(GPtrArray) facts = g_ptr_array_new_with_free_func(g_free);
    if (drawing->options->shows_sizes)
        g_ptr_array_add(facts, hg_number_dup_size(object->size));
    if (object->retained != HG_UNKNOWN && object->retained > object->size) {
        g_autofree char *size = hg_number_dup_size(object->retained);
        g_ptr_array_add(facts, g_strconcat(size, " retained", NULL));
    }
    if (drawing->options->shows_refcounts && object->refcount != HG_UNKNOWN)
        g_ptr_array_add(facts, object->flags & HG_OBJECT_IMMORTAL
                                   ? g_strdup("immortal")
                                   : g_strdup_printf("refcount %" PRIu64, object->refcount));
    if (facts->len == 0)
        return NULL;
    g_ptr_array_add(facts, NULL);
    return g_strjoinv(", ", (char **)facts->pdata);
}

static bool
add_object(Drawing *drawing, const HgNeighbour *neighbour, GError **error)
{
    HgObject object;
    if (!hg_object_read(drawing->snapshot, neighbour->object, &object, error))
        return false;
    g_autofree char *value = hg_object_dup_value(drawing->snapshot, &object, error);
    if (!value)
        return false;
    const GRegex *highlight = drawing->options->highlight;
    const HgTypeRow *class = hg_object_find_class(drawing->snapshot, neighbour->object, NULL);
    g_autofree char *facts = dup_facts(drawing, &object);
    HgPictureNode node = {
        .kind = get_kind(&object, class),
        .address = object.address,
        .title = (char *)hg_type_get_name(object.type, drawing->options->is_short),
        .detail = *value ? value : NULL,
        .facts = facts,
        .depth = neighbour->depth,
        .is_asked = neighbour->is_asked,
        .is_highlighted = highlight && g_regex_match(highlight, object.type->name, 0, NULL),
        .has_del = object.flags & HG_OBJECT_HAS_DEL};
    hg_picture_add_node(drawing->picture, &node);
    return true;
}

/* The neighbours that are too many: one dotted node. */
static void
add_more(Drawing *drawing, const HgNeighbour *neighbour, uint32_t place, bool is_backward)
{
    const HgNeighbourSide *side = &neighbour->side[is_backward];
    if (side->n_more == 0)
        return;
    g_autofree char *count = hg_number_dup_count(side->n_more);
    g_autofree char *title = g_strconcat(count, " more", NULL);
    HgPictureNode node = {.kind = HG_PICTURE_MORE,
                          .title = title,
                          .detail = side->more,
                          .stands_for = side->n_more,
                          .depth = neighbour->depth + 1};
    uint32_t more = hg_picture_add_node(drawing->picture, &node);
    HgPictureReference reference = {.source = is_backward ? more : place,
                                    .target = is_backward ? place : more};
    hg_picture_add_reference(drawing->picture, &reference);
}

/* Why the runtime holds the object; that of a module is plain from its node. */
static bool
add_roots(Drawing *drawing, const HgNeighbour *neighbour, uint32_t place, GError **error)
{
    HgRootRow *const *roots;
    unsigned count, n_shown = 0;
    if (!hg_roots_find(drawing->snapshot, neighbour->object, &roots, &count, error))
        return false;
    for (unsigned i = 0; i < count && n_shown < ROOTS_SHOWN; i++) {
        if (roots[i]->kind == HG_ROOT_MODULE)
            continue;
        g_autofree char *text = hg_root_dup_text(drawing->snapshot, roots[i], error);
        if (!text)
            return false;
        HgPictureNode node = {
            .kind = HG_PICTURE_ROOT, .title = text, .depth = neighbour->depth + 1};
        HgPictureReference reference = {.source = hg_picture_add_node(drawing->picture, &node),
                                        .target = place};
        hg_picture_add_reference(drawing->picture, &reference);
        n_shown++;
    }
    return true;
}

static bool
set_caption(Drawing *drawing, const HgNeighbours *neighbours, bool is_backward, GError **error)
{
    const HgNeighbour *first = g_ptr_array_index(neighbours->nodes, 0);
    g_autofree char *asked =
        hg_object_dup_caption(drawing->snapshot, first->object, drawing->options->is_short, error);
    if (!asked)
        return false;
    g_autofree char *caption = g_strdup_printf(
        is_backward ? "What refers to %s; snapshot \"%s\"" : "What %s refers to; snapshot \"%s\"",
        asked, hg_snapshot_get_info(drawing->snapshot)->name);
    hg_picture_set_caption(drawing->picture, caption);
    return true;
}

static bool
add_objects(Drawing *drawing, const HgNeighbours *neighbours, GError **error)
{
    for (unsigned i = 0; i < neighbours->nodes->len; i++)
        if (!add_object(drawing, neighbours->nodes->pdata[i], error))
            return false;
    return true;
}

static void
add_links(Drawing *drawing, const HgNeighbours *neighbours)
{
    for (unsigned i = 0; i < neighbours->links->len; i++) {
        const HgNeighbourLink *link = g_ptr_array_index(neighbours->links, i);
        HgPictureReference reference = {.source = link->source,
                                        .target = link->target,
                                        .label = link->label,
                                        .is_weak = link->is_weak,
                                        .is_guessed = link->is_guessed};
        hg_picture_add_reference(drawing->picture, &reference);
    }
}

HgPicture *
hg_draw_neighbours(HgSnapshot *snapshot, const HgNeighbours *neighbours, bool is_backward,
                   const HgDrawOptions *options, GError **error)
{
    g_autoptr(HgPicture) picture = hg_picture_new();
    Drawing drawing = {.snapshot = snapshot, .options = options, .picture = picture};
    if (!add_objects(&drawing, neighbours, error))
        return NULL;
    add_links(&drawing, neighbours);
    for (unsigned i = 0; i < neighbours->nodes->len; i++) {
        const HgNeighbour *neighbour = g_ptr_array_index(neighbours->nodes, i);
        add_more(&drawing, neighbour, i, false);
        add_more(&drawing, neighbour, i, true);
        bool is_towards_roots = neighbour->is_met_backward || neighbour->side[1].is_expanded;
        if (is_towards_roots && !add_roots(&drawing, neighbour, i, error))
            return NULL;
    }
    if (neighbours->nodes->len > 0 && !set_caption(&drawing, neighbours, is_backward, error))
        return NULL;
    return g_steal_pointer(&picture);
}

/* ---- chains --------------------------------------------------------------------------------- */

#define CHAIN_DRAWN 60u /* objects of one chain */

typedef struct {
    Drawing drawing;
    bool is_forward;
    GHashTable *place_of; /* object + 1 -> place + 1 */
    GHashTable *linked;   /* of places: source << 32 | target */
} ChainDrawing;

static void
clear_chain_drawing(ChainDrawing *drawing)
{
    g_clear_pointer(&drawing->place_of, g_hash_table_unref);
    g_clear_pointer(&drawing->linked, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ChainDrawing, clear_chain_drawing)

static bool
require_place(ChainDrawing *chains, const GArray *chain, unsigned at, uint32_t *place,
              GError **error)
{
    uint32_t object = g_array_index(chain, uint32_t, at);
    void *key = GSIZE_TO_POINTER((size_t)object + 1);
    size_t known = GPOINTER_TO_SIZE(g_hash_table_lookup(chains->place_of, key));
    if (known) {
        *place = (uint32_t)(known - 1);
        return true;
    }
    unsigned depth = chains->is_forward ? at : chain->len - 1 - at;
    HgNeighbour neighbour = {.object = object, .depth = depth, .is_asked = depth == 0};
    *place = chains->drawing.picture->nodes->len;
    g_hash_table_insert(chains->place_of, key, GSIZE_TO_POINTER((size_t)*place + 1));
    return add_object(&chains->drawing, &neighbour, error) &&
           (at > 0 || chains->is_forward || add_roots(&chains->drawing, &neighbour, *place, error));
}

static void
add_step(ChainDrawing *chains, uint32_t source, uint32_t target, const char *label)
{
    int64_t key = (int64_t)((uint64_t)source << 32 | target);
    HgPictureReference reference = {.source = source, .target = target, .label = (char *)label};
    if (g_hash_table_add(chains->linked, g_memdup2(&key, sizeof key)))
        hg_picture_add_reference(chains->drawing.picture, &reference);
}

/* Returns: the label of the step to [*at], which is moved over a __dict__ to the value in it;
 * g_free(). */
static char *
dup_step(ChainDrawing *chains, const GArray *chain, unsigned *at, GError **error)
{
    HgSnapshot *snapshot = chains->drawing.snapshot;
    g_autofree char *label = hg_describe_dup_link(snapshot, g_array_index(chain, uint32_t, *at - 1),
                                                  g_array_index(chain, uint32_t, *at), error);
    if (!label || !g_str_equal(label, ".__dict__") || *at + 1 >= chain->len)
        return g_steal_pointer(&label);
    g_autofree char *item = hg_describe_dup_link(snapshot, g_array_index(chain, uint32_t, *at),
                                                 g_array_index(chain, uint32_t, *at + 1), error);
    g_autofree char *attribute = item ? hg_describe_dup_attribute(item) : NULL;
    if (!attribute)
        return NULL;
    if (*attribute != '.')
        return g_steal_pointer(&label);
    ++*at;
    return g_steal_pointer(&attribute);
}

/* What lies between the beginning and the end of a long chain. Returns: its place. */
static uint32_t
add_middle(ChainDrawing *chains, uint32_t source, unsigned count)
{
    g_autofree char *number = hg_number_dup_count(count);
    g_autofree char *title = g_strconcat(number, " more", NULL);
    HgPictureNode node = {
        .kind = HG_PICTURE_MORE, .title = title, .stands_for = count, .depth = CHAIN_DRAWN / 2};
    uint32_t middle = hg_picture_add_node(chains->drawing.picture, &node);
    add_step(chains, source, middle, NULL);
    return middle;
}

static bool
add_chain(ChainDrawing *chains, const GArray *chain, GError **error)
{
    uint32_t source, target;
    if (!require_place(chains, chain, 0, &source, error))
        return false;
    for (unsigned at = 1; at < chain->len; at++) {
        g_autofree char *label = NULL;
        if (chain->len > CHAIN_DRAWN && at == CHAIN_DRAWN / 2) {
            source = add_middle(chains, source, chain->len - CHAIN_DRAWN);
            at = chain->len - CHAIN_DRAWN / 2;
        } else {
            label = dup_step(chains, chain, &at, error);
            if (!label)
                return false;
        }
        if (!require_place(chains, chain, at, &target, error))
            return false;
        add_step(chains, source, target, label);
        source = target;
    }
    return true;
}

static bool
set_chain_caption(ChainDrawing *chains, const GArray *chain, GError **error)
{
    HgSnapshot *snapshot = chains->drawing.snapshot;
    uint32_t asked = g_array_index(chain, uint32_t, chains->is_forward ? 0 : chain->len - 1);
    g_autofree char *name =
        hg_object_dup_caption(snapshot, asked, chains->drawing.options->is_short, error);
    if (!name)
        return false;
    g_autofree char *caption =
        g_strdup_printf(chains->is_forward ? "What %s leads to; snapshot \"%s\""
                                           : "What leads to %s; snapshot \"%s\"",
                        name, hg_snapshot_get_info(snapshot)->name);
    hg_picture_set_caption(chains->drawing.picture, caption);
    return true;
}

HgPicture *
hg_draw_chains(HgSnapshot *snapshot, const GPtrArray *chains, bool is_forward,
               const HgDrawOptions *options, GError **error)
{
    g_autoptr(HgPicture) picture = hg_picture_new();
    g_auto(ChainDrawing)
        drawing = {.drawing = {.snapshot = snapshot, .options = options, .picture = picture},
                   .is_forward = is_forward,
                   .place_of = g_hash_table_new(NULL, NULL),
                   .linked = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL)};
    for (unsigned i = 0; i < chains->len; i++)
        if (!add_chain(&drawing, chains->pdata[i], error))
            return NULL;
    if (chains->len > 0 && !set_chain_caption(&drawing, chains->pdata[0], error))
        return NULL;
    return g_steal_pointer(&picture);
}
