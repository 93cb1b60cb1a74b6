/* threads-page.c - the stacks of the threads, their locals and what each retains.
 *
 *      MainThread
 *          main() (app.py:12)
 *              cache          dict 3 items      1.2 MiB
 *
 * SPDX-License-Identifier: MIT */
#include "gui/pages/threads-page.h"

#include "core/questions/threads.h"
#include "gui/models/object-list.h"

#include <inttypes.h>

struct _HgThreadsPage {
    HgListPage parent;
};

G_DEFINE_FINAL_TYPE(HgThreadsPage, hg_threads_page, HG_TYPE_LIST_PAGE)

typedef struct {
    GArray *objects;   /* uint32_t */
    GArray *keeps;     /* uint64_t: of threads and frames; HG_UNKNOWN for locals */
    GPtrArray *labels; /* char * */
} Rows;

static void
clear_rows(Rows *rows)
{
    g_clear_pointer(&rows->objects, g_array_unref);
    g_array_unref(rows->keeps);
    g_ptr_array_unref(rows->labels);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Rows, clear_rows)

/* [label] is taken. */
static void
add(Rows *rows, uint32_t object, uint64_t keeps, char *label)
{
    g_array_append_val(rows->objects, object);
    g_array_append_val(rows->keeps, keeps);
    g_ptr_array_add(rows->labels, label);
}

static void
add_locals(Rows *rows, const HgThreadFrame *frame)
{
    for (unsigned i = 0; i < frame->locals->len; i++) {
        const HgThreadLocal *local = &g_array_index(frame->locals, HgThreadLocal, i);
        add(rows, local->object, HG_UNKNOWN,
            g_strconcat("        ", local->name ? local->name : "on the stack", NULL));
    }
}

static void
add_frames(Rows *rows, const HgThread *thread)
{
    for (unsigned i = 0; i < thread->frames->len; i++) {
        const HgThreadFrame *frame = thread->frames->pdata[i];
        g_autofree char *name = g_path_get_basename(frame->row->file);
        add(rows, frame->row->object, frame->keeps,
            g_strdup_printf("    %s() %s:%u", frame->row->function, name, frame->row->line));
        add_locals(rows, frame);
    }
}

static bool
add_threads(Rows *rows, HgAsk *ask, HgSnapshot *snapshot, GError **error)
{
    g_autoptr(GPtrArray) threads = hg_threads_list(snapshot, hg_ask_get_progress(ask), error);
    for (unsigned i = 0; threads && i < threads->len; i++) {
        const HgThread *thread = threads->pdata[i];
        add(rows, HG_NONE, thread->keeps,
            thread->row->name ? g_strdup(thread->row->name)
                              : g_strdup_printf("thread %" PRIu64, thread->row->id));
        add_frames(rows, thread);
    }
    return threads;
}

/* Beside a thread and a frame stands what nothing but its locals keeps alive. */
static void
set_keeps(HgList *list, const GArray *keeps)
{
    unsigned column = hg_list_find_column(list, "retained");
    for (unsigned row = 0; column != UINT_MAX && row < keeps->len; row++)
        if (g_array_index(keeps, uint64_t, row) != HG_UNKNOWN)
            hg_list_set_number(list, column, row, g_array_index(keeps, uint64_t, row));
}

static void *
list_threads(HgAsk *ask, void *argument, GError **error)
{
    const HgPlace *place = argument;
    HgSnapshot *snapshot = hg_ask_get_snapshot(ask, place->shot, error);
    g_auto(Rows) rows = {g_array_new(FALSE, FALSE, sizeof(uint32_t)),
                         g_array_new(FALSE, FALSE, sizeof(uint64_t)),
                         g_ptr_array_new_with_free_func(g_free)};
    if (!snapshot || !add_threads(&rows, ask, snapshot, error))
        return NULL;
    HgList *list = hg_object_list_make(ask, place->shot, g_steal_pointer(&rows.objects),
                                       HG_OBJECTS_WITH_LABEL | HG_OBJECTS_LONG_LABEL |
                                           HG_OBJECTS_WITH_TYPE | HG_OBJECTS_FEW,
                                       rows.labels, error);
    if (list) {
        set_keeps(list, rows.keeps);
        hg_list_set_remark(list, "threads and frames: what only their locals keep");
    }
    return list;
}

static char *
dup_command(HgPage *page, const HgPlace *place)
{
    return g_strdup("roots --threads -n 0");
}

static void
hg_threads_page_init(HgThreadsPage *page)
{
    hg_list_view_set_empty(hg_list_page_get_view(HG_LIST_PAGE(page)), "No Thread",
                           "This dump tells nothing of threads.");
}

static void
hg_threads_page_class_init(HgThreadsPageClass *class)
{
    HG_PAGE_CLASS(class)->dup_command = dup_command;
    HG_LIST_PAGE_CLASS(class)->ask = list_threads;
}
