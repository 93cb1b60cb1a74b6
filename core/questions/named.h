/* named.h - types and fields by their names: what a question about a pattern asks for.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/questions/object.h"

/* Sets *type to the one with exactly this full name ("functools._lru_cache_wrapper"), borrowed;
 * to NULL where the snapshot has none. */
bool hg_named_find_type(HgSnapshot *snapshot, const char *name, const HgTypeRow **type,
                        GError **error);

/* Returns: for each type [number] whether it is the one called [name] or derived from it; NULL
 * with [error] set; g_free(). */
bool *hg_named_mark_derived(HgSnapshot *snapshot, const char *name, GError **error);

/* Returns: for each type [number] whether its objects are classes themselves: `type` and what is
 * derived from it; g_free(). */
bool *hg_named_mark_metaclasses(HgSnapshot *snapshot, GError **error);

/* Sets *target to what [object] refers to as [name] (an attribute, slot, local or field of the C
 * structure), itself or in its __dict__; HG_NONE where there is nothing of the name. */
bool hg_named_find(HgSnapshot *snapshot, uint32_t object, const char *name, uint32_t *target,
                   GError **error);

/* Sets *value to the value of what the dict has under the key [name], a str; NULL where there is
 * none among its first thousand; g_free(). */
bool hg_named_dup_key_value(HgSnapshot *snapshot, uint32_t dict, const char *name, char **value,
                            GError **error);

/* Sets *target to item [index] of a list or tuple, HG_NONE where there is none. */
bool hg_named_find_item(HgSnapshot *snapshot, uint32_t object, uint64_t index, uint32_t *target,
                        GError **error);

/* Sets *dict to the dict in which a cache of functools has its results, HG_NONE if that cannot be
 * told: a dump from inside does not always name it. */
bool hg_named_find_cache(HgSnapshot *snapshot, uint32_t wrapper, uint32_t *dict, GError **error);

/* Sets *value to the value of what [object] refers to as [name], NULL where there is none;
 * g_free(). */
bool hg_named_dup_value(HgSnapshot *snapshot, uint32_t object, const char *name, char **value,
                        GError **error);
