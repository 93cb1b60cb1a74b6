/* object-facts.c - what is told of one object besides its lists.
 * SPDX-License-Identifier: MIT */
#include "gui/models/object-facts.h"

#include "core/numbers.h"
#include "core/questions/describe.h"
#include "core/questions/object.h"
#include "core/questions/roots.h"

#include <inttypes.h>
#include <string.h>

static void
free_fact(void *data)
{
    HgObjectFact *fact = data;
    g_free(fact->name);
    g_free(fact->value);
    g_free(fact->tooltip);
    g_free(fact);
}

void
hg_object_facts_free(void *data)
{
    HgObjectFacts *facts = data;
    if (!facts)
        return;
    g_free(facts->type);
    g_free(facts->value);
    g_free(facts->address);
    g_clear_pointer(&facts->facts, g_ptr_array_unref);
    g_free(facts);
}

/* [value] is taken. */
static HgObjectFact *
add(HgObjectFacts *facts, const char *name, char *value, const char *tooltip)
{
    HgObjectFact *fact = g_new(HgObjectFact, 1);
    *fact = (HgObjectFact){g_strdup(name), value, g_strdup(tooltip), HG_NONE};
    g_ptr_array_add(facts->facts, fact);
    return fact;
}

static void
add_sizes(HgObjectFacts *facts, const HgObject *object)
{
    g_autofree char *by_python =
        object->sizeof_ == HG_UNKNOWN
            ? NULL
            : g_strdup_printf("sys.getsizeof says %" PRIu64 " bytes", object->sizeof_);
    add(facts, "Size", hg_number_dup_size(object->size), by_python);
    if (object->retained != HG_UNKNOWN)
        add(facts, "Retained", hg_number_dup_size(object->retained), "What would go away with it");
    if (object->length != HG_UNKNOWN)
        add(facts, "Length", hg_number_dup_count(object->length), NULL);
}

static void
add_refcount(HgObjectFacts *facts, const HgObject *object)
{
    bool is_from_c = object->knows_surplus && object->surplus > 0;
    if (object->flags & HG_OBJECT_IMMORTAL) {
        add(facts, "References", g_strdup("immortal"), "It lives as long as the interpreter");
        return;
    }
    if (object->refcount == HG_UNKNOWN)
        return;
    g_autofree char *surplus =
        is_from_c ? g_strdup_printf("%" PRId64 " of them were not found in any object: held from C "
                                    "or by a frame",
                                    object->surplus)
                  : NULL;
    add(facts, "References", hg_number_dup_count(object->refcount), surplus);
}

static void
add_collector(HgObjectFacts *facts, const HgObject *object)
{
    static const char *const names[] = {"0, the youngest", "1", "2, the oldest", "permanent"};
    bool is_tracked = object->flags & HG_OBJECT_TRACKED;
    unsigned generation = (object->flags & HG_OBJECT_GENERATION) >> HG_GENERATION_SHIFT;
    add(facts, "Generation", g_strdup(is_tracked ? names[generation] : "not tracked"),
        "Of the garbage collector");
    if (object->flags & HG_OBJECT_HAS_DEL)
        add(facts, "__del__", g_strdup(object->flags & HG_OBJECT_FINALIZED ? "has run" : "yes"),
            "Its class has a finalizer");
}

static void
add_reach(HgObjectFacts *facts, HgSnapshot *snapshot, const HgObject *object)
{
    bool knows = hg_snapshot_get_info(snapshot)->knows_garbage;
    if (object->distance == HG_UNKNOWN)
        add(facts, "Alive", g_strdup(knows ? "no: garbage" : "garbage, or held from C"), NULL);
    else if (object->distance > 0)
        add(facts, "From a root",
            g_strdup_printf("%" PRIu64 " step%s", object->distance,
                            object->distance == 1 ? "" : "s"),
            "References from the nearest root");
}

static bool
add_roots(HgObjectFacts *facts, HgSnapshot *snapshot, uint32_t number, GError **error)
{
    HgRootRow *const *roots;
    unsigned count;
    if (!hg_roots_find(snapshot, number, &roots, &count, error))
        return false;
    for (unsigned i = 0; i < count; i++) {
        char *text = hg_root_dup_text(snapshot, roots[i], error);
        if (!text)
            return false;
        add(facts, "Root", text, "The runtime itself holds it");
    }
    return true;
}

static bool
add_holder(HgObjectFacts *facts, HgSnapshot *snapshot, const HgObject *object, GError **error)
{
    if (object->holder == HG_NONE)
        return true;
    char *caption = hg_object_dup_caption(snapshot, object->holder, true, error);
    if (!caption)
        return false;
    add(facts, "Holder", caption, "Without this one it would be gone")->object = object->holder;
    return true;
}

/* Returns: "shop/cart.py:12" of the first of [lines]; g_free(). */
static char *
dup_site(const char *lines)
{
    const char *end = strchrnul(lines, '\n'), *start = end;
    for (int folders = 0; start > lines && (start[-1] != '/' || folders++ == 0); start--)
        ;
    return g_strndup(start, (size_t)(end - start));
}

static bool
add_site(HgObjectFacts *facts, HgSnapshot *snapshot, const HgObject *object, GError **error)
{
    if (object->site == HG_NONE)
        return true;
    const GPtrArray *sites = hg_snapshot_get_sites(snapshot, error);
    if (sites && object->site < sites->len) {
        const char *lines = ((HgSiteRow *)sites->pdata[object->site])->lines;
        add(facts, "Allocated at", dup_site(lines), lines);
    }
    return sites;
}

/* As many as are listed: keys of a dict have no rows of their own, and a __dict__ has many. */
static bool
count_fields(HgObjectFacts *facts, HgSnapshot *snapshot, uint32_t number, GError **error)
{
    uint64_t all;
    g_autoptr(GPtrArray) fields =
        hg_describe_fields(snapshot, number, HG_OBJECT_FACTS_MOST, &all, error);
    if (fields)
        facts->n_fields = fields->len < HG_OBJECT_FACTS_MOST ? fields->len : all;
    return fields;
}

HgObjectFacts *
hg_object_facts_find(HgSnapshot *snapshot, uint32_t number, GError **error)
{
    HgObject object;
    g_autoptr(HgObjectFacts) facts = g_new0(HgObjectFacts, 1);
    facts->facts = g_ptr_array_new_with_free_func(free_fact);
    if (!hg_object_read(snapshot, number, &object, error) ||
        !(facts->value = hg_object_dup_value(snapshot, &object, error)) ||
        !count_fields(facts, snapshot, number, error) ||
        !hg_references_count_to(snapshot, number, &facts->n_referrers, error))
        return NULL;
    facts->type = g_strdup(object.type->name);
    facts->address = g_strdup_printf("0x%" PRIx64, object.address);
    facts->holds = object.retained != HG_UNKNOWN && object.retained > object.size;
    add(facts, "Address", g_strdup(facts->address), "id() of it");
    add_sizes(facts, &object);
    add_refcount(facts, &object);
    add_collector(facts, &object);
    add_reach(facts, snapshot, &object);
    if (!add_roots(facts, snapshot, number, error) ||
        !add_holder(facts, snapshot, &object, error) || !add_site(facts, snapshot, &object, error))
        return NULL;
    return g_steal_pointer(&facts);
}
