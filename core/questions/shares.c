/* shares.c - what the memory is divided into: every byte belongs to one share, and none to two.
 * SPDX-License-Identifier: MIT */
#include "core/questions/shares.h"

#include "core/numbers.h"

static void
free_share(void *data)
{
    HgShare *share = data;
    g_free(share->label);
    g_free(share);
}

void
hg_shares_free(HgShares *shares)
{
    if (!shares)
        return;
    g_ptr_array_unref(shares->rows);
    g_free(shares);
}

uint32_t
hg_shares_add(HgShares *shares, const HgShare *share)
{
    g_ptr_array_add(shares->rows, g_memdup2(share, sizeof *share));
    if (share->parent == HG_NONE)
        shares->size += share->size;
    return shares->rows->len - 1;
}

void
hg_shares_add_more(HgShares *shares, uint32_t parent, uint64_t size, uint64_t count)
{
    if (size == 0 || count == 0)
        return;
    g_autofree char *number = hg_number_dup_count(count);
    HgShare share = {.kind = HG_SHARE_MORE,
                     .parent = parent,
                     .object = HG_NONE,
                     .type = HG_NONE,
                     .size = size,
                     .count = count,
                     .label = g_strconcat(number, " more", NULL)};
    hg_shares_add(shares, &share);
}

HgShares *
hg_shares_find(HgSnapshot *snapshot, const HgSharesOptions *options, GError **error)
{
    g_autoptr(HgShares) shares = g_new0(HgShares, 1);
    shares->rows = g_ptr_array_new_with_free_func(free_share);
    uint32_t n_objects = hg_snapshot_count_objects(snapshot);
    if (n_objects > 0 && hg_snapshot_count(snapshot, HG_COLUMN_RETAINED) == 0) {
        g_set_error_literal(error, HG_ERROR, HG_ERROR_NOT_FOUND,
                            "this snapshot does not know who holds what");
        return NULL;
    }
    bool found = options->kind == HG_SHARES_BY_HOLDER
                     ? hg_shares_find_by_holder(snapshot, options, shares, error)
                     : hg_shares_find_by_owner(snapshot, options, shares, error);
    return found ? g_steal_pointer(&shares) : NULL;
}
