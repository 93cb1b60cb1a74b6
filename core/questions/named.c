/* named.c - types and fields by their names: what a question about a pattern asks for.
 * SPDX-License-Identifier: MIT */
#include "core/questions/named.h"

#include <string.h>

#define LOOKED_AT 2048 /* references of an object, and of its __dict__ */

bool
hg_named_find_type(HgSnapshot *snapshot, const char *name, const HgTypeRow **type, GError **error)
{
    const GPtrArray *types = hg_snapshot_get_types(snapshot, error);
    *type = NULL;
    for (unsigned i = 0; types && i < types->len && !*type; i++) {
        const HgTypeRow *row = g_ptr_array_index(types, i);
        if (g_str_equal(row->name, name))
            *type = row;
    }
    return types;
}

/* ---- fields ------------------------------------------------------------------------------- */

static bool
value_equals(HgSnapshot *snapshot, uint32_t object, const char *text, bool *equals, GError **error)
{
    g_autofree char *value = NULL;
    size_t size;
    if (!hg_snapshot_read_value(snapshot, object, &value, &size, error))
        return false;
    *equals = value && g_str_equal(value, text);
    return true;
}

/* Among the references of [object] alone. Keys of its own are looked at if [is_dict]. */
static bool
find_own(HgSnapshot *snapshot, uint32_t object, const char *name, bool is_dict, uint32_t *target,
         uint32_t *dict, GError **error)
{
    g_autoptr(GArray) references = hg_references_read_from(snapshot, object, LOOKED_AT, error);
    *target = *dict = HG_NONE;
    for (unsigned i = 0; references && i < references->len; i++) {
        const HgReference *reference = &g_array_index(references, HgReference, i);
        uint32_t key = is_dict ? hg_reference_get_key(reference) : HG_NONE;
        const char *text;
        bool is_it = false;
        if (!hg_reference_get_text(snapshot, reference, &text, error) ||
            (key != HG_NONE && !value_equals(snapshot, key, name, &is_it, error)))
            return false;
        if (is_it || (text && g_str_equal(text, name))) {
            *target = reference->target;
            return true;
        }
        if (text && g_str_equal(text, "__dict__"))
            *dict = reference->target;
    }
    return references;
}

bool
hg_named_find(HgSnapshot *snapshot, uint32_t object, const char *name, uint32_t *target,
              GError **error)
{
    uint32_t dict, unused;
    if (!find_own(snapshot, object, name, false, target, &dict, error))
        return false;
    return *target != HG_NONE || dict == HG_NONE ||
           find_own(snapshot, dict, name, true, target, &unused, error);
}

bool
hg_named_dup_key_value(HgSnapshot *snapshot, uint32_t dict, const char *name, char **value,
                       GError **error)
{
    uint32_t target, unused;
    size_t size;
    *value = NULL;
    return find_own(snapshot, dict, name, true, &target, &unused, error) &&
           (target == HG_NONE || hg_snapshot_read_value(snapshot, target, value, &size, error));
}

bool
hg_named_find_item(HgSnapshot *snapshot, uint32_t object, uint64_t index, uint32_t *target,
                   GError **error)
{
    g_autoptr(GArray) references = hg_references_read_from(snapshot, object, index + 2, error);
    *target = HG_NONE;
    for (unsigned i = 0; references && i < references->len; i++) {
        const HgReference *reference = &g_array_index(references, HgReference, i);
        if ((reference->how & HG_HOW_LABEL) == HG_LABEL_ITEM && reference->label == index)
            *target = reference->target;
    }
    return references;
}

bool
hg_named_find_cache(HgSnapshot *snapshot, uint32_t wrapper, uint32_t *dict, GError **error)
{
    if (!hg_named_find(snapshot, wrapper, "cache", dict, error) || *dict != HG_NONE)
        return *dict != HG_NONE;
    g_autoptr(GArray) references = hg_references_read_from(snapshot, wrapper, LOOKED_AT, error);
    for (unsigned i = 0; references && i < references->len && *dict == HG_NONE; i++) {
        const HgReference *reference = &g_array_index(references, HgReference, i);
        HgObject object;
        if ((reference->how & HG_HOW_LABEL) != HG_LABEL_UNNAMED)
            continue;
        if (!hg_object_read(snapshot, reference->target, &object, error))
            return false;
        if (g_str_equal(object.type->name, "dict"))
            *dict = reference->target;
    }
    return references;
}

bool
hg_named_dup_value(HgSnapshot *snapshot, uint32_t object, const char *name, char **value,
                   GError **error)
{
    uint32_t target;
    size_t size;
    *value = NULL;
    return hg_named_find(snapshot, object, name, &target, error) &&
           (target == HG_NONE || hg_snapshot_read_value(snapshot, target, value, &size, error));
}

/* ---- families of types -------------------------------------------------------------------- */

/* Returns: identity of a type -> its row; borrows the identities from the rows. */
static GHashTable *
map_addresses(const GPtrArray *types)
{
    GHashTable *by_address = g_hash_table_new(g_int64_hash, g_int64_equal);
    for (unsigned i = 0; i < types->len; i++) {
        HgTypeRow *row = g_ptr_array_index(types, i);
        g_hash_table_insert(by_address, &row->address, row);
    }
    return by_address;
}

static bool
has_marked_base(const HgTypeRow *type, GHashTable *by_address, const bool *marks)
{
    for (unsigned i = 0; i < type->n_bases; i++) {
        const HgTypeRow *base = g_hash_table_lookup(by_address, &type->bases[i]);
        if (base && marks[base->number])
            return true;
    }
    return false;
}

static bool
knows_bases(const HgTypeRow *type, GHashTable *by_address)
{
    for (unsigned i = 0; i < type->n_bases; i++)
        if (!g_hash_table_contains(by_address, &type->bases[i]))
            return false;
    return true;
}

/* A dump from inside tells only types that have objects; what lies between is in the __mro__ of the
 * class, whose items have their full name as their value. */
static bool
mark_by_mro(HgSnapshot *snapshot, const HgTypeRow *type, const char *name, bool *mark,
            GError **error)
{
    uint32_t mro;
    size_t size;
    g_autofree char *full =
        strchr(name, '.') ? g_strdup(name) : g_strconcat("builtins.", name, NULL);
    if (!hg_named_find(snapshot, type->object, "__mro__", &mro, error))
        return false;
    g_autoptr(GArray) classes =
        mro == HG_NONE ? NULL : hg_references_read_from(snapshot, mro, 256, error);
    for (unsigned i = 0; classes && i < classes->len && !*mark; i++) {
        g_autofree char *value = NULL;
        uint32_t class = g_array_index(classes, HgReference, i).target;
        if (!hg_snapshot_read_value(snapshot, class, &value, &size, error))
            return false;
        *mark = g_strcmp0(value, full) == 0;
    }
    return mro == HG_NONE || classes;
}

static bool
mark_told(HgSnapshot *snapshot, const GPtrArray *types, GHashTable *by_address, const char *name,
          bool *marks, GError **error)
{
    for (unsigned i = 0; i < types->len; i++) {
        const HgTypeRow *type = types->pdata[i];
        marks[i] = g_str_equal(type->name, name);
        if (!marks[i] && type->object != HG_NONE && type->n_objects > 0 &&
            !knows_bases(type, by_address) && !mark_by_mro(snapshot, type, name, &marks[i], error))
            return false;
    }
    return true;
}

bool *
hg_named_mark_derived(HgSnapshot *snapshot, const char *name, GError **error)
{
    const GPtrArray *types = hg_snapshot_get_types(snapshot, error);
    if (!types)
        return NULL;
    g_autofree bool *marks = g_new0(bool, types->len + 1);
    g_autoptr(GHashTable) by_address = map_addresses(types);
    if (!mark_told(snapshot, types, by_address, name, marks, error))
        return NULL;
    for (bool is_done = false; !is_done;) { /* a level of the family a round */
        is_done = true;
        for (unsigned i = 0; i < types->len; i++)
            if (!marks[i] && has_marked_base(types->pdata[i], by_address, marks)) {
                marks[i] = true;
                is_done = false;
            }
    }
    return g_steal_pointer(&marks);
}

bool *
hg_named_mark_metaclasses(HgSnapshot *snapshot, GError **error)
{
    return hg_named_mark_derived(snapshot, "type", error);
}
