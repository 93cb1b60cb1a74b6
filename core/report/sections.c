/* sections.c - what a report tells: facts, suspects, advice, growth, types, holders.
 * SPDX-License-Identifier: MIT */
#include "core/numbers.h"
#include "core/questions/advice.h"
#include "core/questions/facts.h"
#include "core/questions/chain.h"
#include "core/questions/containers.h"
#include "core/questions/objects.h"
#include "core/questions/suspects.h"
#include "core/questions/types.h"
#include "core/report/html.h"
#include "core/report/parts.h"

#include <inttypes.h>

enum {
    SUSPECTS_TOLD = 15,
    SUSPECTS_DRAWN = 4,
    ADVICE_TOLD = 15,
    TYPES_TOLD = 25,
    HOLDERS_TOLD = 20,
    PATH_STEPS = 12,
    CONTAINERS_TOLD = 10,
    FRAMES_TOLD = 20 /* of one thread */
};

/* ---- facts ---------------------------------------------------------------------------------- */

static void
add_fact(GString *html, const char *name, const char *value)
{
    hg_html_add_element(html, "dt", name);
    hg_html_add_element(html, "dd", value);
}

static void
add_frames(GString *html, const GPtrArray *frames, const HgThreadRow *thread)
{
    unsigned count = 0;
    g_string_append(html, "<ol class=\"frames\">\n");
    for (unsigned i = 0; i < frames->len && count < FRAMES_TOLD; i++) {
        const HgFrameRow *frame = g_ptr_array_index(frames, i);
        if (frame->thread != thread->number)
            continue;
        g_autofree char *text =
            g_strdup_printf("%s (%s:%u)", frame->function, frame->file, frame->line);
        hg_html_add_element(html, "li", text);
        count++;
    }
    g_string_append(html, "</ol>\n");
}

static bool
add_threads(HgReport *report, GError **error)
{
    const GPtrArray *threads = hg_snapshot_get_threads(report->snapshot, error);
    const GPtrArray *frames = threads ? hg_snapshot_get_frames(report->snapshot, error) : NULL;
    for (unsigned i = 0; frames && i < threads->len; i++) {
        const HgThreadRow *thread = g_ptr_array_index(threads, i);
        g_autofree char *name =
            g_strdup_printf("thread %" PRIu64 " %s", thread->id, thread->name ? thread->name : "");
        g_string_append(report->html, "<details>\n");
        hg_html_add_element(report->html, "summary", name);
        add_frames(report->html, frames, thread);
        g_string_append(report->html, "</details>\n");
    }
    return frames;
}

bool
hg_report_add_facts(HgReport *report, GError **error)
{
    const GPtrArray *facts = hg_snapshot_get_facts(report->snapshot, error);
    if (!facts)
        return false;
    hg_html_begin_section(report->html, "facts", "The process");
    g_string_append(report->html, "<dl>\n");
    for (unsigned i = 0; i < facts->len; i++) {
        const HgFact *fact = g_ptr_array_index(facts, i);
        g_autofree char *text = hg_fact_dup_text(fact);
        add_fact(report->html, fact->key, text);
    }
    g_string_append(report->html, "</dl>\n");
    if (!add_threads(report, error))
        return false;
    hg_html_end_section(report->html);
    return true;
}

/* ---- suspects and advice ----------------------------------------------------------------------
 */

static void
add_hint(GString *html, const char *name, const char *text, bool is_code)
{
    if (!text || !*text)
        return;
    g_string_append_printf(html, "<dt>%s</dt><dd>", name);
    hg_html_add_element(html, is_code ? "code" : "span", text);
    g_string_append(html, "</dd>\n");
}

static void
add_finding(GString *html, const char *title, const char *mark, const char *sentence)
{
    g_string_append(html, "<article>\n<h3>");
    hg_html_add_text(html, title);
    g_string_append_printf(html, " <span class=\"mark %s\">", mark);
    hg_html_add_text(html, mark);
    g_string_append(html, "</span></h3>\n");
    hg_html_add_element(html, "p", sentence);
}

static void
add_hints(GString *html, const char *path, const char *remedy, const char *command)
{
    g_string_append(html, "<dl class=\"hints\">\n");
    add_hint(html, "Where", path, true);
    add_hint(html, "Do", remedy, false);
    add_hint(html, "Look", command, true);
    g_string_append(html, "</dl>\n");
}

static bool
add_suspect(HgReport *report, const HgSuspect *suspect, bool is_drawn, GError **error)
{
    add_finding(report->html, suspect->title, suspect->is_leak ? "leak" : "big", suspect->sentence);
    add_hints(report->html, suspect->path, suspect->remedy, suspect->command);
    if (is_drawn && suspect->object != HG_NONE &&
        (!hg_report_add_chain(report, suspect->object, error) ||
         !hg_report_add_neighbours(report, suspect->object, error)))
        return false;
    g_string_append(report->html, "</article>\n");
    return true;
}

static void
add_rest(GString *html, unsigned count, unsigned told, const char *command)
{
    if (count > told)
        g_string_append_printf(html, "<p class=\"rest\">… and %u more: <code>%s</code></p>\n",
                               count - told, command);
}

bool
hg_report_add_suspects(HgReport *report, const GPtrArray *suspects, GError **error)
{
    hg_html_begin_section(report->html, "suspects", "Suspects");
    if (suspects->len == 0)
        g_string_append(report->html, "<p>Nothing stands out.</p>\n");
    for (unsigned i = 0; i < suspects->len && i < SUSPECTS_TOLD; i++)
        if (!add_suspect(report, suspects->pdata[i], i < SUSPECTS_DRAWN, error))
            return false;
    add_rest(report->html, suspects->len, SUSPECTS_TOLD, "heapgraph suspects -n 0");
    hg_html_end_section(report->html);
    return true;
}

bool
hg_report_add_advice(HgReport *report, const GPtrArray *advice, GError **error)
{
    if (advice->len == 0)
        return true;
    hg_html_begin_section(report->html, "advice", "What could be smaller");
    for (unsigned i = 0; i < advice->len && i < ADVICE_TOLD; i++) {
        const HgAdvice *one = g_ptr_array_index(advice, i);
        g_autofree char *saving = hg_number_dup_size(one->saving);
        g_autofree char *mark = g_strconcat("saves ", saving, NULL);
        add_finding(report->html, one->title, mark, one->sentence);
        add_hints(report->html, one->path, one->remedy, one->command);
        g_string_append(report->html, "</article>\n");
    }
    add_rest(report->html, advice->len, ADVICE_TOLD, "heapgraph advise -n 0");
    hg_html_end_section(report->html);
    return true;
}

/* ---- growth ------------------------------------------------------------------------------------
 */

static void
add_growth_rows(GString *html, const HgTypes *types)
{
    for (unsigned i = 0; i < types->rows->len && i < TYPES_TOLD; i++) {
        const HgTypesRow *row = g_ptr_array_index(types->rows, i);
        const HgTypeCount *now = &row->in[types->n_snapshots - 1];
        hg_html_begin_row(html);
        hg_html_add_cell(html, row->name);
        hg_html_add_count(html, hg_growth_get_before(types, row, HG_BY_COUNT));
        hg_html_add_count(html, hg_growth_get_live(now, HG_BY_COUNT));
        hg_html_add_count_growth(html, hg_growth_get(types, row, HG_BY_COUNT));
        hg_html_add_size_growth(html, hg_growth_get(types, row, HG_BY_SIZE));
        hg_html_end_row(html);
    }
}

static void
add_containers(GString *html, const GPtrArray *containers)
{
    static const HgHtmlColumn columns[] = {{"Container", false}, {"Before", true}, {"Now", true}};
    if (containers->len == 0)
        return;
    hg_html_begin_table(html, "Containers with more items", columns, G_N_ELEMENTS(columns));
    for (unsigned i = 0; i < containers->len && i < CONTAINERS_TOLD; i++) {
        const HgContainer *container = g_ptr_array_index(containers, i);
        hg_html_begin_row(html);
        hg_html_add_cell(html, container->path);
        hg_html_add_count(html, container->length[0]);
        hg_html_add_count(html, container->length[1]);
        hg_html_end_row(html);
    }
    hg_html_end_table(html);
}

bool
hg_report_add_growth(HgReport *report, GError **error)
{
    static const HgHtmlColumn columns[] = {
        {"Type", false}, {"Before", true}, {"Now", true}, {"Growth", true}, {"Bytes", true}};
    HgSnapshot *pair[] = {report->options->earlier, report->snapshot};
    HgTypesOptions options = {0};
    if (!pair[0])
        return true;
    g_autoptr(HgTypes) types = hg_growth_list(pair, 2, HG_GROWTH_GREW, &options, error);
    g_autoptr(GPtrArray) containers = types ? hg_containers_find_growing(pair, 2, error) : NULL;
    if (!containers)
        return false;
    g_autofree char *before =
        g_strdup_printf("Since “%s”. Garbage is left out.", hg_snapshot_get_info(pair[0])->name);
    hg_html_begin_section(report->html, "growth", "What grew");
    hg_html_add_element(report->html, "p", types->rows->len ? before : "Nothing grew.");
    if (types->rows->len > 0) {
        hg_html_begin_table(report->html, "Types of which there is more", columns,
                            G_N_ELEMENTS(columns));
        add_growth_rows(report->html, types);
        hg_html_end_table(report->html);
        add_rest(report->html, types->rows->len, TYPES_TOLD, "heapgraph show-growth -n 0");
    }
    add_containers(report->html, containers);
    hg_html_end_section(report->html);
    return true;
}

/* ---- types and holders
 * --------------------------------------------------------------------------- */

static void
add_type_rows(GString *html, const HgTypes *types, uint64_t whole)
{
    for (unsigned i = 0; i < types->rows->len && i < TYPES_TOLD; i++) {
        const HgTypesRow *row = g_ptr_array_index(types->rows, i);
        hg_html_begin_row(html);
        hg_html_add_cell(html, row->name);
        hg_html_add_count(html, row->in->count);
        hg_html_add_size(html, row->in->size);
        hg_html_add_bar(html, row->in->size, whole);
        if (row->in->retained == HG_UNKNOWN)
            hg_html_add_unknown(html);
        else
            hg_html_add_size(html, row->in->retained);
        hg_html_end_row(html);
    }
}

bool
hg_report_add_types(HgReport *report, GError **error)
{
    static const HgHtmlColumn columns[] = {
        {"Type", false}, {"Objects", true}, {"Size", true}, {"Share", false}, {"Retained", true}};
    HgTypesOptions options = {.order = HG_BY_SIZE};
    g_autoptr(HgTypes) types = hg_types_list(report->snapshot, &options, error);
    if (!types)
        return false;
    hg_html_begin_section(report->html, "types", "Types");
    hg_html_begin_table(report->html, "The types that occupy most", columns, G_N_ELEMENTS(columns));
    add_type_rows(report->html, types, hg_snapshot_get_info(report->snapshot)->size);
    hg_html_end_table(report->html);
    add_rest(report->html, types->rows->len, TYPES_TOLD,
             "heapgraph most-common-types --by size -n 0");
    hg_html_end_section(report->html);
    return true;
}

static bool
add_holder(HgReport *report, uint32_t number, GError **error)
{
    HgObject object;
    HgSnapshot *snapshot = report->snapshot;
    if (!hg_object_read(snapshot, number, &object, error))
        return false;
    g_autofree char *caption = hg_object_dup_caption(snapshot, number, false, error);
    g_autofree char *path = caption ? hg_chain_dup_path(snapshot, number, PATH_STEPS, error) : NULL;
    if (!path)
        return false;
    g_autofree char *address = g_strdup_printf("0x%" PRIx64, object.address);
    hg_html_begin_row(report->html);
    hg_html_add_cell(report->html, caption);
    hg_html_add_size(report->html, object.retained);
    hg_html_add_bar(report->html, object.retained, hg_snapshot_get_info(snapshot)->size);
    g_string_append(report->html, "<td>");
    hg_html_add_element(report->html, "code", path);
    g_string_append(report->html, "</td><td>");
    hg_html_add_element(report->html, "code", address);
    g_string_append(report->html, "</td>");
    hg_html_end_row(report->html);
    return true;
}

bool
hg_report_add_holders(HgReport *report, GError **error)
{
    static const HgHtmlColumn columns[] = {{"Object", false},
                                           {"Retained", true},
                                           {"Share", false},
                                           {"Path", false},
                                           {"Address", false}};
    HgSharesOptions options = {
        .kind = HG_SHARES_BY_HOLDER, .holder = HG_NONE, .levels = 4, .parts = 3000};
    if (hg_snapshot_count(report->snapshot, HG_COLUMN_RETAINED) == 0)
        return true;
    g_autoptr(HgShares) shares = hg_shares_find(report->snapshot, &options, error);
    g_autoptr(GArray) objects =
        shares ? hg_objects_by_retained(report->snapshot, HOLDERS_TOLD, error) : NULL;
    if (!objects)
        return false;
    hg_html_begin_section(report->html, "holders", "What keeps the memory");
    hg_report_add_areas(report->html, shares);
    hg_html_begin_table(report->html, "The objects that retain most", columns,
                        G_N_ELEMENTS(columns));
    for (unsigned i = 0; i < objects->len; i++)
        if (!add_holder(report, g_array_index(objects, uint32_t, i), error))
            return false;
    hg_html_end_table(report->html);
    hg_html_end_section(report->html);
    return true;
}
