/* addresses.c - the objects in the order of their addresses, and which one is where.
 *
 * To find one: a hash table says which objects lie in a page of 4 KiB, and where within
 * them is guessed from the offset in the page: CPython's allocator fills its pages with
 * blocks of one size, so the guess is right or nearly so.
 * SPDX-License-Identifier: MIT */
#include "core/load/addresses.h"

#include "core/graph/graph.h"
#include "core/graph/radix.h"

#include <inttypes.h>

#define PAGE_BITS 12
#define PAGE_SIZE (UINT64_C(1) << PAGE_BITS)
#define AHEAD 16
#define NEAR 8 /* so far the guess is walked on from */

struct HgPage {
    uint64_t number; /* address >> PAGE_BITS */
    uint32_t first;  /* object */
    uint32_t count;  /* 0: this place of the table is free */
};

void
hg_addresses_forget(HgAddresses *addresses)
{
    hg_array_clear(&addresses->address);
    hg_array_clear(&addresses->page);
}

void
hg_addresses_clear(HgAddresses *addresses)
{
    hg_addresses_forget(addresses);
    hg_array_clear(&addresses->telling);
    addresses->n = 0;
}

/* ---- order ---------------------------------------------------------------------------- */

static bool
is_sorted(const uint64_t *address, uint32_t n)
{
    for (uint32_t object = 1; object < n; object++)
        if (address[object - 1] > address[object])
            return false;
    return true;
}

static bool
sort(HgAddresses *addresses, GError **error)
{
    if (is_sorted(addresses->address, addresses->n))
        return true;
    addresses->telling = hg_array_new(addresses->n, sizeof(uint32_t), error);
    if (!addresses->telling)
        return false;
    for (uint32_t object = 0; object < addresses->n; object++)
        addresses->telling[object] = object;
    return hg_radix_sort(addresses->address, addresses->telling, addresses->n, error);
}

static bool
check_different(const HgAddresses *addresses, GError **error)
{
    for (uint32_t object = 1; object < addresses->n; object++)
        if (addresses->address[object - 1] == addresses->address[object]) {
            g_set_error(error, HG_ERROR, HG_ERROR_FORMAT,
                        "the object at 0x%" PRIx64 " comes twice, expected it once",
                        addresses->address[object]);
            return false;
        }
    return true;
}

/* ---- pages ---------------------------------------------------------------------------- */

static uint64_t
count_pages(const HgAddresses *addresses)
{
    uint64_t count = addresses->n ? 1 : 0;
    for (uint32_t object = 1; object < addresses->n; object++)
        count +=
            addresses->address[object] >> PAGE_BITS != addresses->address[object - 1] >> PAGE_BITS;
    return count;
}

/* The table is at least twice as large as what it holds; a factor nobody can foresee keeps a dump
 * from being made so that all pages fall into one place. */
static uint64_t
place_of(const HgAddresses *addresses, uint64_t page)
{
    uint64_t mixed = page * addresses->factor;
    return (mixed ^ mixed >> 32) * UINT64_C(0x9e3779b97f4a7c15) >> addresses->page_shift;
}

static HgPage *
find_page(const HgAddresses *addresses, uint64_t number)
{
    uint64_t mask = UINT64_MAX >> addresses->page_shift;
    uint64_t place = place_of(addresses, number);
    while (addresses->page[place].count && addresses->page[place].number != number)
        place = (place + 1) & mask;
    return &addresses->page[place];
}

static bool
fill_pages(HgAddresses *addresses, GError **error)
{
    unsigned bits = 1;
    for (uint64_t n_pages = count_pages(addresses); UINT64_C(1) << bits < 2 * n_pages;)
        bits++;
    addresses->page_shift = 64 - bits;
    addresses->factor = (uint64_t)g_random_int() << 32 | g_random_int() | 1;
    addresses->page = hg_array_new(UINT64_C(1) << bits, sizeof(HgPage), error);
    if (!addresses->page)
        return false;
    for (uint32_t object = 0; object < addresses->n;) {
        uint64_t number = addresses->address[object] >> PAGE_BITS;
        HgPage *page = find_page(addresses, number);
        *page = (HgPage){number, object, 0};
        while (object < addresses->n && addresses->address[object] >> PAGE_BITS == number) {
            object++;
            page->count++;
        }
    }
    return true;
}

bool
hg_addresses_sort(const HgRecords *records, HgAddresses *addresses, GError **error)
{
    g_auto(HgAddresses) sorted = {.n = (uint32_t)hg_records_count(records, HG_FIELD_IDENTITY)};
    if (!(sorted.address = hg_array_new(sorted.n, sizeof(uint64_t), error)))
        return false;
    hg_packed_read(&records->field[HG_FIELD_IDENTITY], 0, sorted.n, sorted.address);
    if (!sort(&sorted, error) || !check_different(&sorted, error) || !fill_pages(&sorted, error))
        return false;
    *addresses = sorted;
    sorted = (HgAddresses){0};
    return true;
}

/* ---- finding -------------------------------------------------------------------------- */

static uint32_t
guess(const HgPage *page, uint64_t address)
{
    return page->first + (uint32_t)((address % PAGE_SIZE) * page->count / PAGE_SIZE);
}

/* Returns: the first of objects [low], [high] - 1 at or behind [address], [high] if none is. */
static uint32_t
search(const uint64_t *at, uint32_t low, uint32_t high, uint64_t address)
{
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (at[middle] < address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static uint32_t
find_in_page(const HgAddresses *addresses, const HgPage *page, uint64_t address)
{
    const uint64_t *at = addresses->address;
    uint32_t low = page->first, high = page->first + page->count;
    uint32_t object = guess(page, address);
    for (int step = 0; step < NEAR && object > low && at[object] > address; step++)
        object--;
    for (int step = 0; step < NEAR && object + 1 < high && at[object] < address; step++)
        object++;
    if (at[object] != address)
        object = search(at, low, high, address);
    return object < high && at[object] == address ? object : HG_NONE;
}

uint32_t
hg_addresses_find(const HgAddresses *addresses, uint64_t address)
{
    const HgPage *page = find_page(addresses, address >> PAGE_BITS);
    return page->count ? find_in_page(addresses, page, address) : HG_NONE;
}

void
hg_addresses_find_all(const HgAddresses *addresses, const uint64_t *address, size_t count,
                      uint32_t *objects)
{
    const HgPage *page[AHEAD] = {0};
    for (size_t i = 0; i < count + 2 * AHEAD; i++) {
        if (i >= 2 * AHEAD) {
            const HgPage *found = page[i % AHEAD];
            objects[i - 2 * AHEAD] =
                found->count ? find_in_page(addresses, found, address[i - 2 * AHEAD]) : HG_NONE;
        }
        if (i >= AHEAD && i < count + AHEAD) {
            page[i % AHEAD] = find_page(addresses, address[i - AHEAD] >> PAGE_BITS);
            __builtin_prefetch(&addresses->address[guess(page[i % AHEAD], address[i - AHEAD])]);
        }
        if (i < count)
            __builtin_prefetch(&addresses->page[place_of(addresses, address[i] >> PAGE_BITS)]);
    }
}
