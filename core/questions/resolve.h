/* resolve.h - the names of objects: what people type becomes an object.
 *
 *      0x7f3a5c021d80, 139888...     its address, which is its id()
 *      app.cache.sessions['a'][0]    a path from a module: attributes and items
 *      Session#3                     the third of a type, in the order of `by-type`
 *      @leak                         a bookmark
 *
 * An attribute is looked for as Python would: in the object and its __dict__, then in its class
 * and the bases of that. A path whose first part is no module starts in __main__.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/store/store.h"

/* Sets *object to the number of the object that [name] names. HG_ERROR_NOT_FOUND says how far the
 * name leads, HG_ERROR_USAGE where it cannot be read. */
bool hg_resolve(HgSnapshot *snapshot, const char *name, uint32_t *object, GError **error);

/* Returns: the numbers (uint32_t) of the objects that [names] name; g_array_unref(). */
GArray *hg_resolve_all(HgSnapshot *snapshot, char *const *names, unsigned n_names, GError **error);

/* Returns: the types (HgTypeRow) called [name], "app.Session", or "Session" or "Outer.Session" if
 * only one module has such a type: more than one where a class was defined more than once, or by
 * several interpreters; g_ptr_array_unref(). HG_ERROR_NOT_FOUND names the nearest, HG_ERROR_USAGE
 * those that share the name. */
GPtrArray *hg_resolve_types(HgSnapshot *snapshot, const char *name, GError **error);

/* Sets *type to the first of them; borrowed. */
bool hg_resolve_type(HgSnapshot *snapshot, const char *name, const HgTypeRow **type,
                     GError **error);
