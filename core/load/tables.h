/* tables.h - what is small becomes rows of the store's tables.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/load/addresses.h"
#include "core/store/store.h"

/* Sums by type; arrays of hg_records_count(records, HG_FIELD_TYPE_IDENTITY) numbers. */
typedef struct {
    uint64_t *first; /* where its objects start in HG_COLUMN_BY_TYPE; one more: the end */
    uint64_t *n_garbage;
    uint64_t *size;
    uint64_t *sizeof_;
    uint64_t *retained;
} HgTypeSums;

bool hg_type_sums_init(HgTypeSums *sums, uint64_t n_types, GError **error);
void hg_type_sums_clear(HgTypeSums *sums);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HgTypeSums, hg_type_sums_clear)

/* Sums by allocation site. */
typedef struct {
    uint64_t *n_objects;
    uint64_t *size;
} HgSiteSums;

bool hg_site_sums_init(HgSiteSums *sums, uint64_t n_sites, GError **error);
void hg_site_sums_clear(HgSiteSums *sums);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HgSiteSums, hg_site_sums_clear)

/* Writes roots, threads, frames, sites and facts. Sets *n_dropped to how many roots are no object.
 */
bool hg_tables_write(const HgRecords *records, const HgAddresses *addresses,
                     const HgSiteSums *sites, HgSnapshotWriter *writer, uint64_t *n_dropped,
                     GError **error);

/* Writes the types. [objects] are the numbers of the type objects, HG_NONE for none. */
bool hg_tables_write_types(const HgRecords *records, const uint32_t *objects,
                           const HgTypeSums *sums, HgSnapshotWriter *writer, GError **error);
