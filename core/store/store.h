/* store.h - the SQLite file that holds snapshots.
 *
 *      store ── snapshot 1 ── small tables: type, root, thread, frame, site, fact
 *          │                └ columns: arrays in chunks: address, type, size, target, ...
 *          ├── snapshot 2 ...
 *          └── text, bookmark: shared by all
 *
 * What is small is plain tables that any SQLite reads (schema.sql); what is as long as the
 * heap is columns: arrays cut into chunks of HG_CHUNK numbers, packed, one BLOB each. Opening a
 * snapshot reads none of them; a question reads the chunks it touches.
 *
 * This folder is the only one that knows of SQLite. A handle belongs to one thread at a time.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/dump/dump.h"
#include "core/error.h"
#include "core/progress.h"

#define HG_CHUNK 16384u /* numbers in a chunk */

/* The columns. The numbers stand in files: never change one. */
typedef enum {
    HG_COLUMN_ADDRESS = 0, /* identity, ascending */
    HG_COLUMN_TYPE,        /* number of the type: HgTypeRow.number */
    HG_COLUMN_SIZE,
    HG_COLUMN_SIZEOF,   /* + 1, 0 unknown */
    HG_COLUMN_REFCOUNT, /* + 1, 0 unknown */
    HG_COLUMN_SURPLUS, /* reference count less the references found, zigzag; empty if never known */
    HG_COLUMN_FLAGS,   /* HG_OBJECT_* */
    HG_COLUMN_LENGTH,  /* + 1, 0 for what has none */
    HG_COLUMN_SITE,    /* + 1, 0 none; empty if the dump has no sites */
    HG_COLUMN_VALUE,   /* a column of bytes: hg_snapshot_read_value() */
    /* references: n + 1 row starts, then one number a reference */
    HG_COLUMN_FORWARD_FIRST,
    HG_COLUMN_TARGET,
    HG_COLUMN_HOW,   /* HG_HOW_* and label kind */
    HG_COLUMN_LABEL, /* by kind: text of this store, index, or the key's object number + 1 (0:
                        unknown) */
    HG_COLUMN_BACKWARD_FIRST,
    HG_COLUMN_SOURCE, /* ascending within a row, one for each reference */
    /* computed */
    HG_COLUMN_DISTANCE, /* references from the nearest root + 1 (a root: 1), 0 unreached */
    HG_COLUMN_STEP,     /* the object before it on that way + 1; 0 for a root and the unreached */
    HG_COLUMN_HOLDER,   /* immediate dominator + 1; 0 where there is no single one */
    HG_COLUMN_RETAINED,
    HG_COLUMN_BY_TYPE,    /* objects sorted by type, then biggest size first, then address;
                           * HgTypeRow.first says where a type starts */
    HG_COLUMN_HELD_FIRST, /* n + 3 row starts: row holder + 1 of what it directly holds, row 0 of
                           * what the roots hold, the last of what nothing reaches or holds */
    HG_COLUMN_HELD,       /* objects, ascending within a row */
    HG_N_COLUMNS
} HgColumn;

typedef enum {
    HG_STORE_READ, /* must exist */
    HG_STORE_WRITE /* created where it does not exist */
} HgStoreMode;

typedef struct HgStore HgStore;
typedef struct HgSnapshot HgSnapshot;
typedef struct HgSnapshotWriter HgSnapshotWriter;

/* ---- the file ------------------------------------------------------------------------- */

/* Returns: the store at [path], or NULL: not a store (HG_ERROR_FORMAT), from a newer
 * heapgraph (HG_ERROR_NEWER), absent (HG_ERROR_NOT_FOUND), locked (HG_ERROR_BUSY). */
HgStore *hg_store_open(const char *path, HgStoreMode mode, GError **error);
void hg_store_close(HgStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HgStore, hg_store_close)
const char *hg_store_get_path(const HgStore *store);

/* Returns: whether the first bytes of a file are those of an SQLite database. */
bool hg_store_recognises(const uint8_t *bytes, size_t size);

typedef struct {
    uint32_t id;   /* 1, 2, ... in the order of loading, never used again */
    char *name;    /* unique in the store */
    int64_t taken; /* microseconds since 1970 */
    char *source;  /* "pure-python", "process", "core" */
    char *python;  /* "3.11.2" */
    char *process; /* boot id, pid and start time as one text; "" if unknown */
    uint64_t n_objects, n_references;
    uint64_t size;      /* sum of the sizes of all objects */
    uint64_t stored;    /* bytes of its columns in the file */
    bool instant;       /* false: the program ran while the dump was taken */
    bool knows_garbage; /* false: unreached objects are unknown, not garbage */
    uint64_t n_live;    /* objects reached from a root */
    uint64_t n_dropped; /* references whose target was in no object record */
} HgSnapshotInfo;

void hg_snapshot_info_free(HgSnapshotInfo *info);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HgSnapshotInfo, hg_snapshot_info_free)

/* Returns: HgSnapshotInfo of every published snapshot, oldest first; g_ptr_array_unref(). */
GPtrArray *hg_store_list_snapshots(HgStore *store, GError **error);

/* Returns: whether a new snapshot of the store may be called so; [store] is NULL for one that is
 * not there yet. */
bool hg_store_check_new_name(HgStore *store, const char *name, GError **error);

/* [which] is a number, a name, "latest", "previous" or "first"; NULL means the latest.
 * HG_ERROR_NOT_FOUND names what there is. */
bool hg_store_find_snapshot(HgStore *store, const char *which, uint32_t *id, GError **error);
bool hg_store_rename_snapshot(HgStore *store, uint32_t id, const char *name, GError **error);
bool hg_store_remove_snapshot(HgStore *store, uint32_t id, GError **error);

/* Bookmarks: a name for an object of a snapshot, with a note. */
typedef struct {
    char *name;
    uint64_t address;
    char *note;
} HgBookmark;

bool hg_store_set_bookmark(HgStore *store, uint32_t id, const HgBookmark *bookmark, GError **error);
bool hg_store_remove_bookmark(HgStore *store, uint32_t id, const char *name, GError **error);
/* Returns: HgBookmark of snapshot [id] by name; g_ptr_array_unref(). */
GPtrArray *hg_store_list_bookmarks(HgStore *store, uint32_t id, GError **error);

/* ---- reading a snapshot --------------------------------------------------------------- */

/* Returns: the snapshot with that id. It borrows [store]: close it first. */
HgSnapshot *hg_snapshot_open(HgStore *store, uint32_t id, GError **error);
void hg_snapshot_close(HgSnapshot *snapshot);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HgSnapshot, hg_snapshot_close)

/* Gives back the memory of chunks that were not looked at lately: for who keeps a snapshot open
 * between questions. */
void hg_snapshot_trim(HgSnapshot *snapshot);

HgStore *hg_snapshot_get_store(const HgSnapshot *snapshot);
const HgSnapshotInfo *hg_snapshot_get_info(const HgSnapshot *snapshot);
uint32_t hg_snapshot_count_objects(const HgSnapshot *snapshot);
uint64_t hg_snapshot_count_references(const HgSnapshot *snapshot);

/* Returns: how many numbers a column has; 0 for one that this snapshot does not have. */
uint64_t hg_snapshot_count(const HgSnapshot *snapshot, HgColumn column);

/* One number. An index beyond the column is HG_ERROR_FAILED. */
bool hg_snapshot_get(HgSnapshot *snapshot, HgColumn column, uint64_t index, uint64_t *number,
                     GError **error);
/* Where a row starts and ends, of the columns whose starts [starts] are: FORWARD_FIRST,
 * BACKWARD_FIRST or HELD_FIRST. HG_ERROR_NOT_FOUND if the snapshot does not have them. */
bool hg_snapshot_get_row(HgSnapshot *snapshot, HgColumn starts, uint64_t row, uint64_t *start,
                         uint64_t *end, GError **error);
/* [count] numbers from [first] on, into an array of the caller's. */
bool hg_snapshot_read(HgSnapshot *snapshot, HgColumn column, uint64_t first, uint64_t count,
                      uint64_t *numbers, GError **error);
/* The same in narrower arrays; a number that does not fit is HG_ERROR_FORMAT. */
bool hg_snapshot_read_u32(HgSnapshot *snapshot, HgColumn column, uint64_t first, uint64_t count,
                          uint32_t *numbers, GError **error);
bool hg_snapshot_read_u8(HgSnapshot *snapshot, HgColumn column, uint64_t first, uint64_t count,
                         uint8_t *numbers, GError **error);

/* The value of an object. Sets *value to NULL where there is none, else to a text of the
 * caller's (g_free), NUL-terminated, *size bytes long (it may hold NUL itself). */
bool hg_snapshot_read_value(HgSnapshot *snapshot, uint32_t object, char **value, size_t *size,
                            GError **error);

/* The same, borrowed until the next value is read: for those who read many. */
bool hg_snapshot_peek_value(HgSnapshot *snapshot, uint32_t object, const char **value, size_t *size,
                            GError **error);

/* The number of the object at [address]; HG_ERROR_NOT_FOUND if there is none. */
bool hg_snapshot_find_address(HgSnapshot *snapshot, uint64_t address, uint32_t *object,
                              GError **error);

/* Small tables. Each is read on first use and belongs to the snapshot. */
typedef struct {
    uint32_t number; /* 0 .. n-1 */
    char *name;      /* "module.qualname", without "builtins." */
    char *module, *qualname;
    uint64_t address; /* of the type object */
    uint32_t object;  /* its number, or HG_NONE */
    uint64_t basicsize, itemsize;
    uint32_t flags;     /* HG_TYPE_* */
    uint64_t first;     /* where its objects start in HG_COLUMN_BY_TYPE */
    uint64_t n_objects; /* all of them */
    uint64_t n_garbage; /* of these not live (0 where nobody knows) */
    uint64_t size;      /* of all its objects */
    uint64_t sizeof_;   /* the same by sys.getsizeof, where known */
    uint64_t retained;  /* of all, nested ones once; 0 before dominators are known */
    GStrv slots;        /* own __slots__, may be NULL */
    uint64_t *bases;    /* identities */
    uint32_t n_bases;
} HgTypeRow;

typedef struct {
    uint32_t object;
    HgRootKind kind;
    char *name;     /* may be NULL */
    uint32_t frame; /* HgFrameRow.number or HG_NONE */
    uint32_t interpreter;
} HgRootRow;

/* Returns: "module", "frame", "interpreter", "static", "external"; borrowed. */
const char *hg_root_kind_get_name(HgRootKind kind);

typedef struct {
    uint32_t number;
    uint64_t id;
    char *name; /* may be NULL */
    uint32_t interpreter;
} HgThreadRow;

typedef struct {
    uint32_t number;
    uint32_t thread; /* HgThreadRow.number */
    uint32_t depth;  /* 0: innermost */
    char *function, *file;
    uint32_t line;   /* 0: unknown */
    uint32_t object; /* or HG_NONE */
} HgFrameRow;

typedef struct {
    uint32_t number;
    char *lines; /* "file:line\nfile:line...", innermost first */
    uint64_t n_objects, size;
} HgSiteRow;

typedef struct {
    char *key, *value;
} HgFact;

/* Returns: an array borrowed from the snapshot, NULL with [error] set. */
const GPtrArray *hg_snapshot_get_types(HgSnapshot *snapshot, GError **error); /* [number] */
const GPtrArray *hg_snapshot_get_roots(HgSnapshot *snapshot, GError **error); /* by object */
const GPtrArray *hg_snapshot_get_threads(HgSnapshot *snapshot, GError **error);
const GPtrArray *hg_snapshot_get_frames(HgSnapshot *snapshot, GError **error);
const GPtrArray *hg_snapshot_get_sites(HgSnapshot *snapshot, GError **error);
const GPtrArray *hg_snapshot_get_facts(HgSnapshot *snapshot, GError **error);
/* Returns: the value of a fact, borrowed, or NULL if there is none (or it cannot be read). */
const char *hg_snapshot_get_fact(HgSnapshot *snapshot, const char *key);

/* Returns: the text with that number of this store, borrowed; NULL with [error] set. */
const char *hg_snapshot_get_text(HgSnapshot *snapshot, uint64_t text, GError **error);
/* Sets *text to the number of [content], HG_NONE where the store has no such text. */
bool hg_snapshot_find_text(HgSnapshot *snapshot, const char *content, uint32_t *text,
                           GError **error);

/* ---- writing a snapshot --------------------------------------------------------------- */

/* A snapshot becomes visible with hg_snapshot_writer_publish(), and not before. Chunks are packed
 * and written on a thread of the writer's own, in short transactions; a writer that is freed
 * unpublished, or dies, leaves the store as it was for every reader, and the next writer sweeps. */
HgSnapshotWriter *hg_snapshot_writer_new(HgStore *store, GError **error);
void hg_snapshot_writer_free(HgSnapshotWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HgSnapshotWriter, hg_snapshot_writer_free)

/* Interns [n_texts] texts; sets [numbers] to theirs in the store (the same text has one number). */
bool hg_snapshot_writer_add_texts(HgSnapshotWriter *writer, const char *const *texts,
                                  size_t n_texts, uint32_t *numbers, GError **error);

/* Appends to a column; columns may be written in any order and interleaved. */
bool hg_snapshot_writer_append(HgSnapshotWriter *writer, HgColumn column, const uint64_t *numbers,
                               size_t count, GError **error);
bool hg_snapshot_writer_append_u32(HgSnapshotWriter *writer, HgColumn column,
                                   const uint32_t *numbers, size_t count, GError **error);
bool hg_snapshot_writer_append_u8(HgSnapshotWriter *writer, HgColumn column, const uint8_t *numbers,
                                  size_t count, GError **error);
/* Appends the value of the next object to HG_COLUMN_VALUE; [value] NULL for none. */
bool hg_snapshot_writer_append_value(HgSnapshotWriter *writer, const char *value, size_t size,
                                     GError **error);

bool hg_snapshot_writer_add_type(HgSnapshotWriter *writer, const HgTypeRow *row, GError **error);
bool hg_snapshot_writer_add_root(HgSnapshotWriter *writer, const HgRootRow *row, GError **error);
bool hg_snapshot_writer_add_thread(HgSnapshotWriter *writer, const HgThreadRow *row,
                                   GError **error);
bool hg_snapshot_writer_add_frame(HgSnapshotWriter *writer, const HgFrameRow *row, GError **error);
bool hg_snapshot_writer_add_site(HgSnapshotWriter *writer, const HgSiteRow *row, GError **error);
bool hg_snapshot_writer_add_fact(HgSnapshotWriter *writer, const char *key, const char *value,
                                 GError **error);

/* Makes the snapshot visible. [info]'s id is ignored; its name may be NULL (then "snapshot N");
 * a name that is taken is HG_ERROR_USAGE. Sets *id. */
bool hg_snapshot_writer_publish(HgSnapshotWriter *writer, const HgSnapshotInfo *info, uint32_t *id,
                                GError **error);

/* ---- questions in SQL ----------------------------------------------------------------- */

typedef enum {
    HG_SQL_NULL,
    HG_SQL_INTEGER,
    HG_SQL_REAL,
    HG_SQL_TEXT,
    HG_SQL_BLOB
} HgSqlKind;

typedef struct {
    HgSqlKind kind;
    int64_t integer;
    double real;
    const char *text; /* also bytes of a BLOB */
    size_t size;
} HgSqlValue;

/* Called once with [values] NULL and the names of the columns, then for every row.
 * Returns: false to stop. */
typedef bool (*HgSqlFunc)(const char *const *names, const HgSqlValue *values, size_t n_columns,
                          void *user_data);

/* Runs one or more statements that read (nothing may be written) with the tables
 * `object`, `reference` ... meaning this snapshot. */
bool hg_snapshot_run_sql(HgSnapshot *snapshot, const char *sql, HgSqlFunc func, void *user_data,
                         GError **error);
/* The same, and a statement that runs for long can be stopped; [progress] may be NULL. */
bool hg_snapshot_ask_sql(HgSnapshot *snapshot, const char *sql, const HgProgress *progress,
                         HgSqlFunc func, void *user_data, GError **error);

/* Writes the snapshot as plain tables with indexes into a new SQLite file at [path]. */
bool hg_snapshot_export_tables(HgSnapshot *snapshot, const char *path, const HgProgress *progress,
                               GError **error);
