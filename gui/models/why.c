/* why.c - why an object is alive.
 * SPDX-License-Identifier: MIT */
#include "gui/models/why.h"

#include "core/numbers.h"
#include "core/questions/chain.h"
#include "core/questions/describe.h"
#include "core/questions/ways.h"
#include "core/text.h"

#include <inttypes.h>
#include <string.h>

#define HOLDERS_MAX 100000 /* holders of holders that are looked at */

static void
free_step(void *data)
{
    HgWhyStep *step = data;
    g_free(step->label);
    g_free(step->caption);
    g_free(step);
}

static void
free_way(void *data)
{
    HgWhyWay *way = data;
    g_clear_pointer(&way->steps, g_ptr_array_unref);
    g_free(way->line);
    g_free(way);
}

void
hg_why_free(void *data)
{
    HgWhy *why = data;
    if (!why)
        return;
    g_ptr_array_unref(why->ways);
    g_free(why->nothing);
    g_free(why);
}

static HgWhy *
new_why(void)
{
    HgWhy *why = g_new0(HgWhy, 1);
    why->ways = g_ptr_array_new_with_free_func(free_way);
    return why;
}

/* ---- one way ----------------------------------------------------------------------------------
 */

/* Returns: the holder of the object, the holder of that, and so on, as a set. */
static GHashTable *
find_holders(HgSnapshot *snapshot, uint32_t object, GError **error)
{
    g_autoptr(GHashTable) holders = g_hash_table_new(NULL, NULL);
    uint64_t holder = (uint64_t)object + 1;
    if (hg_snapshot_count(snapshot, HG_COLUMN_HOLDER) == 0)
        return g_steal_pointer(&holders);
    for (unsigned i = 0; i < HOLDERS_MAX && holder > 0; i++) {
        if (!hg_snapshot_get(snapshot, HG_COLUMN_HOLDER, holder - 1, &holder, error))
            return NULL;
        if (holder > 0 && !g_hash_table_add(holders, GSIZE_TO_POINTER(holder - 1)))
            break;
    }
    return g_steal_pointer(&holders);
}

/* What all steps of a way are told with. */
typedef struct {
    HgSnapshot *snapshot;
    const GArray *chain;
    GHashTable *holders;
    HgWhyWay *way;
} Teller;

static uint32_t
get_object(const Teller *teller, unsigned place)
{
    return g_array_index(teller->chain, uint32_t, place);
}

/* [label] is taken. */
static bool
add_step(Teller *teller, unsigned place, char *label, GError **error)
{
    HgObject object;
    HgWhyStep *step = g_new0(HgWhyStep, 1);
    g_ptr_array_add(teller->way->steps, step);
    step->label = label;
    step->object = get_object(teller, place);
    step->holds = g_hash_table_contains(teller->holders, GSIZE_TO_POINTER(step->object));
    if (!hg_object_read(teller->snapshot, step->object, &object, error))
        return false;
    step->retained = object.retained;
    step->caption = hg_object_dup_caption(teller->snapshot, step->object, true, error);
    return step->caption;
}

static void
add_gap(Teller *teller, unsigned n_left_out)
{
    HgWhyStep *step = g_new0(HgWhyStep, 1);
    *step = (HgWhyStep){.object = HG_NONE, .n_left_out = n_left_out, .retained = HG_UNKNOWN};
    g_ptr_array_add(teller->way->steps, step);
}

/* Returns: how the runtime holds the first object; g_free(). */
static char *
dup_root(Teller *teller, GError **error)
{
    HgRootRow *const *roots;
    unsigned count;
    if (!hg_roots_find(teller->snapshot, get_object(teller, 0), &roots, &count, error))
        return NULL;
    return count ? hg_root_dup_text(teller->snapshot, roots[0], error) : g_strdup("root");
}

/* Steps [first] to [end]. A __dict__ and the value in it are one step, as in Python. */
static bool
add_steps(Teller *teller, unsigned first, unsigned end, GError **error)
{
    g_autoptr(GPtrArray) labels =
        hg_chain_read_labels(teller->snapshot, teller->chain, first - 1, end - first, error);
    if (!labels)
        return false;
    for (unsigned i = first; i < end; i++) {
        const char *label = labels->pdata[i - first];
        if (g_str_equal(label, ".__dict__") && i + 1 < end) {
            g_autofree char *attribute = hg_describe_dup_attribute(labels->pdata[i + 1 - first]);
            if (*attribute == '.') {
                i++;
                if (!add_step(teller, i, g_steal_pointer(&attribute), error))
                    return false;
                continue;
            }
        }
        if (!add_step(teller, i, g_strdup(label), error))
            return false;
    }
    return true;
}

static bool
add_all_steps(Teller *teller, GError **error)
{
    unsigned length = teller->chain->len;
    char *root = dup_root(teller, error);
    if (!root || !add_step(teller, 0, root, error))
        return false;
    if (length <= HG_WHY_STEPS)
        return length == 1 || add_steps(teller, 1, length, error);
    if (!add_steps(teller, 1, HG_WHY_STEPS / 2, error))
        return false;
    add_gap(teller, length - HG_WHY_STEPS);
    return add_steps(teller, length - HG_WHY_STEPS / 2, length, error);
}

static bool
add_way(HgWhy *why, HgSnapshot *snapshot, const GArray *chain, GHashTable *holders, GError **error)
{
    HgWhyWay *way = g_new0(HgWhyWay, 1);
    g_ptr_array_add(why->ways, way);
    way->steps = g_ptr_array_new_with_free_func(free_step);
    Teller teller = {snapshot, chain, holders, way};
    way->line = hg_chain_dup_text(snapshot, chain, HG_WHY_STEPS, error);
    return way->line && add_all_steps(&teller, error);
}

/* An object without a way is an answer, not a failure. */
static HgWhy *
tell_nothing(HgWhy *why, GError *problem, GError **error)
{
    if (!g_error_matches(problem, HG_ERROR, HG_ERROR_NOT_FOUND)) {
        g_propagate_error(error, problem);
        hg_why_free(why);
        return NULL;
    }
    why->nothing = g_strdup(problem->message);
    g_error_free(problem);
    return why;
}

HgWhy *
hg_why_find_shortest(HgSnapshot *snapshot, uint32_t object, GError **error)
{
    GError *problem = NULL;
    g_autoptr(HgWhy) why = new_why();
    g_autoptr(GArray) chain = hg_chain_find(snapshot, object, &problem);
    if (!chain)
        return tell_nothing(g_steal_pointer(&why), problem, error);
    g_autoptr(GHashTable) holders = find_holders(snapshot, object, error);
    if (!holders || !add_way(why, snapshot, chain, holders, error))
        return NULL;
    return g_steal_pointer(&why);
}

HgWhy *
hg_why_find_ways(HgSnapshot *snapshot, uint32_t object, const GArray *ignored, GError **error)
{
    GError *problem = NULL;
    g_autoptr(HgWhy) why = new_why();
    g_auto(HgWays) ways = {0};
    HgWaysOptions options = {.avoid = (const uint32_t *)(const void *)ignored->data,
                             .n_avoid = ignored->len,
                             .limit = HG_WHY_WAYS};
    if (!hg_ways_find(snapshot, object, &options, &ways, &problem))
        return tell_nothing(g_steal_pointer(&why), problem, error);
    g_autoptr(GHashTable) holders = find_holders(snapshot, object, error);
    if (!holders)
        return NULL;
    for (unsigned i = 0; i < ways.chains->len; i++)
        if (!add_way(why, snapshot, ways.chains->pdata[i], holders, error))
            return NULL;
    why->count = ways.count;
    return g_steal_pointer(&why);
}

char *
hg_why_way_dup_text(const HgWhyWay *way)
{
    g_autoptr(GString) text = g_string_new(NULL);
    hg_text_append_escaped(text, way->line, strlen(way->line));
    g_string_append_c(text, '\n');
    for (unsigned i = 0; i < way->steps->len; i++) {
        const HgWhyStep *step = way->steps->pdata[i];
        g_string_append_printf(text, "%*s", (int)MIN(i, 30) * 2, "");
        if (step->object == HG_NONE) {
            g_string_append_printf(text, "... %" PRIu64 " more ...\n", step->n_left_out);
            continue;
        }
        g_autofree char *label = hg_text_dup_escaped(step->label);
        g_autofree char *caption = hg_text_dup_escaped(step->caption);
        g_string_append_printf(text, "%s  %s", label, caption);
        if (step->retained != HG_UNKNOWN) {
            g_autofree char *size = hg_number_dup_size(step->retained);
            g_string_append_printf(text, "  %s", size);
        }
        g_string_append_c(text, '\n');
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}
