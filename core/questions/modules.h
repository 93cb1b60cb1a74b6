/* modules.h - what the objects of the types of each module retain together.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/progress.h"
#include "core/store/store.h"

typedef struct {
    char *name;        /* of the module that defines the types: "app.models" */
    uint64_t count;    /* objects of these types */
    uint64_t size;     /* of these */
    uint64_t retained; /* by all of them: one that another of the same module holds counts once */
} HgModule;

/* Returns: HgModule, what retains most first; g_ptr_array_unref(). Sweeps the tree of holders;
 * HG_ERROR_NOT_FOUND if holders are not known. */
GPtrArray *hg_modules_list(HgSnapshot *snapshot, GError **error);
