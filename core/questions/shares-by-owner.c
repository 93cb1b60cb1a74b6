/* shares-by-owner.c - what the objects of a type, or of a module, weigh with all that is in them.
 *
 * An object belongs to the nearest of itself, its holder, the holder of that ... that is an owner.
 * By type that is any but the containers and atoms everything is made of; by module it is what
 * tells a module: an instance of its types, a class, or itself. Where there is none, it belongs to
 * the last holder. Every object is asked once. SPDX-License-Identifier: MIT */
#include "core/graph/graph.h"
#include "core/questions/object.h"
#include "core/questions/shares.h"

#include <stdlib.h>
#include <string.h>

#define NOBODY UINT32_MAX      /* not an owner: ask its holder */
#define ASKED (UINT32_MAX - 1) /* on the way that is being followed */

typedef struct {
    uint32_t type;
    char *module; /* NULL: no share of a type */
    uint64_t size, count;
} Owner;

typedef struct {
    HgSnapshot *snapshot;
    const HgSharesOptions *options;
    const GPtrArray *types;
    uint32_t n_objects;
    GArray *owners;           /* Owner: one for each type, then modules, classes, garbage */
    GHashTable *owner_of;     /* object + 1 -> owner + 1: modules and classes */
    uint32_t garbage;         /* the last owner */
    uint32_t *owner, *holder; /* [object]; holder + 1, 0 for none */
} Search;

static void
clear_owner(void *data)
{
    g_free(((Owner *)data)->module);
}

static void
clear_search(Search *search)
{
    g_clear_pointer(&search->owners, g_array_unref);
    g_clear_pointer(&search->owner_of, g_hash_table_unref);
    g_free(search->owner);
    g_free(search->holder);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Search, clear_search)

/* ---- owners ---------------------------------------------------------------------------------- */

static int
compare_names(const void *name, const void *entry)
{
    return strcmp(name, *(const char *const *)entry);
}

/* What everything is made of, and so says nothing of whose it is. Sorted. */
static bool
is_plain(const char *name)
{
    static const char *const names[] = {
        "NoneType",
        "bool",
        "bytearray",
        "bytes",
        "cell",
        "collections.OrderedDict",
        "collections.defaultdict",
        "collections.deque",
        "complex",
        "dict",
        "float",
        "frozenset",
        "int",
        "list",
        "mappingproxy",
        "memoryview",
        "range",
        "set",
        "slice",
        "str",
        "tuple",
    };
    return bsearch(name, names, G_N_ELEMENTS(names), sizeof *names, compare_names);
}

static bool
is_owner(const Search *search, const HgTypeRow *type)
{
    return search->options->kind == HG_SHARES_BY_TYPE ? !is_plain(type->name)
                                                      : !g_str_equal(type->module, "builtins");
}

static uint32_t
add_owner(Search *search, uint32_t type, const char *module)
{
    Owner owner = {.type = type, .module = g_strdup(module)};
    g_array_append_val(search->owners, owner);
    return search->owners->len - 1;
}

static void
set_owner_of(Search *search, uint32_t object, const char *module)
{
    uint64_t type;
    if (object >= search->n_objects ||
        !hg_snapshot_get(search->snapshot, HG_COLUMN_TYPE, object, &type, NULL) ||
        type >= search->types->len)
        return;
    size_t owner = add_owner(search, (uint32_t)type, module);
    g_hash_table_insert(search->owner_of, GSIZE_TO_POINTER((size_t)object + 1),
                        GSIZE_TO_POINTER(owner + 1));
}

static bool
add_modules(Search *search, const HgTypeRow *type, GError **error)
{
    if (type->first > hg_snapshot_count(search->snapshot, HG_COLUMN_BY_TYPE)) {
        g_set_error(error, HG_ERROR, HG_ERROR_FORMAT, "type %s: its objects are not there",
                    type->name);
        return false;
    }
    for (uint64_t i = 0; i < type->n_objects; i++) {
        uint64_t object;
        g_autofree char *name = NULL;
        size_t size;
        if (!hg_snapshot_get(search->snapshot, HG_COLUMN_BY_TYPE, type->first + i, &object,
                             error) ||
            !hg_snapshot_read_value(search->snapshot, (uint32_t)object, &name, &size, error))
            return false;
        if (name)
            set_owner_of(search, (uint32_t)object, name);
    }
    return true;
}

static bool
find_owners(Search *search, GError **error)
{
    for (unsigned i = 0; i < search->types->len; i++)
        add_owner(search, i, ((HgTypeRow *)search->types->pdata[i])->module);
    for (unsigned i = 0; search->options->kind == HG_SHARES_BY_MODULE && i < search->types->len;
         i++) {
        const HgTypeRow *type = g_ptr_array_index(search->types, i);
        if (type->object != HG_NONE)
            set_owner_of(search, type->object, type->module);
        if (g_str_equal(type->name, "module") && !add_modules(search, type, error))
            return false;
    }
    search->garbage = add_owner(search, HG_NONE, NULL);
    return true;
}

/* ---- whose each object is -------------------------------------------------------------------- */

/* The number of a type is that of its owner, so the types are where the owners will be. */
static bool
read_arrays(Search *search, uint32_t **type, uint32_t **distance, GError **error)
{
    HgSnapshot *snapshot = search->snapshot;
    uint32_t n_objects = search->n_objects;
    search->owner = *type = hg_array_new(n_objects, sizeof **type, error);
    if (!*type)
        return false;
    search->holder = hg_array_new(n_objects, sizeof *search->holder, error);
    if (!search->holder)
        return false;
    *distance = hg_array_new(n_objects, sizeof **distance, error);
    return *distance &&
           hg_snapshot_read_u32(snapshot, HG_COLUMN_TYPE, 0, n_objects, *type, error) &&
           hg_snapshot_read_u32(snapshot, HG_COLUMN_HOLDER, 0, n_objects, search->holder, error) &&
           hg_snapshot_read_u32(snapshot, HG_COLUMN_DISTANCE, 0, n_objects, *distance, error);
}

/* Sets the owner of those that have one without asking a holder. */
static bool
set_known(Search *search, GError **error)
{
    g_autofree bool *owns = g_new0(bool, search->types->len + 1);
    g_autofree uint32_t *distance = NULL;
    uint32_t *type;
    for (unsigned i = 0; i < search->types->len; i++)
        owns[i] = is_owner(search, search->types->pdata[i]);
    if (!read_arrays(search, &type, &distance, error))
        return false;
    for (uint32_t object = 0; object < search->n_objects; object++) {
        if (type[object] >= search->types->len || search->holder[object] > search->n_objects) {
            g_set_error(error, HG_ERROR, HG_ERROR_FORMAT,
                        "object %u: its holder or type is not there", object);
            return false;
        }
        if (distance[object] == 0)
            search->owner[object] = search->garbage;
        else if (search->holder[object] > 0 && !owns[type[object]])
            search->owner[object] = NOBODY;
    }
    return true;
}

static void
set_special(Search *search)
{
    GHashTableIter iter;
    void *object, *owner;
    g_hash_table_iter_init(&iter, search->owner_of);
    while (g_hash_table_iter_next(&iter, &object, &owner)) {
        uint32_t *place = &search->owner[GPOINTER_TO_SIZE(object) - 1];
        if (*place != search->garbage)
            *place = (uint32_t)(GPOINTER_TO_SIZE(owner) - 1);
    }
}

static bool
ask_holders(Search *search, uint32_t object, GError **error)
{
    uint32_t at = object;
    while (search->owner[at] == NOBODY) {
        search->owner[at] = ASKED;
        at = search->holder[at] - 1;
    }
    uint32_t owner = search->owner[at];
    if (owner == ASKED) {
        g_set_error(error, HG_ERROR, HG_ERROR_FORMAT, "object %u: it holds its own holder", at);
        return false;
    }
    for (at = object; search->owner[at] == ASKED; at = search->holder[at] - 1)
        search->owner[at] = owner;
    return true;
}

static bool
weigh(Search *search, GError **error)
{
    g_autofree uint64_t *size = g_new(uint64_t, HG_CHUNK);
    for (uint32_t first = 0, part; first < search->n_objects; first += part) {
        part = MIN(search->n_objects - first, HG_CHUNK);
        if (!hg_snapshot_read(search->snapshot, HG_COLUMN_SIZE, first, part, size, error))
            return false;
        for (uint32_t i = 0; i < part; i++) {
            if (search->owner[first + i] == NOBODY && !ask_holders(search, first + i, error))
                return false;
            Owner *owner = &g_array_index(search->owners, Owner, search->owner[first + i]);
            owner->size += size[i];
            owner->count++;
        }
    }
    return true;
}

/* ---- shares ---------------------------------------------------------------------------------- */

/* A share in the making: a package, a module or a type. */
typedef struct Group Group;
struct Group {
    char *name;
    HgShareKind kind;
    uint32_t type;
    uint64_t size, count;
    GHashTable *inside; /* name -> Group */
};

static void
free_group(void *data)
{
    Group *group = data;
    g_free(group->name);
    g_clear_pointer(&group->inside, g_hash_table_unref);
    g_free(group);
}

static Group *
new_group(const char *name, HgShareKind kind, uint32_t type)
{
    Group *group = g_new0(Group, 1);
    *group = (Group){.name = g_strdup(name), .kind = kind, .type = type};
    group->inside = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_group);
    return group;
}

/* Returns: the group of that name in [above], which gets what [owner] weighs. */
static Group *
add_to_group(Group *above, const char *name, HgShareKind kind, const Owner *owner)
{
    Group *group = g_hash_table_lookup(above->inside, name);
    if (!group) {
        group = new_group(name, kind, kind == HG_SHARE_TYPE ? owner->type : HG_NONE);
        g_hash_table_insert(above->inside, group->name, group);
    }
    group->size += owner->size;
    group->count += owner->count;
    return group;
}

static void
add_to_groups(const Search *search, Group *all, const Owner *owner)
{
    Group *group = all;
    if (owner->count == 0)
        return;
    if (owner->type == HG_NONE) {
        const HgSnapshotInfo *info = hg_snapshot_get_info(search->snapshot);
        add_to_group(all, info->knows_garbage ? "garbage" : "not reached from a root",
                     HG_SHARE_GARBAGE, owner);
        return;
    }
    if (search->options->kind == HG_SHARES_BY_MODULE) {
        g_autofree char *package = g_strndup(owner->module, strcspn(owner->module, "."));
        group = add_to_group(group, package, HG_SHARE_MODULE, owner);
        group = add_to_group(group, owner->module, HG_SHARE_MODULE, owner);
    }
    const HgTypeRow *type = g_ptr_array_index(search->types, owner->type);
    add_to_group(group, type->name, HG_SHARE_TYPE, owner);
}

static int
compare_groups(const void *a, const void *b)
{
    const Group *one = *(Group *const *)a, *other = *(Group *const *)b;
    if (one->size != other->size)
        return one->size > other->size ? -1 : 1;
    return strcmp(one->name, other->name);
}

/* Returns: what is in a group, the biggest first; g_ptr_array_unref(). A package of one module of
 * the same name is that module. */
static GPtrArray *
list_inside(const Group *group)
{
    GHashTable *inside = group->inside;
    Group *same = g_hash_table_lookup(inside, group->name);
    if (same && same->kind == HG_SHARE_MODULE && g_hash_table_size(inside) == 1)
        inside = same->inside;
    GPtrArray *groups = g_ptr_array_new();
    GHashTableIter iter;
    void *each;
    g_hash_table_iter_init(&iter, inside);
    while (g_hash_table_iter_next(&iter, NULL, &each))
        g_ptr_array_add(groups, each);
    g_ptr_array_sort(groups, compare_groups);
    return groups;
}

/* Adds what is in [group] under [parent] and remembers whose inside is to come. */
static void
add_inside(HgShares *shares, const Group *group, uint32_t parent, uint64_t least, GQueue *to_come)
{
    g_autoptr(GPtrArray) groups = list_inside(group);
    uint64_t size = 0, count = 0;
    for (unsigned i = 0; i < groups->len; i++) {
        Group *inside = groups->pdata[i];
        if (inside->size < least) {
            size += inside->size;
            count++;
            continue;
        }
        HgShare share = {.kind = inside->kind,
                         .parent = parent,
                         .object = HG_NONE,
                         .type = inside->type,
                         .size = inside->size,
                         .count = inside->count,
                         .label = g_strdup(inside->name)};
        uint32_t place = hg_shares_add(shares, &share);
        g_queue_push_tail(to_come, inside);
        g_queue_push_tail(to_come, GSIZE_TO_POINTER(place));
    }
    hg_shares_add_more(shares, parent, size, count);
}

static void
add_shares(const Search *search, HgShares *shares)
{
    Group *all = new_group("", HG_SHARE_MODULE, HG_NONE);
    GQueue to_come = G_QUEUE_INIT;
    for (unsigned i = 0; i < search->owners->len; i++)
        add_to_groups(search, all, &g_array_index(search->owners, Owner, i));
    uint64_t whole = hg_snapshot_get_info(search->snapshot)->size;
    uint64_t least = MAX(whole / MAX(search->options->parts, 1), 1);
    add_inside(shares, all, HG_NONE, least, &to_come);
    while (!g_queue_is_empty(&to_come)) {
        const Group *group = g_queue_pop_head(&to_come);
        uint32_t place = (uint32_t)GPOINTER_TO_SIZE(g_queue_pop_head(&to_come));
        add_inside(shares, group, place, least, &to_come);
    }
    free_group(all);
}

bool
hg_shares_find_by_owner(HgSnapshot *snapshot, const HgSharesOptions *options, HgShares *shares,
                        GError **error)
{
    g_auto(Search) search = {.snapshot = snapshot,
                             .options = options,
                             .types = hg_snapshot_get_types(snapshot, error),
                             .n_objects = hg_snapshot_count_objects(snapshot)};
    if (!search.types)
        return false;
    search.owners = g_array_new(FALSE, FALSE, sizeof(Owner));
    g_array_set_clear_func(search.owners, clear_owner);
    search.owner_of = g_hash_table_new(NULL, NULL);
    if (!find_owners(&search, error) || !set_known(&search, error))
        return false;
    set_special(&search);
    if (!weigh(&search, error))
        return false;
    add_shares(&search, shares);
    return true;
}
