/* references.c - references as they were told become rows of the graph.
 *
 * In the order of addresses, some thousand references at a time: their targets are looked up
 * together, so that memory is asked for well before it is needed.
 * SPDX-License-Identifier: MIT */
#include "core/load/references.h"

#include "core/load/told-rows.h"

#define BATCH 4096u
#define ROWS 1024u
#define AHEAD 12u /* rows between asking for memory and using it */

typedef struct {
    const HgRecords *records;
    const HgAddresses *addresses;
    const uint32_t *text;
    HgGraph *graph;
    HgPacked *label;
    uint32_t *uncounted;
    HgToldRows rows;
    HgToldRow next[ROWS]; /* those of the objects around `object` */

    /* what comes next */
    uint32_t object;
    uint64_t row;    /* the next reference of `object`, in the order of telling */
    uint64_t left;   /* so many are left of its row */
    uint64_t kept;   /* references in the graph so far */
    uint32_t before; /* the target before the next one */

    /* a batch */
    uint32_t n_references, n_rows;
    uint32_t row_end[BATCH]; /* rows that end in this batch: behind which reference */
    uint64_t how[BATCH], target[BATCH], told_label[BATCH];
    uint32_t found[BATCH];
} Resolve;

/* ---- rows as they were told ------------------------------------------------------------ */

static void
fetch_row(const Resolve *resolve, const HgToldRow *row)
{
    const HgPacked *field = resolve->records->field;
    if (!row->length)
        return;
    hg_packed_fetch(&field[HG_FIELD_HOW], row->start);
    hg_packed_fetch(&field[HG_FIELD_TARGET], row->start);
    hg_packed_fetch(&field[HG_FIELD_LABEL], row->start);
}

static void
open_row(Resolve *resolve)
{
    if (resolve->object >= resolve->addresses->n)
        return;
    uint32_t at = resolve->object % ROWS;
    if (at == 0)
        hg_told_rows_read(&resolve->rows, resolve->object,
                          MIN(ROWS, resolve->addresses->n - resolve->object), resolve->next);
    resolve->row = resolve->next[at].start;
    resolve->left = resolve->next[at].length;
    if (at + AHEAD < MIN(ROWS, resolve->addresses->n - (resolve->object - at)))
        fetch_row(resolve, &resolve->next[at + AHEAD]);
}

/* ---- a batch --------------------------------------------------------------------------- */

static void
read_part(Resolve *resolve, uint64_t first, uint32_t at, uint32_t count)
{
    const HgPacked *field = resolve->records->field;
    hg_packed_read(&field[HG_FIELD_HOW], first, count, resolve->how + at);
    hg_packed_read(&field[HG_FIELD_TARGET], first, count, resolve->target + at);
    hg_packed_read(&field[HG_FIELD_LABEL], first, count, resolve->told_label + at);
}

/* Takes references until the batch is full or all are taken; rows that stand behind each other
 * are read together. */
static void
fill_batch(Resolve *resolve)
{
    uint64_t first = resolve->row;
    uint32_t waiting = 0;
    resolve->n_references = resolve->n_rows = 0;
    while (resolve->object < resolve->addresses->n && resolve->n_rows < BATCH &&
           resolve->n_references + waiting < BATCH) {
        if (resolve->row != first + waiting) {
            read_part(resolve, first, resolve->n_references, waiting);
            resolve->n_references += waiting;
            waiting = 0;
            first = resolve->row;
        }
        uint32_t taken = (uint32_t)MIN(resolve->left, BATCH - resolve->n_references - waiting);
        resolve->row += taken;
        resolve->left -= taken;
        waiting += taken;
        if (resolve->left == 0) {
            resolve->row_end[resolve->n_rows++] = resolve->n_references + waiting;
            resolve->object++;
            open_row(resolve);
        }
    }
    read_part(resolve, first, resolve->n_references, waiting);
    resolve->n_references += waiting;
}

static uint64_t
number_of(uint32_t object)
{
    return object == HG_NONE ? 0 : (uint64_t)object + 1;
}

/* Returns: what HG_COLUMN_LABEL says of reference [i]; [before] is the target before it. */
static uint64_t
resolve_label(const Resolve *resolve, uint32_t i, uint32_t before)
{
    uint64_t label = resolve->told_label[i];
    switch (resolve->how[i] & HG_HOW_LABEL) {
    case HG_LABEL_ATTRIBUTE:
    case HG_LABEL_LOCAL:
    case HG_LABEL_SLOT:
    case HG_LABEL_INTERNAL:
        return resolve->text[label];
    case HG_LABEL_VALUE:
        return number_of(label ? hg_addresses_find(resolve->addresses, label) : before);
    default:
        return label;
    }
}

static bool
is_counted(uint64_t how)
{
    return (how & (HG_HOW_VISITED | HG_HOW_OWNED)) && hg_how_keeps((uint8_t)how);
}

static bool
keep_reference(Resolve *resolve, uint32_t i, GError **error)
{
    HgGraph *graph = resolve->graph;
    uint32_t target = resolve->found[i], before = resolve->before;
    resolve->before = target;
    if (target == HG_NONE)
        return true;
    graph->forward.other[resolve->kept] = target;
    graph->how[resolve->kept++] = (uint8_t)resolve->how[i];
    if (resolve->uncounted && !is_counted(resolve->how[i]))
        resolve->uncounted[target]++;
    return hg_packed_append(resolve->label, resolve_label(resolve, i, before), error);
}

/* [object] is the first whose row ends in this batch. */
static bool
keep_batch(Resolve *resolve, uint32_t object, GError **error)
{
    uint32_t row = 0;
    for (uint32_t i = 0; i <= resolve->n_references; i++) {
        for (; row < resolve->n_rows && resolve->row_end[row] == i; row++) {
            resolve->graph->forward.first[(uint64_t)object + row + 1] = resolve->kept;
            resolve->before = HG_NONE;
        }
        if (i < resolve->n_references && !keep_reference(resolve, i, error))
            return false;
    }
    return true;
}

static bool
resolve_all(Resolve *resolve, const HgProgress *progress, GError **error)
{
    uint32_t reported = 0;
    open_row(resolve);
    while (resolve->object < resolve->addresses->n) {
        uint32_t object = resolve->object;
        if (object >= reported) {
            reported = object + MIN(HG_PROGRESS_STEPS, UINT32_MAX - object);
            if (!hg_progress_report(progress, "resolving references", object, resolve->addresses->n,
                                    error))
                return false;
        }
        fill_batch(resolve);
        hg_addresses_find_all(resolve->addresses, resolve->target, resolve->n_references,
                              resolve->found);
        if (!keep_batch(resolve, object, error))
            return false;
    }
    return true;
}

bool
hg_references_resolve(const HgRecords *records, const HgAddresses *addresses, const uint32_t *text,
                      const HgProgress *progress, HgGraph *graph, HgPacked *label,
                      uint32_t *uncounted, uint64_t *n_dropped, GError **error)
{
    uint64_t n_told = hg_records_count(records, HG_FIELD_TARGET);
    graph->n_objects = addresses->n;
    graph->forward.first = hg_array_new((uint64_t)addresses->n + 1, sizeof(uint64_t), error);
    graph->forward.other =
        graph->forward.first ? hg_array_new(n_told, sizeof(uint32_t), error) : NULL;
    graph->how = graph->forward.other ? hg_array_new(n_told, 1, error) : NULL;
    if (!graph->how)
        return false;

    g_autofree Resolve *resolve = g_new0(Resolve, 1);
    resolve->records = records;
    resolve->addresses = addresses;
    resolve->text = text;
    resolve->graph = graph;
    resolve->label = label;
    resolve->uncounted = uncounted;
    resolve->before = HG_NONE;
    bool resolved = hg_told_rows_init(&resolve->rows, &records->field[HG_FIELD_N_REFERENCES], 0,
                                      addresses->telling, error) &&
                    resolve_all(resolve, progress, error) && hg_packed_finish(label, error);
    hg_told_rows_clear(&resolve->rows);
    graph->n_references = resolve->kept;
    *n_dropped = n_told - resolve->kept;
    return resolved;
}
