/* chain.h - the shortest way from a root to an object: why it is alive, in one line.
 *
 *      app.EventBus.handlers[490].__closure__[0].cell_contents
 *
 * The loader has walked from all roots at once and left each object the step before it, so this
 * costs as much as the way is long.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/questions/object.h"
#include "core/questions/roots.h"

/* Returns: numbers (uint32_t) of the objects on the way, the root first and [object] last;
 * HG_ERROR_NOT_FOUND if no root reaches it; g_array_unref(). */
GArray *hg_chain_find(HgSnapshot *snapshot, uint32_t object, GError **error);

/* Returns: the labels of the steps (char *), one fewer than there are objects: of [count] steps
 * from [first] on; g_ptr_array_unref(). */
GPtrArray *hg_chain_read_labels(HgSnapshot *snapshot, const GArray *chain, unsigned first,
                                unsigned count, GError **error);

/* Appends steps to a line; ".__dict__" and "['user']" after it are ".user". */
void hg_chain_append_labels(GString *text, const GPtrArray *labels);

/* Returns: how the line of a chain begins that starts at this root: "app", "main().x"; g_free(). */
char *hg_chain_dup_start(HgSnapshot *snapshot, uint32_t object, GError **error);

/* Returns: the chain in one line, at most [limit] steps of it: what lies between is "...";
 * g_free(). */
char *hg_chain_dup_text(HgSnapshot *snapshot, const GArray *chain, unsigned limit, GError **error);

/* Returns: the shortest way to [object] in one line of at most [limit] steps, "" if no root reaches
 * it; g_free(). */
char *hg_chain_dup_path(HgSnapshot *snapshot, uint32_t object, unsigned limit, GError **error);
