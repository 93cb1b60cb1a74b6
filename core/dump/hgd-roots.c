/* hgd-roots.c - who holds the heap: THREADS, FRAMES and ROOTS.
 * SPDX-License-Identifier: MIT */
#include "core/dump/hgd.h"

bool
hg_hgd_read_thread(HgHgd *hgd, HgCursor *in, GError **error)
{
    HgThreadRecord thread;
    if (!hg_hgd_take_number(in, &thread.id, error) ||
        !hg_hgd_take_below(in, hgd->count.texts + 1, "the name's text + 1", &thread.name, error) ||
        !hg_hgd_take_below(in, UINT32_MAX, "the interpreter", &thread.interpreter, error))
        return false;
    thread.name--; /* 0, which is none, becomes HG_NONE */
    return hg_hgd_add_records(&hgd->count.threads, 1, error) &&
           hg_hgd_told(hgd, hgd->sink->thread(hgd->sink, &thread, error));
}

bool
hg_hgd_read_frame(HgHgd *hgd, HgCursor *in, GError **error)
{
    HgFrameRecord frame;
    return hg_hgd_take_below(in, hgd->count.threads, "the thread", &frame.thread, error) &&
           hg_hgd_take_text_number(hgd, in, "the function's text", &frame.function, error) &&
           hg_hgd_take_text_number(hgd, in, "the file's text", &frame.file, error) &&
           hg_hgd_take_below(in, UINT32_MAX, "the line", &frame.line, error) &&
           hg_hgd_take_number(in, &frame.identity, error) &&
           hg_hgd_add_records(&hgd->count.frames, 1, error) &&
           hg_hgd_told(hgd, hgd->sink->frame(hgd->sink, &frame, error));
}

static bool
read_root(HgHgd *hgd, uint32_t number, GError **error)
{
    uint64_t kind = hgd->others[HG_COLUMN_ROOT_KIND].number[number];
    uint64_t identity = hgd->others[HG_COLUMN_ROOT_IDENTITY].number[number];
    uint64_t name = hgd->others[HG_COLUMN_ROOT_NAME].number[number];
    uint64_t frame = hgd->others[HG_COLUMN_ROOT_FRAME].number[number];
    uint64_t interpreter = hgd->others[HG_COLUMN_ROOT_INTERPRETER].number[number];
    if (kind >= HG_N_ROOTS || !identity || name > hgd->count.texts || frame > hgd->count.frames ||
        interpreter >= UINT32_MAX)
        return hg_hgd_fail(error,
                           "root %u: its kind, identity, name, frame or interpreter is not "
                           "possible here",
                           number);
    HgRootRecord root = {.kind = (HgRootKind)kind,
                         .identity = identity,
                         .name = (uint32_t)name - 1,
                         .frame = (uint32_t)frame - 1,
                         .interpreter = (uint32_t)interpreter};
    return hg_hgd_add_records(&hgd->count.roots, 1, error) &&
           hg_hgd_told(hgd, hgd->sink->root(hgd->sink, &root, error));
}

bool
hg_hgd_read_roots(HgHgd *hgd, HgBlock *block, GError **error)
{
    static const char *const name[HG_N_ROOT_COLUMNS] = {"kind", "identity", "name", "frame",
                                                        "interpreter"};
    if (!hg_hgd_take_columns(&block->contents, hgd->others, HG_N_ROOT_COLUMNS, block->records, name,
                             error))
        return false;
    for (uint32_t root = 0; root < block->records; root++)
        if (!read_root(hgd, root, error))
            return false;
    return true;
}
