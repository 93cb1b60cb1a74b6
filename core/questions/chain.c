/* chain.c - the shortest way from a root to an object: why it is alive, in one line.
 * SPDX-License-Identifier: MIT */
#include "core/questions/chain.h"

#include "core/questions/describe.h"
#include "core/questions/named.h"

#include <inttypes.h>
#include <string.h>

static bool
fail_unreached(HgSnapshot *snapshot, const HgObject *object, GError **error)
{
    bool knows_garbage = hg_snapshot_get_info(snapshot)->knows_garbage;
    g_set_error(error, HG_ERROR, HG_ERROR_NOT_FOUND, "no root reaches the %s at 0x%" PRIx64 ": %s",
                object->type->name, object->address,
                knows_garbage ? "it is garbage"
                              : "it is garbage, or held from C, which this dump cannot tell");
    return false;
}

GArray *
hg_chain_find(HgSnapshot *snapshot, uint32_t object, GError **error)
{
    HgObject end;
    if (!hg_object_read(snapshot, object, &end, error))
        return NULL;
    if (end.distance == HG_UNKNOWN) {
        fail_unreached(snapshot, &end, error);
        return NULL;
    }
    if (end.distance >= hg_snapshot_count_objects(snapshot)) {
        g_set_error(error, HG_ERROR, HG_ERROR_FORMAT, "object %u: the way to it is broken", object);
        return NULL;
    }
    unsigned length = (unsigned)end.distance + 1;
    g_autoptr(GArray) chain = g_array_sized_new(FALSE, TRUE, sizeof(uint32_t), length);
    g_array_set_size(chain, length);
    g_array_index(chain, uint32_t, length - 1) = object;
    for (unsigned i = length - 1; i > 0; i--) {
        uint64_t step;
        if (!hg_snapshot_get(snapshot, HG_COLUMN_STEP, g_array_index(chain, uint32_t, i), &step,
                             error))
            return NULL;
        if (step == 0 || step > hg_snapshot_count_objects(snapshot)) {
            g_set_error(error, HG_ERROR, HG_ERROR_FORMAT, "object %u: the way to it is broken",
                        object);
            return NULL;
        }
        g_array_index(chain, uint32_t, i - 1) = (uint32_t)(step - 1);
    }
    return g_steal_pointer(&chain);
}

GPtrArray *
hg_chain_read_labels(HgSnapshot *snapshot, const GArray *chain, unsigned first, unsigned count,
                     GError **error)
{
    g_autoptr(GPtrArray) labels = g_ptr_array_new_with_free_func(g_free);
    for (unsigned i = first; i < first + count && i + 1 < chain->len; i++) {
        char *label = hg_describe_dup_link(snapshot, g_array_index(chain, uint32_t, i),
                                           g_array_index(chain, uint32_t, i + 1), error);
        if (!label)
            return NULL;
        g_ptr_array_add(labels, label);
    }
    return g_steal_pointer(&labels);
}

/* A frame object is a root as part of the stack: "main().<stack>" and "local x" is "main().x". */
static bool
append_local(GString *text, const char *label)
{
    static const char stack[] = "().<stack>", local[] = "local ";
    if (!g_str_has_prefix(label, local) || !g_str_has_suffix(text->str, stack))
        return false;
    g_string_truncate(text, text->len - (sizeof stack - 1) + 2);
    g_string_append_printf(text, ".%s", label + sizeof local - 1);
    return true;
}

void
hg_chain_append_labels(GString *text, const GPtrArray *labels)
{
    for (unsigned i = 0; i < labels->len; i++) {
        const char *label = g_ptr_array_index(labels, i);
        if (i == 0 && g_str_has_suffix(text->str, ".__dict__")) {
            g_autofree char *attribute = hg_describe_dup_attribute(label);
            if (*attribute == '.') {
                g_string_truncate(text, text->len - strlen(".__dict__"));
                g_string_append(text, attribute);
                continue;
            }
        }
        if (i + 1 < labels->len && g_str_equal(label, ".__dict__")) {
            g_autofree char *attribute = hg_describe_dup_attribute(labels->pdata[i + 1]);
            if (*attribute == '.') {
                g_string_append(text, attribute);
                i++;
                continue;
            }
        }
        if (append_local(text, label))
            continue;
        g_autofree char *step = hg_describe_dup_step(label);
        g_string_append(text, step);
    }
}

/* A running frame of a module refers to its globals, which are the module's __dict__: that is the
 * better name for them. Sets *path to it, to NULL if [object] is no such dict. */
static bool
find_module_dict(HgSnapshot *snapshot, const HgObject *object, char **path, GError **error)
{
    g_autofree char *name = NULL;
    uint32_t dict;
    const GPtrArray *roots = hg_snapshot_get_roots(snapshot, error);
    *path = NULL;
    if (!roots || !g_str_equal(object->type->name, "dict"))
        return roots;
    if (!hg_named_dup_key_value(snapshot, object->number, "__name__", &name, error))
        return false;
    for (unsigned i = 0; name && i < roots->len && !*path; i++) {
        const HgRootRow *root = g_ptr_array_index(roots, i);
        if (root->kind != HG_ROOT_MODULE || g_strcmp0(root->name, name) != 0)
            continue;
        if (!hg_named_find(snapshot, root->object, "__dict__", &dict, error))
            return false;
        if (dict == object->number)
            *path = g_strconcat(name, ".__dict__", NULL);
    }
    return true;
}

char *
hg_chain_dup_start(HgSnapshot *snapshot, uint32_t object, GError **error)
{
    HgRootRow *const *roots;
    unsigned count;
    HgObject root;
    if (!hg_roots_find(snapshot, object, &roots, &count, error) ||
        !hg_object_read(snapshot, object, &root, error))
        return NULL;
    char *module;
    if (!find_module_dict(snapshot, &root, &module, error) || module)
        return module;
    for (unsigned i = 0; i < count; i++) {
        g_autoptr(GError) problem = NULL;
        g_autofree char *path = hg_root_dup_path(snapshot, roots[i], &problem);
        if (problem) {
            g_propagate_error(error, g_steal_pointer(&problem));
            return NULL;
        }
        if (path)
            return g_steal_pointer(&path);
    }
    return g_strdup_printf("<%s 0x%" PRIx64 ">", root.type->name, root.address);
}

static bool
append_part(HgSnapshot *snapshot, const GArray *chain, unsigned first, unsigned count,
            GString *text, GError **error)
{
    g_autoptr(GPtrArray) labels = hg_chain_read_labels(snapshot, chain, first, count, error);
    if (labels)
        hg_chain_append_labels(text, labels);
    return labels;
}

char *
hg_chain_dup_text(HgSnapshot *snapshot, const GArray *chain, unsigned limit, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    unsigned n_steps = chain->len - 1, n_first = n_steps <= limit ? n_steps : limit / 2;
    unsigned n_last = n_steps <= limit ? 0 : limit - n_first;
    g_autofree char *start = hg_chain_dup_start(snapshot, g_array_index(chain, uint32_t, 0), error);
    if (!start)
        return NULL;
    g_string_append(text, start);
    if (!append_part(snapshot, chain, 0, n_first, text, error))
        return NULL;
    if (n_last > 0)
        g_string_append_printf(text, " ... %u steps ... ", n_steps - limit);
    if (!append_part(snapshot, chain, n_steps - n_last, n_last, text, error))
        return NULL;
    return g_strdup(text->str);
}

char *
hg_chain_dup_path(HgSnapshot *snapshot, uint32_t object, unsigned limit, GError **error)
{
    uint64_t distance;
    if (!hg_snapshot_get(snapshot, HG_COLUMN_DISTANCE, object, &distance, error))
        return NULL;
    if (distance == 0)
        return g_strdup("");
    g_autoptr(GArray) chain = hg_chain_find(snapshot, object, error);
    return chain ? hg_chain_dup_text(snapshot, chain, limit, error) : NULL;
}
