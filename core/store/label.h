/* label.h - what to call a reference.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/store/store.h"

/* Returns: the name of a label kind: "attribute", "item", "value", ...; borrowed. */
const char *hg_label_kind_get_name(HgLabelKind kind);

/* Returns: how people read the label of reference number [reference] (its place in
 * HG_COLUMN_TARGET): ".name", "[3]", "['key']", "local x", ...; g_free(). */
char *hg_snapshot_dup_label(HgSnapshot *snapshot, uint64_t reference, GError **error);

/* Returns: the same for a [how] and [label] that the caller has read already; g_free(). */
char *hg_snapshot_dup_label_of(HgSnapshot *snapshot, uint8_t how, uint64_t label, GError **error);

/* Finds the reference from [source] to [target]: the one with number [nth] (0: the first) if
 * there are several. Sets *reference to its place in HG_COLUMN_TARGET. Fast also where one
 * source has a million references and is asked about each. */
bool hg_snapshot_find_reference(HgSnapshot *snapshot, uint32_t source, uint32_t target,
                                uint32_t nth, uint64_t *reference, GError **error);
