/* tables.c - what is small becomes rows of the store's tables.
 * SPDX-License-Identifier: MIT */
#include "core/load/tables.h"

#include "core/graph/graph.h"
#include "core/graph/radix.h"

#include <inttypes.h>

typedef struct {
    const HgRecords *records;
    HgSnapshotWriter *writer;
    const HgAddresses *addresses;
    const HgSiteSums *sites;
} Tables;

bool
hg_type_sums_init(HgTypeSums *sums, uint64_t n_types, GError **error)
{
    return (sums->first = hg_array_new(n_types + 1, sizeof(uint64_t), error)) &&
           (sums->n_garbage = hg_array_new(n_types, sizeof(uint64_t), error)) &&
           (sums->size = hg_array_new(n_types, sizeof(uint64_t), error)) &&
           (sums->sizeof_ = hg_array_new(n_types, sizeof(uint64_t), error)) &&
           (sums->retained = hg_array_new(n_types, sizeof(uint64_t), error));
}

void
hg_type_sums_clear(HgTypeSums *sums)
{
    hg_array_clear(&sums->first);
    hg_array_clear(&sums->n_garbage);
    hg_array_clear(&sums->size);
    hg_array_clear(&sums->sizeof_);
    hg_array_clear(&sums->retained);
}

bool
hg_site_sums_init(HgSiteSums *sums, uint64_t n_sites, GError **error)
{
    return (sums->n_objects = hg_array_new(n_sites, sizeof(uint64_t), error)) &&
           (sums->size = hg_array_new(n_sites, sizeof(uint64_t), error));
}

void
hg_site_sums_clear(HgSiteSums *sums)
{
    hg_array_clear(&sums->n_objects);
    hg_array_clear(&sums->size);
}

static uint64_t
get(const Tables *tables, HgField field, uint64_t index)
{
    return hg_records_get(tables->records, field, index);
}

/* Of a field that is kept + 1. */
static uint32_t
get_number(const Tables *tables, HgField field, uint64_t index)
{
    return (uint32_t)get(tables, field, index) - 1;
}

/* Rows hold char * for their readers' sake; the writer only reads. */
static char *
get_text(const Tables *tables, uint32_t text)
{
    return (char *)hg_records_get_text(tables->records, text);
}

/* ---- types ---------------------------------------------------------------------------- */

static char *
dup_type_name(const char *module, const char *qualname)
{
    bool is_plain = !*module || g_str_equal(module, "builtins");
    return is_plain ? g_strdup(qualname) : g_strconcat(module, ".", qualname, NULL);
}

/* Returns: the names of its slots, NULL if it has none; free the array alone. */
static GStrv
list_slots(const Tables *tables, uint32_t type)
{
    uint64_t first = hg_records_get_start(tables->records, HG_FIELD_TYPE_SLOTS_END, type);
    uint64_t end = get(tables, HG_FIELD_TYPE_SLOTS_END, type);
    if (first == end)
        return NULL;
    GStrv slots = g_new0(char *, end - first + 1);
    for (uint64_t i = first; i < end; i++)
        slots[i - first] = get_text(tables, (uint32_t)get(tables, HG_FIELD_TYPE_SLOT, i));
    return slots;
}

static uint64_t *
list_bases(const Tables *tables, uint32_t type, uint32_t *n_bases)
{
    uint64_t first = hg_records_get_start(tables->records, HG_FIELD_TYPE_BASES_END, type);
    uint64_t end = get(tables, HG_FIELD_TYPE_BASES_END, type);
    uint64_t *bases = g_new(uint64_t, end - first + 1);
    for (uint64_t i = first; i < end; i++)
        bases[i - first] = get(tables, HG_FIELD_TYPE_BASE, i);
    *n_bases = (uint32_t)(end - first);
    return bases;
}

static bool
write_type(const Tables *tables, uint32_t type, uint32_t object, const HgTypeSums *sums,
           GError **error)
{
    char *module = get_text(tables, (uint32_t)get(tables, HG_FIELD_TYPE_MODULE, type));
    char *qualname = get_text(tables, (uint32_t)get(tables, HG_FIELD_TYPE_QUALNAME, type));
    uint32_t n_bases = 0;
    g_autofree char *name = dup_type_name(module, qualname);
    g_autofree GStrv slots = list_slots(tables, type);
    g_autofree uint64_t *bases = list_bases(tables, type, &n_bases);
    HgTypeRow row = {
        .number = type,
        .name = name,
        .module = module,
        .qualname = qualname,
        .address = get(tables, HG_FIELD_TYPE_IDENTITY, type),
        .object = object,
        .basicsize = get(tables, HG_FIELD_TYPE_BASICSIZE, type),
        .itemsize = get(tables, HG_FIELD_TYPE_ITEMSIZE, type),
        .flags = (uint32_t)get(tables, HG_FIELD_TYPE_FLAGS, type),
        .first = sums->first[type],
        .n_objects = sums->first[type + 1] - sums->first[type],
        .n_garbage = sums->n_garbage[type],
        .size = sums->size[type],
        .sizeof_ = sums->sizeof_[type],
        .retained = sums->retained[type],
        .slots = slots,
        .bases = bases,
        .n_bases = n_bases,
    };
    return hg_snapshot_writer_add_type(tables->writer, &row, error);
}

bool
hg_tables_write_types(const HgRecords *records, const uint32_t *objects, const HgTypeSums *sums,
                      HgSnapshotWriter *writer, GError **error)
{
    Tables tables = {.records = records, .writer = writer};
    uint64_t n_types = hg_records_count(records, HG_FIELD_TYPE_IDENTITY);
    for (uint32_t type = 0; type < n_types; type++)
        if (!write_type(&tables, type, objects[type], sums, error))
            return false;
    return true;
}

/* ---- roots, by object ------------------------------------------------------------------- */

static bool
write_root(const Tables *tables, uint32_t root, uint32_t object, GError **error)
{
    HgRootRow row = {
        .object = object,
        .kind = (HgRootKind)get(tables, HG_FIELD_ROOT_KIND, root),
        .name = get_text(tables, get_number(tables, HG_FIELD_ROOT_NAME, root)),
        .frame = get_number(tables, HG_FIELD_ROOT_FRAME, root),
        .interpreter = (uint32_t)get(tables, HG_FIELD_ROOT_INTERPRETER, root),
    };
    return hg_snapshot_writer_add_root(tables->writer, &row, error);
}

static bool
write_roots(const Tables *tables, uint64_t *n_dropped, GError **error)
{
    uint64_t n_roots = hg_records_count(tables->records, HG_FIELD_ROOT_KIND);
    HG_AUTO_ARRAY uint64_t *object = hg_array_new(n_roots, sizeof(*object), error);
    HG_AUTO_ARRAY uint32_t *root = object ? hg_array_new(n_roots, sizeof(*root), error) : NULL;
    if (!root)
        return false;
    for (uint64_t i = 0; i < n_roots; i++) {
        root[i] = (uint32_t)i;
        object[i] = hg_addresses_find(tables->addresses, get(tables, HG_FIELD_ROOT_IDENTITY, i));
    }
    if (!hg_radix_sort(object, root, n_roots, error))
        return false;
    for (uint64_t i = 0; i < n_roots; i++) {
        if (object[i] == HG_NONE)
            ++*n_dropped;
        else if (!write_root(tables, root[i], (uint32_t)object[i], error))
            return false;
    }
    return true;
}

/* ---- threads, frames, sites, facts ------------------------------------------------------ */

static bool
write_threads(const Tables *tables, GError **error)
{
    uint64_t n_threads = hg_records_count(tables->records, HG_FIELD_THREAD_ID);
    for (uint32_t thread = 0; thread < n_threads; thread++) {
        HgThreadRow row = {
            .number = thread,
            .id = get(tables, HG_FIELD_THREAD_ID, thread),
            .name = get_text(tables, get_number(tables, HG_FIELD_THREAD_NAME, thread)),
            .interpreter = (uint32_t)get(tables, HG_FIELD_THREAD_INTERPRETER, thread),
        };
        if (!hg_snapshot_writer_add_thread(tables->writer, &row, error))
            return false;
    }
    return true;
}

static bool
write_frame(const Tables *tables, uint32_t frame, uint32_t *depths, GError **error)
{
    uint64_t identity = get(tables, HG_FIELD_FRAME_IDENTITY, frame);
    uint32_t thread = (uint32_t)get(tables, HG_FIELD_FRAME_THREAD, frame);
    HgFrameRow row = {
        .number = frame,
        .thread = thread,
        .depth = depths[thread]++,
        .function = get_text(tables, (uint32_t)get(tables, HG_FIELD_FRAME_FUNCTION, frame)),
        .file = get_text(tables, (uint32_t)get(tables, HG_FIELD_FRAME_FILE, frame)),
        .line = (uint32_t)get(tables, HG_FIELD_FRAME_LINE, frame),
        .object = identity ? hg_addresses_find(tables->addresses, identity) : HG_NONE,
    };
    return hg_snapshot_writer_add_frame(tables->writer, &row, error);
}

static bool
write_frames(const Tables *tables, GError **error)
{
    uint64_t n_threads = hg_records_count(tables->records, HG_FIELD_THREAD_ID);
    uint64_t n_frames = hg_records_count(tables->records, HG_FIELD_FRAME_THREAD);
    HG_AUTO_ARRAY uint32_t *depths = hg_array_new(n_threads, sizeof(*depths), error);
    if (!depths)
        return false;
    for (uint32_t frame = 0; frame < n_frames; frame++)
        if (!write_frame(tables, frame, depths, error))
            return false;
    return true;
}

static char *
dup_site_lines(const Tables *tables, uint32_t site)
{
    GString *lines = g_string_new(NULL);
    uint64_t first = hg_records_get_start(tables->records, HG_FIELD_SITE_END, site);
    uint64_t end = get(tables, HG_FIELD_SITE_END, site);
    for (uint64_t i = first; i < end; i++)
        g_string_append_printf(lines, "%s%s:%" PRIu64, i > first ? "\n" : "",
                               get_text(tables, (uint32_t)get(tables, HG_FIELD_SITE_FILE, i)),
                               get(tables, HG_FIELD_SITE_LINE, i));
    return g_string_free(lines, false);
}

static bool
write_sites(const Tables *tables, GError **error)
{
    uint64_t n_sites = hg_records_count(tables->records, HG_FIELD_SITE_END);
    for (uint32_t site = 0; site < n_sites; site++) {
        g_autofree char *lines = dup_site_lines(tables, site);
        HgSiteRow row = {site, lines, tables->sites->n_objects[site], tables->sites->size[site]};
        if (!hg_snapshot_writer_add_site(tables->writer, &row, error))
            return false;
    }
    return true;
}

static bool
write_facts(const Tables *tables, GError **error)
{
    GHashTableIter iter;
    void *key, *value;
    g_hash_table_iter_init(&iter, tables->records->facts);
    while (g_hash_table_iter_next(&iter, &key, &value))
        if (!hg_snapshot_writer_add_fact(tables->writer, key, value, error))
            return false;
    return true;
}

bool
hg_tables_write(const HgRecords *records, const HgAddresses *addresses, const HgSiteSums *sites,
                HgSnapshotWriter *writer, uint64_t *n_dropped, GError **error)
{
    Tables tables = {records, writer, addresses, sites};
    *n_dropped = 0;
    return write_roots(&tables, n_dropped, error) && write_threads(&tables, error) &&
           write_frames(&tables, error) && write_sites(&tables, error) &&
           write_facts(&tables, error);
}
