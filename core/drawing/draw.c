/* draw.c - a picture of neighbours.
 * SPDX-License-Identifier: MIT */
#include "core/drawing/draw.h"

#include "core/numbers.h"
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
    if (class)
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
