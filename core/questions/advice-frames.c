/* advice-frames.c - big lists that nothing but a local variable holds.
 *
 * Read once, such a list could be a generator, which has one item at a time. Whether it is only
 * read once no heap can tell; that an iterator over it is under way is a sign.
 * SPDX-License-Identifier: MIT */
#include "core/questions/advice-private.h"
#include "core/questions/advice-words.h"

#include "core/questions/chain.h"
#include "core/questions/roots.h"

#define REFERRERS_MAX 8u

/* Sets *alone to whether only frames and iterators refer to [list]; *is_read to whether an iterator
 * does. */
static bool
check_referrers(HgAdviceHeap *heap, uint32_t list, bool *alone, bool *is_read, GError **error)
{
    HgRootRow *const *roots;
    unsigned n_roots;
    g_autoptr(GArray) sources =
        hg_references_read_sources(heap->snapshot, list, REFERRERS_MAX, error);
    if (!sources || !hg_roots_find(heap->snapshot, list, &roots, &n_roots, error))
        return false;
    *alone = sources->len < REFERRERS_MAX;
    *is_read = false;
    for (unsigned i = 0; i < sources->len; i++) {
        const char *type = hg_advice_type_of(heap, g_array_index(sources, uint32_t, i))->name;
        bool is_iterator = g_str_equal(type, "list_iterator");
        *is_read |= is_iterator;
        *alone &= is_iterator || g_str_equal(type, "frame");
    }
    for (unsigned i = 0; i < n_roots; i++)
        *alone &= roots[i]->kind == HG_ROOT_FRAME;
    return true;
}

/* Sets *most to what the biggest item retains: that much a generator keeps. */
static bool
find_biggest_item(HgAdviceHeap *heap, uint32_t list, uint64_t *most, GError **error)
{
    const HgRows *rows = &heap->graph.forward;
    *most = 0;
    for (uint64_t i = rows->first[list]; i < rows->first[list + 1]; i++) {
        uint64_t retained;
        if (heap->holder[rows->other[i]] != list + 1)
            continue;
        if (!hg_snapshot_get(heap->snapshot, HG_COLUMN_RETAINED, rows->other[i], &retained, error))
            return false;
        *most = MAX(*most, retained);
    }
    return true;
}

/* Returns: "load().rows"; g_free(). */
static char *
dup_variable(HgSnapshot *snapshot, uint32_t list, GError **error)
{
    g_autoptr(GArray) chain = hg_chain_find(snapshot, list, error);
    return chain ? hg_chain_dup_text(snapshot, chain, 4, error) : NULL;
}

static bool
add_advice(HgAdviceHeap *heap, uint32_t list, uint64_t retained, bool is_read, GError **error)
{
    uint64_t then;
    g_autofree char *variable = dup_variable(heap->snapshot, list, error);
    g_autofree char *command =
        variable ? hg_advice_dup_object_command(heap->snapshot, "show", list, error) : NULL;
    if (!command || !find_biggest_item(heap, list, &then, error))
        return false;
    if (then >= retained)
        return true;
    g_autoptr(GArray) examples = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_array_append_val(examples, list);
    g_autofree char *count = hg_number_dup_count(heap->length[list] - 1);
    g_autofree char *change = hg_advice_dup_change(retained, then);
    HgAdvice advice = {
        .kind = HG_ADVICE_GENERATOR,
        .count = 1,
        .bytes = retained,
        .saving = retained - then,
        .title = g_strdup_printf("%s: a list of %s items for one function", variable, count),
        .sentence =
            g_strdup_printf("nothing but the local variable %s holds a list of %s items%s: "
                            "they %s one at a time",
                            variable, count, is_read ? ", which is being read" : "", change),
        .remedy = g_strdup("if it is read only once, a generator: (... for ...) or yield"),
        .command = g_steal_pointer(&command)};
    return hg_advice_add(heap, advice, examples, error);
}

static bool
look_at(HgAdviceHeap *heap, uint32_t list, GError **error)
{
    uint64_t retained;
    bool alone, is_read;
    if (!hg_snapshot_get(heap->snapshot, HG_COLUMN_RETAINED, list, &retained, error))
        return false;
    if (retained < heap->options.min_saving || heap->length[list] <= 1 ||
        !hg_bit(heap->is_live, list))
        return true;
    return check_referrers(heap, list, &alone, &is_read, error) &&
           (!alone || add_advice(heap, list, retained, is_read, error));
}

/* Up to 3.10 and where a frame was asked for, locals are referred to by a frame object. */
static void
add_locals(const HgAdviceHeap *heap, uint32_t list_type, GHashTable *lists)
{
    uint32_t frame_type = hg_advice_find_type(heap, "frame");
    const HgRows *rows = &heap->graph.forward;
    for (uint32_t frame = 0; frame_type != HG_NONE && frame < heap->n; frame++) {
        if (heap->type[frame] != frame_type)
            continue;
        for (uint64_t i = rows->first[frame]; i < rows->first[frame + 1]; i++)
            if ((heap->graph.how[i] & HG_HOW_LABEL) == HG_LABEL_LOCAL &&
                heap->type[rows->other[i]] == list_type)
                g_hash_table_add(lists, GSIZE_TO_POINTER((size_t)rows->other[i] + 1));
    }
}

/* Returns: the lists that are local variables, number + 1; NULL with [error] set. */
static GHashTable *
find_locals(HgAdviceHeap *heap, GError **error)
{
    uint32_t list_type = hg_advice_find_type(heap, "list");
    const GPtrArray *roots = hg_snapshot_get_roots(heap->snapshot, error);
    if (!roots)
        return NULL;
    GHashTable *lists = g_hash_table_new(NULL, NULL);
    for (unsigned i = 0; i < roots->len; i++) {
        const HgRootRow *root = roots->pdata[i];
        if (root->kind == HG_ROOT_FRAME && root->name && heap->type[root->object] == list_type)
            g_hash_table_add(lists, GSIZE_TO_POINTER((size_t)root->object + 1));
    }
    add_locals(heap, list_type, lists);
    return lists;
}

bool
hg_advice_find_frames(HgAdviceHeap *heap, GError **error)
{
    if (!hg_advice_wants(heap, HG_ADVICE_GENERATOR) ||
        hg_snapshot_count(heap->snapshot, HG_COLUMN_RETAINED) == 0)
        return true;
    g_autoptr(GHashTable) lists = find_locals(heap, error);
    GHashTableIter iter;
    void *key;
    if (!lists)
        return false;
    for (g_hash_table_iter_init(&iter, lists); g_hash_table_iter_next(&iter, &key, NULL);)
        if (!look_at(heap, (uint32_t)(GPOINTER_TO_SIZE(key) - 1), error))
            return false;
    return true;
}
