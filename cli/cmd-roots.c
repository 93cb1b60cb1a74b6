/* cmd-roots.c - heapgraph roots: why the runtime itself holds objects.
 * SPDX-License-Identifier: MIT */
#include "cli/command.h"
#include "cli/session.h"
#include "cli/table.h"
#include "core/questions/object.h"
#include "core/questions/roots.h"
#include "core/questions/threads.h"

#include <inttypes.h>

static char *kind_option;
static gboolean wants_threads;

static bool
find_kind(HgRootKind *kind, GError **error)
{
    for (unsigned i = 0; i < HG_N_ROOTS; i++)
        if (g_str_equal(kind_option, hg_root_kind_get_name((HgRootKind)i))) {
            *kind = (HgRootKind)i;
            return true;
        }
    g_set_error(error, HG_ERROR, HG_ERROR_USAGE,
                "--kind %s: expected module, frame, interpreter, static or external", kind_option);
    return false;
}

static bool
find_keeps(HgSnapshot *snapshot, uint64_t *keeps, GError **error)
{
    g_autoptr(HgProgressBar) bar = hg_progress_bar_new();
    HgProgress progress = hg_progress_bar_get(bar);
    return hg_roots_sum_kinds(snapshot, &progress, keeps, error);
}

static bool
print_counts(const HgInvocation *invocation, HgSnapshot *snapshot, GError **error)
{
    static const HgTableColumn columns[] = {{"kind", "KIND", HG_CELL_TEXT},
                                            {"count", "COUNT", HG_CELL_COUNT},
                                            {"size", "SIZE", HG_CELL_SIZE},
                                            {"keeps", "KEEPS", HG_CELL_SIZE}};
    HgRootCount count[HG_N_ROOTS];
    uint64_t keeps[HG_N_ROOTS];
    if (!hg_roots_count(snapshot, count, error) || !find_keeps(snapshot, keeps, error))
        return false;
    g_autoptr(HgTable) table = hg_table_new(invocation->format, columns, G_N_ELEMENTS(columns));
    for (unsigned i = 0; i < HG_N_ROOTS; i++) {
        hg_table_add_text(table, hg_root_kind_get_name((HgRootKind)i));
        hg_table_add_number(table, count[i].objects);
        hg_table_add_number(table, count[i].size);
        hg_table_add_number(table, keeps[i]);
    }
    hg_table_end(table);
    return true;
}

static bool
add_row(HgTable *table, HgSnapshot *snapshot, const HgRootRow *root, GError **error)
{
    HgObject object;
    g_autofree char *text = hg_root_dup_text(snapshot, root, error);
    if (!text || !hg_object_read(snapshot, root->object, &object, error))
        return false;
    g_autofree char *value = hg_object_dup_value(snapshot, &object, error);
    if (!value)
        return false;
    hg_table_add_number(table, object.address);
    hg_table_add_text(table, object.type->name);
    hg_table_add_known(table, object.retained);
    hg_table_add_text(table, text);
    hg_table_add_text(table, value);
    return true;
}

static bool
print_roots(const HgInvocation *invocation, HgSnapshot *snapshot, GError **error)
{
    static const HgTableColumn columns[] = {{"address", "ADDRESS", HG_CELL_ADDRESS},
                                            {"type", "TYPE", HG_CELL_TEXT},
                                            {"retained", "RETAINED", HG_CELL_SIZE},
                                            {"root", "ROOT", HG_CELL_TEXT},
                                            {"value", "VALUE", HG_CELL_TEXT}};
    HgRootKind kind;
    const GPtrArray *roots = hg_snapshot_get_roots(snapshot, error);
    if (!roots || !find_kind(&kind, error))
        return false;
    g_autoptr(HgTable) table = hg_table_new(invocation->format, columns, G_N_ELEMENTS(columns));
    uint64_t n_found = 0;
    for (unsigned i = 0; i < roots->len; i++) {
        const HgRootRow *root = g_ptr_array_index(roots, i);
        if (root->kind != kind || n_found++ >= invocation->limit)
            continue;
        if (!add_row(table, snapshot, root, error))
            return false;
    }
    hg_table_end(table);
    if (invocation->format == HG_FORMAT_TABLE)
        hg_output_remark_rest(n_found, invocation->limit, NULL);
    return true;
}

/* ---- threads ------------------------------------------------------------------------------ */

/* A line of the list of threads: of a thread, a frame, or a local variable. */
static void
begin_line(HgTable *table, const HgThreadRow *thread, const char *what, int level, const char *text)
{
    g_autofree char *line = g_strdup_printf("%*s%s", 2 * level, "", text);
    hg_table_add_text(table, what);
    hg_table_add_text(table, line);
    hg_table_add_number(table, thread->id);
}

static bool
add_local(HgTable *table, HgSnapshot *snapshot, const HgThreadRow *thread,
          const HgThreadLocal *local, GError **error)
{
    g_autofree char *caption = hg_object_dup_caption(snapshot, local->object, false, error);
    uint64_t address;
    if (!caption || !hg_snapshot_get(snapshot, HG_COLUMN_ADDRESS, local->object, &address, error))
        return false;
    g_autofree char *text =
        g_strdup_printf("%s  %s", local->name ? local->name : "(stack)", caption);
    begin_line(table, thread, "local", 2, text);
    hg_table_add_known(table, local->retained);
    hg_table_add_number(table, address);
    hg_table_add_text(table, local->name);
    return true;
}

static bool
add_frame(HgTable *table, HgSnapshot *snapshot, const HgThreadRow *thread,
          const HgThreadFrame *frame, GError **error)
{
    g_autofree char *text =
        g_strdup_printf("%s()  %s:%u", frame->row->function, frame->row->file, frame->row->line);
    begin_line(table, thread, "frame", 1, text);
    hg_table_add_number(table, frame->keeps);
    hg_table_add_none(table);
    hg_table_add_text(table, frame->row->function);
    for (unsigned i = 0; i < frame->locals->len; i++)
        if (!add_local(table, snapshot, thread, &g_array_index(frame->locals, HgThreadLocal, i),
                       error))
            return false;
    return true;
}

static bool
add_thread(HgTable *table, HgSnapshot *snapshot, const HgThread *thread, GError **error)
{
    const HgThreadRow *row = thread->row;
    g_autofree char *number = g_strdup_printf("thread %" PRIu64, row->id);
    begin_line(table, row, "thread", 0, row->name ? row->name : number);
    hg_table_add_number(table, thread->keeps);
    hg_table_add_none(table);
    hg_table_add_text(table, row->name);
    for (unsigned i = 0; i < thread->frames->len; i++)
        if (!add_frame(table, snapshot, row, thread->frames->pdata[i], error))
            return false;
    return true;
}

static int
compare_threads(const void *a, const void *b)
{
    const HgThread *one = *(HgThread *const *)a, *other = *(HgThread *const *)b;
    if (one->keeps != other->keeps)
        return one->keeps > other->keeps ? -1 : 1;
    return one->row->number < other->row->number ? -1 : one->row->number > other->row->number;
}

static bool
print_threads(const HgInvocation *invocation, HgSnapshot *snapshot, GError **error)
{
    static const HgTableColumn columns[] = {{"what", NULL, HG_CELL_TEXT},
                                            {"line", "THREAD", HG_CELL_TEXT},
                                            {"thread", NULL, HG_CELL_NUMBER},
                                            {"keeps", "KEEPS", HG_CELL_SIZE},
                                            {"address", "ADDRESS", HG_CELL_ADDRESS},
                                            {"name", NULL, HG_CELL_TEXT}};
    g_autoptr(HgProgressBar) bar = hg_progress_bar_new();
    HgProgress progress = hg_progress_bar_get(bar);
    g_autoptr(GPtrArray) threads = hg_threads_list(snapshot, &progress, error);
    g_clear_pointer(&bar, hg_progress_bar_free);
    if (!threads)
        return false;
    g_autoptr(HgTable) table = hg_table_new(invocation->format, columns, G_N_ELEMENTS(columns));
    g_ptr_array_sort(threads, compare_threads);
    for (unsigned i = 0; i < MIN(threads->len, invocation->limit); i++)
        if (!add_thread(table, snapshot, threads->pdata[i], error))
            return false;
    hg_table_end(table);
    if (invocation->format == HG_FORMAT_TABLE)
        hg_output_remark_rest(threads->len, invocation->limit, "threads");
    return true;
}

static bool
run(const HgInvocation *invocation, GError **error)
{
    g_auto(HgSession) session = {0};
    if (kind_option && wants_threads) {
        g_set_error_literal(error, HG_ERROR, HG_ERROR_USAGE,
                            "--kind and --threads exclude each other");
        return false;
    }
    return hg_session_open(&session, invocation, error) &&
           (wants_threads ? print_threads
            : kind_option ? print_roots
                          : print_counts)(invocation, session.snapshot, error);
}

static const GOptionEntry options[] = {
    {"kind", 0, 0, G_OPTION_ARG_STRING, &kind_option,
     "list the roots of a kind: module, frame, interpreter, static or external", "KIND"},
    {"threads", 0, 0, G_OPTION_ARG_NONE, &wants_threads,
     "list threads with their frames and local variables", NULL},
    {0}};

const HgCommand cmd_roots = {
    .name = "roots",
    .summary = "why the runtime itself holds objects: roots by kind",
    .details =
        "A module is an entry of sys.modules, a frame a local variable or the stack of a running\n"
        "function; interpreter and static are the runtime's own; external is what C code holds.\n"
        "KEEPS is what would be freed if nothing but that were gone: all roots of the kind, all\n"
        "frames of a thread, all variables of a frame, or a variable. Threads come in the order "
        "of\n"
        "what they keep; -n limits their number.\n"
        "\n"
        "Examples:\n"
        "  heapgraph roots\n"
        "  heapgraph roots --kind frame\n"
        "  heapgraph roots --kind external -n 0\n"
        "  heapgraph roots --threads",
    .takes = HG_TAKES_STORE | HG_TAKES_SNAPSHOT | HG_TAKES_FORMAT | HG_TAKES_LIMIT,
    .options = options,
    .run = run,
};
