/* locate.h - finds the Python runtime in an image, its version and its layout.
 *
 * By the symbol _PyRuntime of the executable or libpython; a stripped embedding is searched
 * for what only a runtime looks like. The layout of exactly that version is taken, or those
 * of the neighbouring patch releases are tried; either is checked against memory before it
 * is trusted, and what only moved a little (the collector's lists) is corrected.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/capture/image.h"
#include "core/capture/layouts.h"

#define HG_INTERPRETERS_MAX 1024 /* more are a damaged list */

typedef struct {
    uint64_t state;         /* address of its PyInterpreterState */
    int64_t id;             /* 0 for the main one */
    uint64_t gc;            /* address of its collector's state (3.8: the runtime's) */
    uint64_t generation[3]; /* addresses of the list heads, youngest first */
    uint64_t permanent;     /* address of the list head of the permanent generation, 0: none */
    bool collecting;        /* stopped in a collection */
} HgInterpreter;

typedef struct {
    uint32_t version;           /* HG_PYTHON(), micro 0 where only the minor is known */
    char version_text[32];      /* "3.11.2" */
    uint64_t runtime;           /* address of _PyRuntime, 0 if found without symbols */
    uint64_t type_type;         /* address of PyType_Type */
    HgLayout layout;            /* checked, and corrected where memory said so */
    HgInterpreter *interpreter; /* the main one first */
    size_t n_interpreters;
    const char *file; /* the executable or libpython it lives in; owned by the image */
    uint64_t module_start, module_end; /* addresses that file covers, data included */
} HgRuntime;

/* Fills [runtime], which the caller clears. Fails with one sentence naming the version and
 * the way out for builds this cannot read (free-threaded, debug, older or newer). */
bool hg_runtime_locate(HgRuntime *runtime, HgImage *image, GError **error);

/* Fills [runtime] from the same runtime [known] of the same process at an earlier moment: only
 * its interpreters are read anew. For a moment at which a list is just being changed. */
bool hg_runtime_locate_again(HgRuntime *runtime, const HgRuntime *known, HgImage *image,
                             GError **error);

/* Frees what [runtime] holds; a zeroed one is fine. */
void hg_runtime_clear(HgRuntime *runtime);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HgRuntime, hg_runtime_clear)

/* Returns: whether any program or library of the image has CPython's symbols. */
bool hg_runtime_has_symbols(HgImage *image);

/* Returns: whether the live process [pid] is, as far as can be seen at once, neither in a
 * collection nor just putting an object on a list of the collector. */
bool hg_runtime_is_at_rest(const HgRuntime *runtime, int pid);

/* Returns: the address of a symbol of the file the runtime lives in, or 0. Only dynamic
 * symbols are there in most builds. */
uint64_t hg_runtime_find_symbol(const HgRuntime *runtime, HgImage *image, const char *name);
