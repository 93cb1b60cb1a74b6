/* cmd-show.c - heapgraph show: one object with its fields, its sizes, and what holds it.
 * SPDX-License-Identifier: MIT */
#include "cli/command.h"
#include "cli/json.h"
#include "cli/session.h"
#include "cli/text.h"
#include "core/questions/describe.h"
#include "core/questions/resolve.h"
#include "core/questions/roots.h"

#include <inttypes.h>

/* All that is shown of an object. */
typedef struct {
    HgSnapshot *snapshot;
    uint64_t limit; /* of fields and of referrers */
    HgObject object;
    char *value;
    GPtrArray *fields, *referrers; /* HgLink */
    uint64_t n_fields, n_referrers;
    HgRootRow *const *roots;
    unsigned n_roots;
} View;

static void
clear_view(View *view)
{
    g_free(view->value);
    g_clear_pointer(&view->fields, g_ptr_array_unref);
    g_clear_pointer(&view->referrers, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(View, clear_view)

static bool
fill_view(View *view, uint32_t number, GError **error)
{
    HgSnapshot *snapshot = view->snapshot;
    uint64_t limit = view->limit;
    if (!hg_object_read(snapshot, number, &view->object, error))
        return false;
    view->value = hg_object_dup_value(snapshot, &view->object, error);
    if (!view->value)
        return false;
    view->fields = hg_describe_fields(snapshot, number, limit, &view->n_fields, error);
    if (!view->fields)
        return false;
    view->referrers = hg_describe_referrers(snapshot, number, limit, &view->n_referrers, error);
    return view->referrers && hg_roots_find(snapshot, number, &view->roots, &view->n_roots, error);
}

static const char *
get_generation(const HgObject *object)
{
    static const char *const names[] = {"0, the youngest", "1", "2, the oldest", "permanent"};
    if (!(object->flags & HG_OBJECT_TRACKED))
        return "not tracked by the collector";
    return names[(object->flags & HG_OBJECT_GENERATION) >> HG_GENERATION_SHIFT];
}

/* ---- as text ----------------------------------------------------------------------------- */

static void
print_heading(const char *title)
{
    printf("\n%s%s%s\n", hg_output_get_style(HG_STYLE_HEADING), title,
           hg_output_get_style(HG_STYLE_PLAIN));
}

static void
print_line(const char *name, const char *value)
{
    g_autofree char *shown = hg_text_dup_escaped(value);
    printf("  %s%-14s%s %s\n", hg_output_get_style(HG_STYLE_NAME), name,
           hg_output_get_style(HG_STYLE_PLAIN), shown);
}

static bool
print_object_line(View *view, const char *name, uint32_t number, GError **error)
{
    HgObject object;
    g_autofree char *caption = hg_object_dup_caption(view->snapshot, number, false, error);
    if (!caption || !hg_object_read(view->snapshot, number, &object, error))
        return false;
    g_autofree char *text = g_strdup_printf("0x%" PRIx64 "  %s", object.address, caption);
    print_line(name, text);
    return true;
}

static void
print_sizes(const HgObject *object)
{
    g_autofree char *size = hg_number_dup_size(object->size);
    g_autofree char *text =
        object->sizeof_ == HG_UNKNOWN
            ? g_strdup(size)
            : g_strdup_printf("%s (sys.getsizeof: %" PRIu64 " B)", size, object->sizeof_);
    print_line("size", text);
    if (object->retained == HG_UNKNOWN)
        return;
    g_autofree char *retained = hg_number_dup_size(object->retained);
    print_line("retained", retained);
}

/* How many references nobody found, less those that frames and the interpreter explain. */
static int64_t
get_unexplained(const View *view)
{
    int64_t surplus = view->object.knows_surplus ? view->object.surplus : 0;
    for (unsigned i = 0; i < view->n_roots; i++)
        if (view->roots[i]->kind == HG_ROOT_FRAME || view->roots[i]->kind == HG_ROOT_INTERPRETER)
            surplus--;
    return surplus;
}

static void
print_refcount(const View *view)
{
    const HgObject *object = &view->object;
    int64_t surplus = get_unexplained(view);
    if (object->flags & HG_OBJECT_IMMORTAL) {
        print_line("refcount", "immortal");
        return;
    }
    if (object->refcount == HG_UNKNOWN)
        return;
    g_autofree char *count = hg_number_dup_count(object->refcount);
    g_autofree char *text =
        surplus > 0 ? g_strdup_printf("%s, of these %" PRId64 " held from C", count, surplus)
                    : g_strdup(count);
    print_line("refcount", text);
}

static void
print_reach(const View *view)
{
    const HgObject *object = &view->object;
    if (object->distance == HG_UNKNOWN)
        print_line("reached", hg_snapshot_get_info(view->snapshot)->knows_garbage
                                  ? "no: it is garbage"
                                  : "no: it is garbage, or held from C");
    else if (object->distance == 0)
        print_line("reached", "yes: it is a root");
    else {
        g_autofree char *text = g_strdup_printf("yes: %" PRIu64 " step%s from a root",
                                                object->distance, object->distance == 1 ? "" : "s");
        print_line("reached", text);
    }
}

static bool
print_site(View *view, GError **error)
{
    const HgObject *object = &view->object;
    if (object->site == HG_NONE)
        return true;
    const GPtrArray *sites = hg_snapshot_get_sites(view->snapshot, error);
    if (sites && object->site < sites->len)
        print_line("allocated at", ((HgSiteRow *)sites->pdata[object->site])->lines);
    return sites;
}

static bool
print_facts(View *view, GError **error)
{
    const HgObject *object = &view->object;
    g_autofree char *title = *view->value ? g_strconcat(object->type->name, "  ", view->value, NULL)
                                          : g_strdup(object->type->name);
    g_autofree char *shown = hg_text_dup_escaped(title);
    printf("%s0x%" PRIx64 "%s  %s\n", hg_output_get_style(HG_STYLE_HEADING), object->address,
           hg_output_get_style(HG_STYLE_PLAIN), shown);
    print_sizes(object);
    print_refcount(view);
    print_line("generation", get_generation(object));
    if (object->flags & HG_OBJECT_HAS_DEL)
        print_line("__del__", object->flags & HG_OBJECT_FINALIZED ? "yes, and it has run" : "yes");
    print_reach(view);
    if (object->holder != HG_NONE && !print_object_line(view, "holder", object->holder, error))
        return false;
    return print_site(view, error);
}

static bool
print_roots(View *view, GError **error)
{
    if (view->n_roots > 0)
        print_heading("Root");
    for (unsigned i = 0; i < view->n_roots; i++) {
        g_autofree char *text = hg_root_dup_text(view->snapshot, view->roots[i], error);
        if (!text)
            return false;
        print_line(hg_root_kind_get_name(view->roots[i]->kind), text);
    }
    return true;
}

/* The label, then the object at the other end. */
static bool
print_links(View *view, const GPtrArray *links, bool is_forward, GError **error)
{
    unsigned width = 0;
    for (unsigned i = 0; i < links->len; i++) {
        const HgLink *link = g_ptr_array_index(links, i);
        g_autofree char *label = hg_text_dup_escaped(link->label);
        width = MIN(MAX(width, hg_text_get_width(label)), 30);
    }
    for (unsigned i = 0; i < links->len; i++) {
        const HgLink *link = g_ptr_array_index(links, i);
        HgObject other;
        uint32_t number = is_forward ? link->target : link->source;
        g_autofree char *caption = hg_object_dup_caption(view->snapshot, number, false, error);
        if (!caption || !hg_object_read(view->snapshot, number, &other, error))
            return false;
        g_autofree char *escaped = hg_text_dup_escaped(link->label);
        g_autofree char *label = hg_text_dup_cut(escaped, 60);
        g_autofree char *shown = hg_text_dup_escaped(caption);
        unsigned used = hg_text_get_width(label);
        printf("  %s%s%s%*s  0x%" PRIx64 "  %s%s%s\n", hg_output_get_style(HG_STYLE_NAME), label,
               hg_output_get_style(HG_STYLE_PLAIN), used < width ? (int)(width - used) : 0, "",
               other.address, shown, link->how & HG_HOW_WEAK ? " (weak)" : "",
               link->how & HG_HOW_GUESSED ? " (guessed)" : "");
    }
    return true;
}

static bool
print_section(View *view, const char *title, const GPtrArray *links, uint64_t n_references,
              bool is_forward, GError **error)
{
    g_autofree char *count = hg_number_dup_count(n_references);
    g_autofree char *heading =
        g_strdup_printf("%s (%s reference%s)", title, count, n_references == 1 ? "" : "s");
    print_heading(heading);
    if (!print_links(view, links, is_forward, error))
        return false;
    if (links->len == view->limit && n_references > links->len)
        printf("  %s...%s (-n 0 shows all)\n", hg_output_get_style(HG_STYLE_FAINT),
               hg_output_get_style(HG_STYLE_PLAIN));
    return true;
}

static bool
print_view(View *view, GError **error)
{
    return print_facts(view, error) && print_roots(view, error) &&
           print_section(view, "Refers to", view->fields, view->n_fields, true, error) &&
           print_section(view, "Referred to by", view->referrers, view->n_referrers, false, error);
}

/* ---- as JSON ------------------------------------------------------------------------------ */

static void
write_known(HgJson *json, const char *key, uint64_t number)
{
    if (number == HG_UNKNOWN)
        hg_json_add_null(json, key);
    else
        hg_json_add_number(json, key, number);
}

static bool
write_other(HgJson *json, View *view, uint32_t number, GError **error)
{
    HgObject object;
    if (!hg_object_read(view->snapshot, number, &object, error))
        return false;
    g_autofree char *value = hg_object_dup_value(view->snapshot, &object, error);
    if (!value)
        return false;
    hg_json_add_address(json, "address", object.address);
    hg_json_add_text(json, "type", object.type->name);
    hg_json_add_text(json, "value", value);
    return true;
}

static bool
write_links(HgJson *json, View *view, const char *key, const GPtrArray *links, bool is_forward,
            GError **error)
{
    bool done = true;
    hg_json_begin_array(json, key);
    for (unsigned i = 0; i < links->len && done; i++) {
        const HgLink *link = g_ptr_array_index(links, i);
        hg_json_begin_object(json, NULL);
        hg_json_add_text(json, "label", link->label);
        done = write_other(json, view, is_forward ? link->target : link->source, error);
        hg_json_add_bool(json, "weak", link->how & HG_HOW_WEAK);
        hg_json_add_bool(json, "guessed", link->how & HG_HOW_GUESSED);
        hg_json_end_object(json);
    }
    hg_json_end_array(json);
    return done;
}

static bool
write_holder(HgJson *json, View *view, GError **error)
{
    if (view->object.holder == HG_NONE) {
        hg_json_add_null(json, "holder");
        return true;
    }
    hg_json_begin_object(json, "holder");
    bool done = write_other(json, view, view->object.holder, error);
    hg_json_end_object(json);
    return done;
}

static bool
write_roots(HgJson *json, View *view, GError **error)
{
    hg_json_begin_array(json, "roots");
    for (unsigned i = 0; i < view->n_roots; i++) {
        g_autofree char *text = hg_root_dup_text(view->snapshot, view->roots[i], error);
        if (!text)
            return false;
        hg_json_begin_object(json, NULL);
        hg_json_add_text(json, "kind", hg_root_kind_get_name(view->roots[i]->kind));
        hg_json_add_text(json, "text", text);
        hg_json_end_object(json);
    }
    hg_json_end_array(json);
    return true;
}

static void
write_columns(HgJson *json, const View *view)
{
    const HgObject *object = &view->object;
    bool is_tracked = object->flags & HG_OBJECT_TRACKED;
    unsigned generation = (object->flags & HG_OBJECT_GENERATION) >> HG_GENERATION_SHIFT;
    hg_json_add_number(json, "nr", object->number);
    hg_json_add_address(json, "address", object->address);
    hg_json_add_text(json, "type", object->type->name);
    hg_json_add_text(json, "value", view->value);
    hg_json_add_number(json, "size", object->size);
    write_known(json, "sizeof", object->sizeof_);
    write_known(json, "retained", object->retained);
    write_known(json, "refcount", object->refcount);
    if (object->knows_surplus)
        hg_json_add_signed(json, "surplus", object->surplus);
    else
        hg_json_add_null(json, "surplus");
    write_known(json, "length", object->length);
    hg_json_add_bool(json, "tracked", is_tracked);
    write_known(json, "generation", is_tracked ? generation : HG_UNKNOWN);
    hg_json_add_bool(json, "immortal", object->flags & HG_OBJECT_IMMORTAL);
    hg_json_add_bool(json, "reached", object->distance != HG_UNKNOWN);
    write_known(json, "distance", object->distance);
}

static bool
write_view(View *view, GError **error)
{
    HgJson json = {.file = stdout};
    hg_json_begin_object(&json, NULL);
    write_columns(&json, view);
    hg_json_add_number(&json, "n_refs", view->n_fields);
    hg_json_add_number(&json, "n_referrers", view->n_referrers);
    bool done = write_holder(&json, view, error) && write_roots(&json, view, error) &&
                write_links(&json, view, "refs", view->fields, true, error) &&
                write_links(&json, view, "referrers", view->referrers, false, error);
    hg_json_end_object(&json);
    return done;
}

/* ---- the command --------------------------------------------------------------------------- */

static bool
run(const HgInvocation *invocation, GError **error)
{
    g_auto(HgSession) session = {0};
    g_auto(View) view = {0};
    uint32_t number;
    if (invocation->format == HG_FORMAT_CSV) {
        g_set_error_literal(error, HG_ERROR, HG_ERROR_USAGE,
                            "show prints one object, which is no list: --format table or json");
        return false;
    }
    if (!hg_session_open(&session, invocation, error) ||
        !hg_resolve(session.snapshot, invocation->arguments[0], &number, error))
        return false;
    view.snapshot = session.snapshot;
    view.limit = invocation->limit;
    return fill_view(&view, number, error) &&
           (invocation->format == HG_FORMAT_JSON ? write_view : print_view)(&view, error);
}

const HgCommand cmd_show = {
    .name = "show",
    .arguments = "OBJ",
    .min_arguments = 1,
    .max_arguments = 1,
    .summary = "one object: its fields, its sizes, what refers to it",
    .details =
        "OBJ is an address (0x7f3a... or a decimal id()), a path (app.cache.sessions['a'][0]), "
        "the\n"
        "n-th of a type (Session#3) or a bookmark (@name); attributes and items may follow each.\n"
        "\n"
        "Examples:\n"
        "  heapgraph show 0x7f3a5c021d80\n"
        "  heapgraph show \"app.cache.sessions['a'][0]\"\n"
        "  heapgraph show Session#1.user -n 50\n"
        "  heapgraph show @leak --format json",
    .takes = HG_TAKES_STORE | HG_TAKES_SNAPSHOT | HG_TAKES_FORMAT | HG_TAKES_LIMIT,
    .run = run,
};
