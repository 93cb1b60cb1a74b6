/* test-load.c - records become a snapshot.
 *
 * A second sink keeps the same records plainly; what the snapshot says is compared with what
 * follows from them the slow way.
 * SPDX-License-Identifier: MIT */
#include "core/load/load.h"
#include "tests/support/random-heap.h"

#include <glib/gstdio.h>
#include <string.h>

/* ---- a plain sink ------------------------------------------------------------------------ */

typedef struct {
    HgObjectRecord record;
    char *value;
    GArray *references; /* of HgReferenceRecord, as told */
    GArray *kept;       /* of those whose target is an object */
} Object;

typedef struct {
    HgTypeRecord record;
    uint64_t *bases;
    uint32_t *slots;
} Type;

typedef struct {
    HgSink sink;
    GHashTable *facts;
    GPtrArray *texts;   /* as C strings */
    GPtrArray *objects; /* of Object; later in the order of addresses */
    GPtrArray *types;
    GPtrArray *sites; /* as text */
    GArray *threads, *frames, *roots;
} Plain;

static bool
on_fact(HgSink *sink, const char *key, const char *value, GError **error)
{
    Plain *plain = (Plain *)sink;
    g_hash_table_replace(plain->facts, g_strdup(key), g_strdup(value));
    return true;
}

static bool
on_text(HgSink *sink, const char *bytes, size_t size, GError **error)
{
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < size; i++)
        if (bytes[i])
            g_string_append_c(text, bytes[i]);
        else
            g_string_append(text, "\\x00");
    g_ptr_array_add(((Plain *)sink)->texts, g_string_free(text, FALSE));
    return true;
}

static void
type_free(Type *type)
{
    g_free(type->bases);
    g_free(type->slots);
    g_free(type);
}

static bool
on_type(HgSink *sink, const HgTypeRecord *record, GError **error)
{
    Type *type = g_new0(Type, 1);
    type->record = *record;
    type->bases = g_memdup2(record->bases, record->n_bases * sizeof *record->bases);
    type->slots = g_memdup2(record->slots, record->n_slots * sizeof *record->slots);
    g_ptr_array_add(((Plain *)sink)->types, type);
    return true;
}

static bool
on_site(HgSink *sink, const HgSiteRecord *site, GError **error)
{
    Plain *plain = (Plain *)sink;
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    for (uint32_t i = 0; i < site->n_lines; i++)
        g_ptr_array_add(lines, g_strdup_printf("%s:%u", (char *)plain->texts->pdata[site->files[i]],
                                               site->lines[i]));
    g_ptr_array_add(lines, NULL);
    g_ptr_array_add(plain->sites, g_strjoinv("\n", (char **)lines->pdata));
    return true;
}

static void
object_free(Object *object)
{
    g_free(object->value);
    g_array_unref(object->references);
    g_array_unref(object->kept);
    g_free(object);
}

static bool
on_object(HgSink *sink, const HgObjectRecord *record, GError **error)
{
    Object *object = g_new0(Object, 1);
    object->record = *record;
    object->value = record->value ? g_memdup2(record->value, record->value_size + 1) : NULL;
    object->references = g_array_new(FALSE, FALSE, sizeof(HgReferenceRecord));
    object->kept = g_array_new(FALSE, FALSE, sizeof(HgReferenceRecord));
    g_ptr_array_add(((Plain *)sink)->objects, object);
    return true;
}

static bool
on_references(HgSink *sink, const HgReferenceRecord *reference, size_t n_references, GError **error)
{
    GPtrArray *objects = ((Plain *)sink)->objects;
    Object *object = objects->pdata[objects->len - 1];
    g_array_append_vals(object->references, reference, (guint)n_references);
    return true;
}

static bool
on_thread(HgSink *sink, const HgThreadRecord *thread, GError **error)
{
    g_array_append_vals(((Plain *)sink)->threads, thread, 1);
    return true;
}

static bool
on_frame(HgSink *sink, const HgFrameRecord *frame, GError **error)
{
    g_array_append_vals(((Plain *)sink)->frames, frame, 1);
    return true;
}

static bool
on_root(HgSink *sink, const HgRootRecord *root, GError **error)
{
    g_array_append_vals(((Plain *)sink)->roots, root, 1);
    return true;
}

static bool
on_end(HgSink *sink, GError **error)
{
    return true;
}

static Plain *
plain_new(void)
{
    Plain *plain = g_new(Plain, 1);
    *plain = (Plain){
        .sink = {on_fact, on_text, on_type, on_site, on_object, on_references, on_thread, on_frame,
                 on_root, on_end},
        .facts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
        .texts = g_ptr_array_new_with_free_func(g_free),
        .objects = g_ptr_array_new_with_free_func((GDestroyNotify)object_free),
        .types = g_ptr_array_new_with_free_func((GDestroyNotify)type_free),
        .sites = g_ptr_array_new_with_free_func(g_free),
        .threads = g_array_new(FALSE, FALSE, sizeof(HgThreadRecord)),
        .frames = g_array_new(FALSE, FALSE, sizeof(HgFrameRecord)),
        .roots = g_array_new(FALSE, FALSE, sizeof(HgRootRecord)),
    };
    return plain;
}

static void
plain_free(Plain *plain)
{
    g_hash_table_unref(plain->facts);
    g_ptr_array_unref(plain->texts);
    g_ptr_array_unref(plain->objects);
    g_ptr_array_unref(plain->types);
    g_ptr_array_unref(plain->sites);
    g_array_unref(plain->threads);
    g_array_unref(plain->frames);
    g_array_unref(plain->roots);
    g_free(plain);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Plain, plain_free)

static Object *
object_at(const Plain *plain, uint32_t object)
{
    return plain->objects->pdata[object];
}

static uint32_t
find_object(const Plain *plain, uint64_t identity)
{
    for (uint32_t object = 0; object < plain->objects->len; object++)
        if (object_at(plain, object)->record.identity == identity)
            return object;
    return HG_NONE;
}

static const char *
text_of(const Plain *plain, uint32_t text)
{
    return text == HG_NONE ? NULL : plain->texts->pdata[text];
}

static gint
compare_addresses(gconstpointer one, gconstpointer other)
{
    uint64_t a = (*(Object *const *)one)->record.identity;
    uint64_t b = (*(Object *const *)other)->record.identity;
    return a < b ? -1 : a > b;
}

/* Sorts the objects and leaves out references to none. Returns: how many. */
static uint64_t
plain_finish(Plain *plain)
{
    uint64_t n_dropped = 0;
    g_ptr_array_sort(plain->objects, compare_addresses);
    for (uint32_t i = 0; i < plain->objects->len; i++) {
        Object *object = object_at(plain, i);
        for (guint j = 0; j < object->references->len; j++) {
            HgReferenceRecord *reference = &g_array_index(object->references, HgReferenceRecord, j);
            if (find_object(plain, reference->target) == HG_NONE)
                n_dropped++;
            else
                g_array_append_val(object->kept, *reference);
        }
    }
    for (guint i = 0; i < plain->roots->len; i++)
        n_dropped +=
            find_object(plain, g_array_index(plain->roots, HgRootRecord, i).identity) == HG_NONE;
    return n_dropped;
}

/* ---- a store ----------------------------------------------------------------------------- */

typedef struct {
    char *path;
    HgStore *store;
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer data)
{
    g_autofree char *folder = g_dir_make_tmp("heapgraph-XXXXXX", NULL);
    fixture->path = g_build_filename(folder, "heapgraph.db", NULL);
    g_autoptr(GError) error = NULL;
    fixture->store = hg_store_open(fixture->path, HG_STORE_WRITE, &error);
    g_assert_no_error(error);
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
    g_autofree char *folder = g_path_get_dirname(fixture->path);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    hg_store_close(fixture->store);
    for (const char *name; (name = g_dir_read_name(dir));) {
        g_autofree char *file = g_build_filename(folder, name, NULL);
        g_unlink(file);
    }
    g_rmdir(folder);
    g_free(fixture->path);
}

static uint64_t
get(HgSnapshot *snapshot, HgColumn column, uint64_t index)
{
    uint64_t number;
    g_autoptr(GError) error = NULL;
    hg_snapshot_get(snapshot, column, index, &number, &error);
    g_assert_no_error(error);
    return number;
}

/* ---- what the snapshot must say ------------------------------------------------------------ */

static void
check_value(HgSnapshot *snapshot, const Object *object, uint32_t number)
{
    g_autofree char *value = NULL;
    size_t size = 0;
    g_assert_true(hg_snapshot_read_value(snapshot, number, &value, &size, NULL));
    if (!object->value)
        g_assert_null(value);
    else
        g_assert_cmpmem(value, size, object->value, object->record.value_size);
}

static void
check_object(HgSnapshot *snapshot, const Plain *plain, uint32_t number)
{
    const HgObjectRecord *record = &object_at(plain, number)->record;
    g_assert_cmpuint(get(snapshot, HG_COLUMN_ADDRESS, number), ==, record->identity);
    g_assert_cmpuint(get(snapshot, HG_COLUMN_TYPE, number), ==, record->type);
    g_assert_cmpuint(get(snapshot, HG_COLUMN_SIZE, number), ==, record->size);
    g_assert_cmpuint(get(snapshot, HG_COLUMN_SIZEOF, number), ==, record->sizeof_ + 1);
    g_assert_cmpuint(get(snapshot, HG_COLUMN_REFCOUNT, number), ==, record->refcount + 1);
    g_assert_cmpuint(get(snapshot, HG_COLUMN_FLAGS, number), ==, record->flags);
    g_assert_cmpuint(get(snapshot, HG_COLUMN_LENGTH, number), ==, record->length + 1);
    g_assert_cmpuint(get(snapshot, HG_COLUMN_SITE, number), ==,
                     record->site == HG_NONE ? 0 : record->site + 1);
    check_value(snapshot, object_at(plain, number), number);
}

static void
check_label(HgSnapshot *snapshot, const Plain *plain, const HgReferenceRecord *reference,
            uint64_t label)
{
    uint32_t key;
    switch (reference->how & HG_HOW_LABEL) {
    case HG_LABEL_ATTRIBUTE:
    case HG_LABEL_LOCAL:
    case HG_LABEL_SLOT:
    case HG_LABEL_INTERNAL:
        g_assert_cmpstr(hg_snapshot_get_text(snapshot, label, NULL), ==,
                        text_of(plain, (uint32_t)reference->label));
        break;
    case HG_LABEL_VALUE:
        key = find_object(plain, reference->label);
        g_assert_cmpuint(label, ==, key == HG_NONE ? 0 : key + 1);
        break;
    default:
        g_assert_cmpuint(label, ==, reference->label);
    }
}

static void
check_references(HgSnapshot *snapshot, const Plain *plain)
{
    uint64_t row = 0;
    for (uint32_t source = 0; source < plain->objects->len; source++) {
        const GArray *kept = object_at(plain, source)->kept;
        g_assert_cmpuint(get(snapshot, HG_COLUMN_FORWARD_FIRST, source), ==, row);
        for (guint i = 0; i < kept->len; i++, row++) {
            const HgReferenceRecord *reference = &g_array_index(kept, HgReferenceRecord, i);
            g_assert_cmpuint(get(snapshot, HG_COLUMN_TARGET, row), ==,
                             find_object(plain, reference->target));
            g_assert_cmpuint(get(snapshot, HG_COLUMN_HOW, row), ==, reference->how);
            check_label(snapshot, plain, reference, get(snapshot, HG_COLUMN_LABEL, row));
        }
    }
    g_assert_cmpuint(get(snapshot, HG_COLUMN_FORWARD_FIRST, plain->objects->len), ==, row);
    g_assert_cmpuint(hg_snapshot_get_info(snapshot)->n_references, ==, row);
}

static void
check_backward(HgSnapshot *snapshot, const Plain *plain)
{
    uint64_t row = 0;
    for (uint32_t target = 0; target < plain->objects->len; target++) {
        g_assert_cmpuint(get(snapshot, HG_COLUMN_BACKWARD_FIRST, target), ==, row);
        for (uint32_t source = 0; source < plain->objects->len; source++) {
            const GArray *kept = object_at(plain, source)->kept;
            for (guint i = 0; i < kept->len; i++)
                if (g_array_index(kept, HgReferenceRecord, i).target ==
                    object_at(plain, target)->record.identity)
                    g_assert_cmpuint(get(snapshot, HG_COLUMN_SOURCE, row++), ==, source);
        }
    }
    g_assert_cmpuint(get(snapshot, HG_COLUMN_BACKWARD_FIRST, plain->objects->len), ==, row);
}

static bool
knows_external(const Plain *plain)
{
    return g_strcmp0(g_hash_table_lookup(plain->facts, HG_FACT_EXTERNAL), "yes") == 0;
}

static bool
knows_refcounts(const Plain *plain)
{
    for (uint32_t object = 0; object < plain->objects->len; object++)
        if (object_at(plain, object)->record.refcount != HG_UNKNOWN)
            return true;
    return false;
}

static void
check_surplus(HgSnapshot *snapshot, const Plain *plain)
{
    uint32_t n = plain->objects->len;
    bool known = knows_external(plain) && knows_refcounts(plain);
    g_assert_cmpuint(hg_snapshot_count(snapshot, HG_COLUMN_SURPLUS), ==, known ? n : 0);
    for (uint32_t target = 0; known && target < n; target++) {
        const HgObjectRecord *record = &object_at(plain, target)->record;
        int64_t surplus = (int64_t)record->refcount;
        for (uint32_t source = 0; source < n; source++) {
            const GArray *kept = object_at(plain, source)->kept;
            for (guint i = 0; i < kept->len; i++) {
                HgReferenceRecord reference = g_array_index(kept, HgReferenceRecord, i);
                bool counts = (reference.how & (HG_HOW_VISITED | HG_HOW_OWNED)) &&
                              !(reference.how & HG_HOW_WEAK);
                surplus -= reference.target == record->identity && counts;
            }
        }
        if (record->refcount == HG_UNKNOWN || (record->flags & HG_OBJECT_IMMORTAL))
            surplus = 0;
        uint64_t stored = get(snapshot, HG_COLUMN_SURPLUS, target);
        g_assert_cmpint((int64_t)(stored >> 1) ^ -(int64_t)(stored & 1), ==, surplus);
    }
}

/* ---- reach, holders, sizes ----------------------------------------------------------------- */

/* Marks in [met] what the roots reach when [without] is not there. */
static void
reach(const Plain *plain, uint32_t without, bool *met)
{
    uint32_t n = plain->objects->len;
    memset(met, 0, n * sizeof *met);
    for (guint i = 0; i < plain->roots->len; i++) {
        uint32_t root = find_object(plain, g_array_index(plain->roots, HgRootRecord, i).identity);
        if (root != HG_NONE && root != without)
            met[root] = true;
    }
    for (bool changed = true; changed;) {
        changed = false;
        for (uint32_t source = 0; source < n; source++) {
            const GArray *kept = object_at(plain, source)->kept;
            for (guint i = 0; met[source] && i < kept->len; i++) {
                HgReferenceRecord reference = g_array_index(kept, HgReferenceRecord, i);
                uint32_t target = find_object(plain, reference.target);
                if (met[target] || target == without || (reference.how & HG_HOW_WEAK))
                    continue;
                met[target] = changed = true;
            }
        }
    }
}

static void
check_reach(HgSnapshot *snapshot, const Plain *plain, const bool *live)
{
    uint64_t n_live = 0;
    for (uint32_t object = 0; object < plain->objects->len; object++) {
        uint64_t distance = get(snapshot, HG_COLUMN_DISTANCE, object);
        uint64_t step = get(snapshot, HG_COLUMN_STEP, object);
        n_live += live[object];
        g_assert_cmpint(distance > 0, ==, live[object]);
        g_assert_cmpint(step > 0, ==, distance > 1);
        if (step)
            g_assert_cmpuint(get(snapshot, HG_COLUMN_DISTANCE, step - 1), ==, distance - 1);
    }
    g_assert_cmpuint(hg_snapshot_get_info(snapshot)->n_live, ==, n_live);
}

static void
check_retained(HgSnapshot *snapshot, const Plain *plain, const bool *live)
{
    uint32_t n = plain->objects->len;
    g_autofree bool *left = g_new(bool, n + 1);
    for (uint32_t taken = 0; taken < n; taken++) {
        if (!live[taken])
            continue;
        uint64_t freed = 0;
        reach(plain, taken, left);
        for (uint32_t object = 0; object < n; object++)
            freed += live[object] && !left[object] ? object_at(plain, object)->record.size : 0;
        g_assert_cmpuint(get(snapshot, HG_COLUMN_RETAINED, taken), ==, freed);
        for (uint32_t object = 0; object < n; object++)
            if (get(snapshot, HG_COLUMN_HOLDER, object) == taken + 1)
                g_assert_true(live[object] && !left[object]);
    }
}

/* ---- small tables -------------------------------------------------------------------------- */

/* By the columns of holders and retained sizes, which are checked by themselves. */
static uint64_t
sum_retained(HgSnapshot *snapshot, const Plain *plain, uint32_t type)
{
    uint64_t sum = 0;
    for (uint32_t object = 0; object < plain->objects->len; object++) {
        bool counts = object_at(plain, object)->record.type == type;
        uint64_t above = object;
        while (counts && (above = get(snapshot, HG_COLUMN_HOLDER, above)) && above--)
            counts = object_at(plain, (uint32_t)above)->record.type != type;
        sum += counts ? get(snapshot, HG_COLUMN_RETAINED, object) : 0;
    }
    return sum;
}

static void
check_type_objects(HgSnapshot *snapshot, const Plain *plain, const HgTypeRow *row, const bool *live)
{
    uint64_t n_objects = 0, n_garbage = 0, size = 0, sizeof_ = 0;
    for (uint32_t object = 0; object < plain->objects->len; object++) {
        const HgObjectRecord *record = &object_at(plain, object)->record;
        if (record->type != row->number)
            continue;
        n_objects++;
        n_garbage += knows_external(plain) && !live[object];
        size += record->size;
        sizeof_ += record->sizeof_ == HG_UNKNOWN ? 0 : record->sizeof_;
    }
    g_assert_cmpuint(row->n_objects, ==, n_objects);
    g_assert_cmpuint(row->n_garbage, ==, n_garbage);
    g_assert_cmpuint(row->size, ==, size);
    g_assert_cmpuint(row->sizeof_, ==, sizeof_);
    g_assert_cmpuint(row->retained, ==, sum_retained(snapshot, plain, row->number));
    uint64_t before = UINT64_MAX;
    for (uint64_t i = row->first; i < row->first + n_objects; i++) {
        const HgObjectRecord *record =
            &object_at(plain, (uint32_t)get(snapshot, HG_COLUMN_BY_TYPE, i))->record;
        g_assert_cmpuint(record->type, ==, row->number);
        g_assert_cmpuint(record->size, <=, before);
        before = record->size;
    }
}

static void
check_type(const Plain *plain, const HgTypeRow *row)
{
    const Type *type = plain->types->pdata[row->number];
    const HgTypeRecord *record = &type->record;
    const char *module = text_of(plain, record->module), *name = text_of(plain, record->qualname);
    g_autofree char *full = *module ? g_strconcat(module, ".", name, NULL) : g_strdup(name);
    g_assert_cmpstr(row->name, ==, full);
    g_assert_cmpstr(row->module, ==, module);
    g_assert_cmpstr(row->qualname, ==, name);
    g_assert_cmpuint(row->address, ==, record->identity);
    g_assert_cmpuint(row->object, ==, find_object(plain, record->identity));
    g_assert_cmpuint(row->basicsize, ==, record->basicsize);
    g_assert_cmpuint(row->itemsize, ==, record->itemsize);
    g_assert_cmpuint(row->flags, ==, record->flags);
    g_assert_cmpmem(row->bases, row->n_bases * 8, type->bases, record->n_bases * 8);
    g_autofree char *slots = row->slots ? g_strjoinv("\n", row->slots) : NULL;
    g_autoptr(GString) expected = g_string_new(NULL);
    for (uint32_t i = 0; i < record->n_slots; i++)
        g_string_append_printf(expected, "%s%s", i ? "\n" : "", text_of(plain, type->slots[i]));
    g_assert_cmpstr(slots ? slots : "", ==, expected->str);
}

static void
check_roots(HgSnapshot *snapshot, const Plain *plain)
{
    const GPtrArray *rows = hg_snapshot_get_roots(snapshot, NULL);
    guint n_rows = 0;
    for (uint32_t object = 0; object < plain->objects->len; object++)
        for (guint i = 0; i < plain->roots->len; i++) {
            HgRootRecord root = g_array_index(plain->roots, HgRootRecord, i);
            if (root.identity != object_at(plain, object)->record.identity)
                continue;
            const HgRootRow *row = rows->pdata[n_rows++];
            g_assert_cmpuint(row->object, ==, object);
            g_assert_cmpint(row->kind, ==, root.kind);
            g_assert_cmpstr(row->name, ==, text_of(plain, root.name));
            g_assert_cmpuint(row->frame, ==, root.frame);
            g_assert_cmpuint(row->interpreter, ==, root.interpreter);
        }
    g_assert_cmpuint(rows->len, ==, n_rows);
}

static void
check_stacks(HgSnapshot *snapshot, const Plain *plain)
{
    const GPtrArray *threads = hg_snapshot_get_threads(snapshot, NULL);
    const GPtrArray *frames = hg_snapshot_get_frames(snapshot, NULL);
    g_assert_cmpuint(threads->len, ==, plain->threads->len);
    g_assert_cmpuint(frames->len, ==, plain->frames->len);
    for (guint i = 0; i < threads->len; i++) {
        const HgThreadRow *row = threads->pdata[i];
        HgThreadRecord thread = g_array_index(plain->threads, HgThreadRecord, row->number);
        g_assert_cmpuint(row->id, ==, thread.id);
        g_assert_cmpstr(row->name, ==, text_of(plain, thread.name));
        g_assert_cmpuint(row->interpreter, ==, thread.interpreter);
    }
    for (guint i = 0; i < frames->len; i++) {
        const HgFrameRow *row = frames->pdata[i];
        HgFrameRecord frame = g_array_index(plain->frames, HgFrameRecord, row->number);
        uint32_t depth = 0;
        for (guint j = 0; j < row->number; j++)
            depth += g_array_index(plain->frames, HgFrameRecord, j).thread == frame.thread;
        g_assert_cmpuint(row->depth, ==, depth);
        g_assert_cmpstr(row->function, ==, text_of(plain, frame.function));
        g_assert_cmpstr(row->file, ==, text_of(plain, frame.file));
        g_assert_cmpuint(row->line, ==, frame.line);
        g_assert_cmpuint(row->object, ==, find_object(plain, frame.identity));
    }
}

static void
check_sites(HgSnapshot *snapshot, const Plain *plain)
{
    const GPtrArray *sites = hg_snapshot_get_sites(snapshot, NULL);
    g_assert_cmpuint(sites->len, ==, plain->sites->len);
    for (guint i = 0; i < sites->len; i++) {
        const HgSiteRow *row = sites->pdata[i];
        uint64_t n_objects = 0, size = 0;
        for (uint32_t object = 0; object < plain->objects->len; object++)
            if (object_at(plain, object)->record.site == row->number) {
                n_objects++;
                size += object_at(plain, object)->record.size;
            }
        g_assert_cmpstr(row->lines, ==, plain->sites->pdata[row->number]);
        g_assert_cmpuint(row->n_objects, ==, n_objects);
        g_assert_cmpuint(row->size, ==, size);
    }
}

static void
check_facts(HgSnapshot *snapshot, const Plain *plain)
{
    const GPtrArray *facts = hg_snapshot_get_facts(snapshot, NULL);
    g_assert_cmpuint(facts->len, ==, g_hash_table_size(plain->facts));
    for (guint i = 0; i < facts->len; i++) {
        const HgFact *fact = facts->pdata[i];
        g_assert_cmpstr(fact->value, ==, g_hash_table_lookup(plain->facts, fact->key));
    }
}

static void
check_snapshot(HgSnapshot *snapshot, const Plain *plain)
{
    g_autofree bool *live = g_new(bool, plain->objects->len + 1);
    reach(plain, HG_NONE, live);
    g_assert_cmpuint(hg_snapshot_count_objects(snapshot), ==, plain->objects->len);
    for (uint32_t object = 0; object < plain->objects->len; object++)
        check_object(snapshot, plain, object);
    check_references(snapshot, plain);
    check_backward(snapshot, plain);
    check_surplus(snapshot, plain);
    check_reach(snapshot, plain, live);
    check_retained(snapshot, plain, live);
    const GPtrArray *types = hg_snapshot_get_types(snapshot, NULL);
    g_assert_cmpuint(types->len, ==, plain->types->len);
    for (guint type = 0; type < types->len; type++) {
        check_type(plain, types->pdata[type]);
        check_type_objects(snapshot, plain, types->pdata[type], live);
    }
    check_roots(snapshot, plain);
    check_stacks(snapshot, plain);
    check_sites(snapshot, plain);
    check_facts(snapshot, plain);
}

/* ---- tests --------------------------------------------------------------------------------- */

static bool
tell(HgSink *sink, uint32_t seed, uint32_t n_objects)
{
    g_autoptr(GError) error = NULL;
    bool told = (seed % 2 || sink->fact(sink, HG_FACT_EXTERNAL, "yes", &error)) &&
                random_heap_tell(sink, seed, n_objects, &error);
    g_assert_no_error(error);
    return told;
}

static void
test_random(Fixture *fixture, gconstpointer data)
{
    for (uint32_t seed = 0; seed < 24; seed++) {
        uint32_t n_objects = seed < 2 ? seed : 1 + (uint32_t)g_test_rand_int_range(0, 60);
        HgLoadOptions options = {0};
        HgLoadResult result;
        g_autoptr(GError) error = NULL;
        g_autoptr(Plain) plain = plain_new();
        g_autoptr(HgLoader) loader = hg_loader_new(fixture->store, &options);
        tell(&plain->sink, seed, n_objects);
        tell(hg_loader_get_sink(loader), seed, n_objects);
        hg_loader_finish(loader, &result, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(result.n_dropped, ==, plain_finish(plain));
        g_autoptr(HgSnapshot) snapshot = hg_snapshot_open(fixture->store, result.snapshot, &error);
        g_assert_no_error(error);
        check_snapshot(snapshot, plain);
    }
}

/* ---- heaps of the tests' own --------------------------------------------------------------- */

static void
tell_beginning(HgSink *sink)
{
    HgTypeRecord type = {.identity = 8, .module = 0, .qualname = 1};
    g_assert_true(sink->fact(sink, HG_FACT_EXTERNAL, "yes", NULL) &&
                  sink->text(sink, "builtins", 8, NULL) && sink->text(sink, "list", 4, NULL) &&
                  sink->type(sink, &type, NULL));
}

static bool
tell_object(HgSink *sink, uint64_t identity, GError **error)
{
    HgObjectRecord object = {.identity = identity,
                             .size = 56,
                             .sizeof_ = HG_UNKNOWN,
                             .refcount = 1,
                             .length = 0,
                             .site = HG_NONE};
    return sink->object(sink, &object, error);
}

static void
tell_reference(HgSink *sink, uint64_t target, uint64_t index)
{
    HgReferenceRecord reference = {target, index, HG_LABEL_ITEM | HG_HOW_VISITED};
    g_assert_true(sink->references(sink, &reference, 1, NULL));
}

static void
tell_root(HgSink *sink, uint64_t identity)
{
    HgRootRecord root = {HG_ROOT_INTERPRETER, identity, HG_NONE, HG_NONE, 0};
    g_assert_true(sink->root(sink, &root, NULL));
}

static HgSnapshot *
finish(Fixture *fixture, HgLoader *loader, HgLoadResult *result)
{
    g_autoptr(GError) error = NULL;
    HgSink *sink = hg_loader_get_sink(loader);
    g_assert_true(sink->end(sink, NULL));
    hg_loader_finish(loader, result, &error);
    g_assert_no_error(error);
    HgSnapshot *snapshot = hg_snapshot_open(fixture->store, result->snapshot, &error);
    g_assert_no_error(error);
    return snapshot;
}

static void
test_empty(Fixture *fixture, gconstpointer data)
{
    HgLoadOptions options = {.name = "nothing"};
    HgLoadResult result;
    g_autoptr(HgLoader) loader = hg_loader_new(fixture->store, &options);
    g_autoptr(HgSnapshot) snapshot = finish(fixture, loader, &result);
    g_assert_cmpuint(result.n_objects, ==, 0);
    g_assert_cmpuint(result.n_references, ==, 0);
    g_assert_cmpstr(hg_snapshot_get_info(snapshot)->name, ==, "nothing");
    g_assert_false(hg_snapshot_get_info(snapshot)->knows_garbage);
}

static void
test_duplicate(Fixture *fixture, gconstpointer data)
{
    HgLoadOptions options = {0};
    HgLoadResult result;
    g_autoptr(GError) error = NULL;
    g_autoptr(HgLoader) loader = hg_loader_new(fixture->store, &options);
    HgSink *sink = hg_loader_get_sink(loader);
    tell_beginning(sink);
    for (uint64_t identity = 100; identity > 50; identity--)
        g_assert_true(tell_object(sink, identity * 16, NULL));
    g_assert_true(tell_object(sink, 77 * 16, NULL));
    g_assert_true(sink->end(sink, NULL));
    g_assert_false(hg_loader_finish(loader, &result, &error));
    g_assert_error(error, HG_ERROR, HG_ERROR_FORMAT);
    g_assert_cmpstr(error->message, ==, "the object at 0x4d0 comes twice, expected it once");
    g_autoptr(GPtrArray) snapshots = hg_store_list_snapshots(fixture->store, NULL);
    g_assert_cmpuint(snapshots->len, ==, 0);
}

static void
test_unfinished(Fixture *fixture, gconstpointer data)
{
    HgLoadOptions options = {0};
    HgLoadResult result;
    g_autoptr(GError) error = NULL;
    g_autoptr(HgLoader) loader = hg_loader_new(fixture->store, &options);
    tell_beginning(hg_loader_get_sink(loader));
    g_assert_false(hg_loader_finish(loader, &result, &error));
    g_assert_error(error, HG_ERROR, HG_ERROR_TRUNCATED);
}

/* One object with a million references, told in parts, a third of them to nothing. */
static void
test_wide(Fixture *fixture, gconstpointer data)
{
    const uint32_t n = 1000000;
    HgLoadOptions options = {0};
    HgLoadResult result;
    g_autoptr(HgLoader) loader = hg_loader_new(fixture->store, &options);
    HgSink *sink = hg_loader_get_sink(loader);
    tell_beginning(sink);
    for (uint64_t object = 1; object < 1000; object++)
        g_assert_true(tell_object(sink, object * 64, NULL));
    g_assert_true(tell_object(sink, 1000000 * 64, NULL));
    for (uint32_t i = 0; i < n; i++)
        tell_reference(sink, i % 3 ? (1 + i % 999) * 64 : 1, i);
    g_assert_true(tell_object(sink, 1000001 * 64, NULL));
    tell_reference(sink, 64, 7);
    tell_root(sink, 1000000 * 64);
    g_autoptr(HgSnapshot) snapshot = finish(fixture, loader, &result);
    g_assert_cmpuint(result.n_dropped, ==, (n + 2) / 3);
    g_assert_cmpuint(result.n_references, ==, n - (n + 2) / 3 + 1);
    g_assert_cmpuint(get(snapshot, HG_COLUMN_FORWARD_FIRST, 999), ==, 0);
    g_assert_cmpuint(get(snapshot, HG_COLUMN_FORWARD_FIRST, 1000), ==, n - (n + 2) / 3);
    uint64_t at = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (i % 3 == 0)
            continue;
        g_assert_cmpuint(get(snapshot, HG_COLUMN_TARGET, at), ==, i % 999);
        g_assert_cmpuint(get(snapshot, HG_COLUMN_LABEL, at++), ==, i);
    }
    g_assert_cmpuint(get(snapshot, HG_COLUMN_TARGET, at), ==, 0);
    /* of the 999 those with a number that is no multiple of 3 are referred to */
    g_assert_cmpuint(get(snapshot, HG_COLUMN_RETAINED, 999), ==, (1 + 666) * 56);
}

static bool
stop_at(const char *step, uint64_t done, uint64_t total, void *user_data)
{
    return !g_str_equal(step, user_data);
}

static void
test_cancel(Fixture *fixture, gconstpointer data)
{
    static const char *const steps[] = {"sorting objects", "resolving references",
                                        "writing the store"};
    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
        HgLoadOptions options = {.progress = {stop_at, (void *)steps[i]}};
        HgLoadResult result;
        g_autoptr(GError) error = NULL;
        g_autoptr(HgLoader) loader = hg_loader_new(fixture->store, &options);
        tell(hg_loader_get_sink(loader), 1, 50);
        g_assert_false(hg_loader_finish(loader, &result, &error));
        g_assert_error(error, HG_ERROR, HG_ERROR_CANCELLED);
        g_autoptr(GPtrArray) snapshots = hg_store_list_snapshots(fixture->store, NULL);
        g_assert_cmpuint(snapshots->len, ==, 0);
    }
}

/* What a sink is told may not name what it was not told. */
static void
test_unknown_names(Fixture *fixture, gconstpointer data)
{
    HgLoadOptions options = {0};
    g_autoptr(HgLoader) loader = hg_loader_new(fixture->store, &options);
    HgSink *sink = hg_loader_get_sink(loader);
    g_autoptr(GError) error = NULL;
    HgReferenceRecord reference = {64, 2, HG_LABEL_ATTRIBUTE};
    g_assert_false(sink->references(sink, &reference, 1, &error));
    g_assert_error(error, HG_ERROR, HG_ERROR_FORMAT);
    g_clear_error(&error);
    g_assert_false(tell_object(sink, 64, &error));
    g_assert_cmpstr(error->message, ==, "type 0 is named before it is told");
    g_clear_error(&error);
    tell_beginning(sink);
    g_assert_true(tell_object(sink, 64, NULL));
    g_assert_false(sink->references(sink, &reference, 1, &error));
    g_assert_cmpstr(error->message, ==, "text 2 is named before it is told");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/load/gives-back-what-was-told", Fixture, NULL, set_up, test_random, tear_down);
    g_test_add("/load/nothing", Fixture, NULL, set_up, test_empty, tear_down);
    g_test_add("/load/an-object-twice", Fixture, NULL, set_up, test_duplicate, tear_down);
    g_test_add("/load/without-end", Fixture, NULL, set_up, test_unfinished, tear_down);
    g_test_add("/load/a-million-references", Fixture, NULL, set_up, test_wide, tear_down);
    g_test_add("/load/can-be-cancelled", Fixture, NULL, set_up, test_cancel, tear_down);
    g_test_add("/load/unknown-names", Fixture, NULL, set_up, test_unknown_names, tear_down);
    return g_test_run();
}
