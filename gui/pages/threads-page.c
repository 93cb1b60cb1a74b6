/* threads-page.c - the stacks of the threads, their locals and what each retains.
 *
 *      MainThread
 *          main() (app.py:12)
 *              cache          dict 3 items      1.2 MiB
 *
 * SPDX-License-Identifier: MIT */
#include "gui/pages/threads-page.h"

#include "core/numbers.h"
#include "core/questions/threads.h"
#include "gui/models/object-list.h"

#include <inttypes.h>

struct _HgThreadsPage {
    HgListPage parent;
};

G_DEFINE_FINAL_TYPE(HgThreadsPage, hg_threads_page, HG_TYPE_LIST_PAGE)

typedef struct {
    GArray *objects;   /* uint32_t */
    GPtrArray *labels; /* char * */
} Rows;

/* [label] is taken. */
static void
add(Rows *rows, uint32_t object, char *label)
{
    g_array_append_val(rows->objects, object);
    g_ptr_array_add(rows->labels, label);
}

static void
add_locals(Rows *rows, const HgThreadFrame *frame)
{
    for (unsigned i = 0; i < frame->locals->len; i++) {
        const HgThreadLocal *local = &g_array_index(frame->locals, HgThreadLocal, i);
        add(rows, local->object,
            g_strconcat("        ", local->name ? local->name : "on the stack", NULL));
    }
}

static void
add_frames(Rows *rows, const HgThread *thread)
{
    for (unsigned i = 0; i < thread->frames->len; i++) {
        const HgThreadFrame *frame = thread->frames->pdata[i];
        g_autofree char *name = g_path_get_basename(frame->row->file);
        g_autofree char *keeps = hg_number_dup_size(frame->keeps);
        add(rows, frame->row->object,
            g_strdup_printf("    %s()  %s:%u, keeps %s alone", frame->row->function, name,
                            frame->row->line, keeps));
        add_locals(rows, frame);
    }
}

static bool
add_threads(Rows *rows, HgAsk *ask, HgSnapshot *snapshot, GError **error)
{
    g_autoptr(GPtrArray) threads = hg_threads_list(snapshot, hg_ask_get_progress(ask), error);
    for (unsigned i = 0; threads && i < threads->len; i++) {
        const HgThread *thread = threads->pdata[i];
        g_autofree char *keeps = hg_number_dup_size(thread->keeps);
        g_autofree char *name = thread->row->name
                                    ? g_strdup(thread->row->name)
                                    : g_strdup_printf("thread %" PRIu64, thread->row->id);
        add(rows, HG_NONE, g_strdup_printf("%s, keeps %s alone", name, keeps));
        add_frames(rows, thread);
    }
    return threads;
}

static void *
list_threads(HgAsk *ask, void *argument, GError **error)
{
    const HgPlace *place = argument;
    HgSnapshot *snapshot = hg_ask_get_snapshot(ask, place->shot, error);
    if (!snapshot)
        return NULL;
    Rows rows = {g_array_new(FALSE, FALSE, sizeof(uint32_t)),
                 g_ptr_array_new_with_free_func(g_free)};
    g_autoptr(GPtrArray) labels = rows.labels;
    if (!add_threads(&rows, ask, snapshot, error)) {
        g_array_unref(rows.objects);
        return NULL;
    }
    return hg_object_list_make(ask, place->shot, rows.objects,
                               HG_OBJECTS_WITH_LABEL | HG_OBJECTS_WITH_TYPE | HG_OBJECTS_FEW,
                               labels, error);
}

static char *
dup_command(HgPage *page, const HgPlace *place)
{
    return g_strdup("info");
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
