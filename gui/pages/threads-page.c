/* threads-page.c - the stacks of the threads, their locals and what each retains.
 *
 *      MainThread
 *          main() (app.py:12)
 *              cache          dict 3 items      1.2 MiB
 *
 * SPDX-License-Identifier: MIT */
#include "gui/pages/threads-page.h"

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
add_locals(Rows *rows, const GPtrArray *roots, uint32_t frame)
{
    for (unsigned i = 0; i < roots->len; i++) {
        const HgRootRow *root = roots->pdata[i];
        if (root->kind == HG_ROOT_FRAME && root->frame == frame)
            add(rows, root->object,
                g_strconcat("        ", root->name ? root->name : "on the stack", NULL));
    }
}

static void
add_frames(Rows *rows, const GPtrArray *frames, const GPtrArray *roots, uint32_t thread)
{
    for (unsigned i = 0; i < frames->len; i++) {
        const HgFrameRow *frame = frames->pdata[i];
        if (frame->thread != thread)
            continue;
        add(rows, frame->object,
            g_strdup_printf("    %s() %s:%u", frame->function, frame->file, frame->line));
        add_locals(rows, roots, frame->number);
    }
}

static bool
add_threads(Rows *rows, HgSnapshot *snapshot, GError **error)
{
    const GPtrArray *threads = hg_snapshot_get_threads(snapshot, error);
    const GPtrArray *frames = threads ? hg_snapshot_get_frames(snapshot, error) : NULL;
    const GPtrArray *roots = frames ? hg_snapshot_get_roots(snapshot, error) : NULL;
    for (unsigned i = 0; roots && i < threads->len; i++) {
        const HgThreadRow *thread = threads->pdata[i];
        add(rows, HG_NONE,
            thread->name ? g_strdup(thread->name) : g_strdup_printf("thread %" PRIu64, thread->id));
        add_frames(rows, frames, roots, thread->number);
    }
    return roots;
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
    if (!add_threads(&rows, snapshot, error)) {
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
