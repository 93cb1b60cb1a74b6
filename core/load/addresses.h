/* addresses.h - the objects in the order of their addresses, and which one is where.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/load/records.h"

typedef struct HgPage HgPage;

typedef struct {
    uint32_t n;
    uint64_t *address;   /* [object], ascending */
    uint32_t *telling;   /* [object]: its place in the order of telling; NULL: the same order */
    HgPage *page;        /* a hash table */
    unsigned page_shift; /* 64 - the logarithm of its size */
    uint64_t factor;
} HgAddresses;

void hg_addresses_clear(HgAddresses *addresses);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HgAddresses, hg_addresses_clear)

/* Sorts the objects of [records]; an address that comes twice is HG_ERROR_FORMAT. */
bool hg_addresses_sort(const HgRecords *records, HgAddresses *addresses, GError **error);

/* Returns: the number of the object at [address], HG_NONE if there is none. */
uint32_t hg_addresses_find(const HgAddresses *addresses, uint64_t address);

/* The same for many, faster: memory is asked for ahead of its use. */
void hg_addresses_find_all(const HgAddresses *addresses, const uint64_t *address, size_t count,
                           uint32_t *objects);

/* Frees what finding needs; the order of telling stays. */
void hg_addresses_forget(HgAddresses *addresses);

/* Returns: where object [object] was told. */
static inline uint32_t
hg_addresses_get_telling(const HgAddresses *addresses, uint32_t object)
{
    return addresses->telling ? addresses->telling[object] : object;
}
