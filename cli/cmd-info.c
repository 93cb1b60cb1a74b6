/* cmd-info.c - heapgraph info: the facts of a snapshot.
 * SPDX-License-Identifier: MIT */
#include "cli/command.h"
#include "cli/json.h"
#include "cli/session.h"
#include "cli/table.h"
#include "cli/text.h"
#include "core/questions/facts.h"
#include "core/questions/roots.h"

#include <inttypes.h>

static void
print_line(const char *name, const char *value)
{
    g_autofree char *shown_name = hg_text_dup_escaped(name);
    g_autofree char *shown = hg_text_dup_escaped(value);
    printf("%s%-21s%s %s\n", hg_output_get_style(HG_STYLE_NAME), shown_name,
           hg_output_get_style(HG_STYLE_PLAIN), shown);
}

static void
print_count(const char *name, uint64_t count)
{
    g_autofree char *text = hg_number_dup_count(count);
    print_line(name, text);
}

static void
print_size(const char *name, uint64_t size)
{
    g_autofree char *text = hg_number_dup_size(size);
    print_line(name, text);
}

static void
print_info(const HgSnapshotInfo *info)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(info->taken / G_USEC_PER_SEC);
    g_autofree char *taken = utc ? g_date_time_format(utc, "%Y-%m-%d %H:%M:%S UTC") : NULL;
    print_count("snapshot", info->id);
    print_line("name", info->name);
    if (taken)
        print_line("taken at", taken);
    print_count("objects", info->n_objects);
    print_count("references", info->n_references);
    print_size("size", info->size);
    print_count(info->knows_garbage ? "garbage" : "unreached", info->n_objects - info->n_live);
    if (info->n_dropped > 0)
        print_count("dropped", info->n_dropped);
    print_size("stored", info->stored);
    if (!info->instant)
        print_line("note", "the program ran while the dump was taken: it is not one instant");
    if (!info->knows_garbage)
        print_line("note",
                   "what C code holds is unknown, so unreached objects need not be garbage");
}

static void
print_roots(const HgRootCount *count)
{
    printf("\n%sRoots%s\n", hg_output_get_style(HG_STYLE_HEADING),
           hg_output_get_style(HG_STYLE_PLAIN));
    for (unsigned kind = 0; kind < HG_N_ROOTS; kind++)
        if (count[kind].objects > 0)
            print_count(hg_root_kind_get_name((HgRootKind)kind), count[kind].objects);
}

static void
print_facts(const GPtrArray *facts)
{
    printf("\n%sFacts%s\n", hg_output_get_style(HG_STYLE_HEADING),
           hg_output_get_style(HG_STYLE_PLAIN));
    for (unsigned i = 0; i < facts->len; i++) {
        const HgFact *fact = g_ptr_array_index(facts, i);
        g_autofree char *text = hg_fact_dup_text(fact);
        print_line(fact->key, text);
    }
}

static void
print_frame(const HgFrameRow *frame)
{
    g_autofree char *function = hg_text_dup_escaped(frame->function);
    g_autofree char *file = hg_text_dup_escaped(frame->file);
    printf("  %s (%s:%u)\n", function, file, frame->line);
}

static void
print_threads(const GPtrArray *threads, const GPtrArray *frames)
{
    for (unsigned i = 0; i < threads->len; i++) {
        const HgThreadRow *thread = g_ptr_array_index(threads, i);
        g_autofree char *name = thread->name ? hg_text_dup_escaped(thread->name) : g_strdup("");
        printf("\n%sThread %" PRIu64 "%s %s\n", hg_output_get_style(HG_STYLE_HEADING), thread->id,
               hg_output_get_style(HG_STYLE_PLAIN), name);
        for (unsigned j = 0; j < frames->len; j++)
            if (((HgFrameRow *)frames->pdata[j])->thread == thread->number)
                print_frame(frames->pdata[j]);
    }
}

static void
write_counts(HgJson *json, const HgSnapshotInfo *info)
{
    hg_json_add_number(json, "snapshot", info->id);
    hg_json_add_text(json, "name", info->name);
    hg_json_add_signed(json, "taken", info->taken);
    hg_json_add_text(json, "source", info->source);
    hg_json_add_text(json, "python", info->python);
    hg_json_add_number(json, "objects", info->n_objects);
    hg_json_add_number(json, "refs", info->n_references);
    hg_json_add_number(json, "size", info->size);
    hg_json_add_number(json, "live", info->n_live);
    hg_json_add_number(json, "dropped", info->n_dropped);
    hg_json_add_number(json, "stored", info->stored);
    hg_json_add_bool(json, "instant", info->instant);
    hg_json_add_bool(json, "knows_garbage", info->knows_garbage);
}

static void
write_frames(HgJson *json, const GPtrArray *frames, uint32_t thread)
{
    hg_json_begin_array(json, "frames");
    for (unsigned i = 0; i < frames->len; i++) {
        const HgFrameRow *frame = g_ptr_array_index(frames, i);
        if (frame->thread != thread)
            continue;
        hg_json_begin_object(json, NULL);
        hg_json_add_text(json, "function", frame->function);
        hg_json_add_text(json, "file", frame->file);
        hg_json_add_number(json, "line", frame->line);
        hg_json_end_object(json);
    }
    hg_json_end_array(json);
}

static void
write_threads(HgJson *json, const GPtrArray *threads, const GPtrArray *frames)
{
    hg_json_begin_array(json, "threads");
    for (unsigned i = 0; i < threads->len; i++) {
        const HgThreadRow *thread = g_ptr_array_index(threads, i);
        hg_json_begin_object(json, NULL);
        hg_json_add_number(json, "id", thread->id);
        hg_json_add_text(json, "name", thread->name);
        write_frames(json, frames, thread->number);
        hg_json_end_object(json);
    }
    hg_json_end_array(json);
}

static void
write_json(const HgSnapshotInfo *info, const GPtrArray *facts, const HgRootCount *roots,
           const GPtrArray *threads, const GPtrArray *frames)
{
    HgJson json = {.file = stdout};
    hg_json_begin_object(&json, NULL);
    write_counts(&json, info);
    hg_json_begin_object(&json, "roots");
    for (unsigned kind = 0; kind < HG_N_ROOTS; kind++)
        hg_json_add_number(&json, hg_root_kind_get_name((HgRootKind)kind), roots[kind].objects);
    hg_json_end_object(&json);
    hg_json_begin_object(&json, "facts");
    for (unsigned i = 0; i < facts->len; i++)
        hg_json_add_text(&json, ((HgFact *)facts->pdata[i])->key,
                         ((HgFact *)facts->pdata[i])->value);
    hg_json_end_object(&json);
    write_threads(&json, threads, frames);
    hg_json_end_object(&json);
}

static void
write_csv(const GPtrArray *facts)
{
    static const HgTableColumn columns[] = {{"key", "KEY", HG_CELL_TEXT},
                                            {"value", "VALUE", HG_CELL_TEXT}};
    g_autoptr(HgTable) table = hg_table_new(HG_FORMAT_CSV, columns, G_N_ELEMENTS(columns));
    for (unsigned i = 0; i < facts->len; i++) {
        const HgFact *fact = g_ptr_array_index(facts, i);
        hg_table_add_text(table, fact->key);
        hg_table_add_text(table, fact->value);
    }
    hg_table_end(table);
}

static bool
run(const HgInvocation *invocation, GError **error)
{
    g_auto(HgSession) session = {0};
    HgRootCount roots[HG_N_ROOTS];
    if (!hg_session_open(&session, invocation, error))
        return false;
    const HgSnapshotInfo *info = hg_snapshot_get_info(session.snapshot);
    const GPtrArray *facts = hg_snapshot_get_facts(session.snapshot, error);
    const GPtrArray *threads = facts ? hg_snapshot_get_threads(session.snapshot, error) : NULL;
    const GPtrArray *frames = threads ? hg_snapshot_get_frames(session.snapshot, error) : NULL;
    if (!frames || !hg_roots_count(session.snapshot, roots, error))
        return false;
    if (invocation->format == HG_FORMAT_JSON)
        write_json(info, facts, roots, threads, frames);
    else if (invocation->format == HG_FORMAT_CSV)
        write_csv(facts);
    else {
        print_info(info);
        print_roots(roots);
        print_facts(facts);
        print_threads(threads, frames);
    }
    return true;
}

const HgCommand cmd_info = {
    .name = "info",
    .summary = "the facts of a snapshot: process, counts, roots, threads",
    .details = "Examples:\n"
               "  heapgraph info\n"
               "  heapgraph info -s previous --format json",
    .takes = HG_TAKES_STORE | HG_TAKES_SNAPSHOT | HG_TAKES_FORMAT,
    .run = run,
};
