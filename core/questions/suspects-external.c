/* suspects-external.c - objects that C code alone keeps, and what is in gc.garbage.
 * SPDX-License-Identifier: MIT */
#include "core/numbers.h"
#include "core/questions/hunt.h"
#include "core/questions/resolve.h"
#include "core/questions/roots.h"

#include <string.h>

/* External roots of one type. */
typedef struct {
    const HgTypeRow *type;
    uint64_t count, retained;
    uint64_t biggest; /* of these, and whose it is */
    uint32_t object;
    GArray *objects;  /* numbers */
    const char *name; /* where the biggest was seen: "C data of libfoo.so", or NULL */
} Group;

static void
free_group(void *data)
{
    Group *group = data;
    g_array_unref(group->objects);
    g_free(group);
}

/* ---- groups --------------------------------------------------------------------------------- */

static bool
count_root(HgSnapshot *snapshot, const GPtrArray *types, const HgRootRow *root, GHashTable *groups,
           GError **error)
{
    HgObject object;
    if (!hg_object_read(snapshot, root->object, &object, error))
        return false;
    const HgTypeRow *type = types->pdata[object.type->number];
    uint64_t retained = object.retained == HG_UNKNOWN ? object.size : object.retained;
    Group *group = g_hash_table_lookup(groups, type->name);
    if (!group) {
        group = g_new0(Group, 1);
        group->type = type;
        group->objects = g_array_new(FALSE, FALSE, sizeof(uint32_t));
        g_hash_table_insert(groups, type->name, group);
    }
    group->count++;
    g_array_append_val(group->objects, root->object);
    group->retained += retained;
    if (retained > group->biggest) {
        group->biggest = retained;
        group->object = root->object;
        group->name = root->name;
    }
    return true;
}

/* Whether an object is a root for being held from C alone; roots are in order of their objects. */
static bool
is_external_alone(const GPtrArray *roots, unsigned at)
{
    const HgRootRow *root = roots->pdata[at];
    const HgRootRow *before = at > 0 ? roots->pdata[at - 1] : NULL;
    const HgRootRow *after = at + 1 < roots->len ? roots->pdata[at + 1] : NULL;
    return root->kind == HG_ROOT_EXTERNAL && !(before && before->object == root->object) &&
           !(after && after->object == root->object);
}

/* Returns: name of the type -> Group; g_hash_table_unref(). */
static GHashTable *
group_roots(HgSnapshot *snapshot, GError **error)
{
    const GPtrArray *types = hg_snapshot_get_types(snapshot, error);
    const GPtrArray *roots = types ? hg_snapshot_get_roots(snapshot, error) : NULL;
    g_autoptr(GHashTable) groups = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_group);
    for (unsigned i = 0; roots && i < roots->len; i++)
        if (is_external_alone(roots, i) &&
            !count_root(snapshot, types, roots->pdata[i], groups, error))
            return NULL;
    return roots ? g_steal_pointer(&groups) : NULL;
}

static void
write_growth(HgHunt *hunt, GHashTable *earlier, const Group *group, HgSuspect *suspect)
{
    const Group *before = earlier ? g_hash_table_lookup(earlier, group->type->name) : NULL;
    if (!earlier)
        return;
    suspect->knows_growth = true;
    suspect->count_growth = (int64_t)(group->count - (before ? before->count : 0));
    suspect->bytes_growth = (int64_t)(group->retained - (before ? before->retained : 0));
    suspect->is_leak = hg_hunt_is_growth(hunt, suspect->count_growth, suspect->bytes_growth);
}

static void
tell(HgHunt *hunt, GHashTable *earlier, const Group *group)
{
    g_autofree char *count = hg_number_dup_count(group->count);
    g_autofree char *where =
        group->name ? g_strdup_printf(" (the biggest: %s)", group->name) : g_strdup("");
    HgSuspect *suspect = g_new0(HgSuspect, 1);
    *suspect = (HgSuspect){.kind = HG_SUSPECT_EXTERNAL,
                           .object = group->object,
                           .type = group->type,
                           .item_type = group->type,
                           .count = group->count,
                           .bytes = group->retained,
                           .title = g_strdup_printf("%s %s held from C", count, group->type->name),
                           .sentence = g_strdup_printf("%s %s %s held by C code only%s", count,
                                                       group->type->name,
                                                       group->count == 1 ? "is" : "are", where),
                           .command = hg_hunt_dup_command(hunt, "show", group->object, NULL)};
    write_growth(hunt, earlier, group, suspect);
    hg_hunt_add(hunt, suspect);
    for (unsigned i = 0; i < group->objects->len; i++)
        hg_hunt_set_told(hunt, g_array_index(group->objects, uint32_t, i));
}

bool
hg_suspects_find_external(HgHunt *hunt, GError **error)
{
    g_autoptr(GHashTable) groups = group_roots(hunt->snapshot, error);
    g_autoptr(GHashTable) earlier =
        groups && hunt->earlier ? group_roots(hunt->earlier, error) : NULL;
    GHashTableIter at;
    void *data;
    if (!groups || (hunt->earlier && !earlier))
        return false;
    g_hash_table_iter_init(&at, groups);
    while (g_hash_table_iter_next(&at, NULL, &data)) {
        const Group *group = data;
        if (group->retained >= hunt->big && !hunt->is_class[group->type->number] &&
            !g_str_equal(group->type->name, "module"))
            tell(hunt, earlier, group);
    }
    return true;
}

/* ---- gc.garbage ------------------------------------------------------------------------------ */

bool
hg_suspects_find_uncollectable(HgHunt *hunt, GError **error)
{
    uint32_t garbage;
    HgObject object;
    if (!hg_resolve(hunt->snapshot, "gc.garbage", &garbage, NULL))
        return true;
    if (!hg_object_read(hunt->snapshot, garbage, &object, error))
        return false;
    if (object.length == HG_UNKNOWN || object.length == 0)
        return true;
    HgPlace place = {
        .kind = HG_SUSPECT_UNCOLLECTABLE, .owner = HG_NONE, .path = (char *)"gc.garbage"};
    return hg_hunt_tell(hunt, garbage, &place, error);
}
