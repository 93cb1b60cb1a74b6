/* sites.c - where objects were allocated, and where more than before.
 * SPDX-License-Identifier: MIT */
#include "core/questions/sites.h"

#include <string.h>

static void
free_site(void *data)
{
    HgSite *site = data;
    g_free(site->lines);
    g_free(site);
}

/* Returns: the innermost of the [lines] that matches, NULL if none does; g_free(). */
static char *
find_line(const char *lines, const GRegex *filter)
{
    g_auto(GStrv) each = g_strsplit(lines, "\n", -1);
    for (char **line = each; *line; line++)
        if (!filter || g_regex_match(filter, *line, 0, NULL))
            return g_strdup(*line);
    return NULL;
}

/* Returns: under which lines a site is counted, NULL if it is left out; g_free(). */
static char *
dup_key(const char *lines, const HgSitesOptions *options)
{
    g_autofree char *line = find_line(lines, options->filter);
    return line && options->is_whole ? g_strdup(lines) : g_steal_pointer(&line);
}

static HgSite *
require_site(GPtrArray *sites, GHashTable *by_lines, char *key)
{
    HgSite *site = g_hash_table_lookup(by_lines, key);
    if (site) {
        g_free(key);
        return site;
    }
    site = g_new0(HgSite, 1);
    site->lines = key;
    g_ptr_array_add(sites, site);
    g_hash_table_insert(by_lines, key, site);
    return site;
}

static const GPtrArray *
read_sites(HgSnapshot *snapshot, GError **error)
{
    const GPtrArray *rows = hg_snapshot_get_sites(snapshot, error);
    if (!rows || rows->len > 0)
        return rows;
    g_set_error(error, HG_ERROR, HG_ERROR_NOT_FOUND,
                "'%s' does not know where its objects were allocated: that takes a Python with "
                "tracemalloc (python -X tracemalloc=10) and a dump from inside "
                "(heapgraph.dump(path, sites=True))",
                hg_snapshot_get_info(snapshot)->name);
    return NULL;
}

/* Adds the sites of one snapshot, with the sign +1 to what there is and to the growth, with -1 to
 * the growth alone. */
static void
add_sites(GPtrArray *sites, GHashTable *by_lines, const GPtrArray *rows, int sign,
          const HgSitesOptions *options)
{
    for (unsigned i = 0; i < rows->len; i++) {
        const HgSiteRow *row = g_ptr_array_index(rows, i);
        char *key = row->n_objects ? dup_key(row->lines, options) : NULL;
        if (!key)
            continue;
        HgSite *site = require_site(sites, by_lines, key);
        site->count += sign > 0 ? row->n_objects : 0;
        site->size += sign > 0 ? row->size : 0;
        site->count_growth += sign * (int64_t)row->n_objects;
        site->size_growth += sign * (int64_t)row->size;
    }
}

static int
compare(int64_t one, int64_t other)
{
    return one > other ? -1 : one < other;
}

static int
compare_sites(const void *a, const void *b, void *user_data)
{
    const HgSite *one = *(HgSite *const *)a, *other = *(HgSite *const *)b;
    bool by_count = *(const HgSitesOrder *)user_data == HG_SITES_BY_COUNT;
    int growth = by_count ? compare(one->count_growth, other->count_growth)
                          : compare(one->size_growth, other->size_growth);
    int now = by_count ? compare((int64_t)one->count, (int64_t)other->count)
                       : compare((int64_t)one->size, (int64_t)other->size);
    return growth ? growth : now ? now : strcmp(one->lines, other->lines);
}

GPtrArray *
hg_sites_list(HgSnapshot *snapshot, HgSnapshot *earlier, const HgSitesOptions *options,
              GError **error)
{
    const GPtrArray *rows = read_sites(snapshot, error);
    const GPtrArray *old = rows && earlier ? read_sites(earlier, error) : NULL;
    if (!rows || (earlier && !old))
        return NULL;
    g_autoptr(GPtrArray) sites = g_ptr_array_new_with_free_func(free_site);
    g_autoptr(GHashTable) by_lines = g_hash_table_new(g_str_hash, g_str_equal);
    add_sites(sites, by_lines, rows, 1, options);
    if (old)
        add_sites(sites, by_lines, old, -1, options);
    HgSitesOrder order = options->order;
    g_ptr_array_sort_with_data(sites, compare_sites, &order);
    for (unsigned i = 0; !earlier && i < sites->len; i++)
        ((HgSite *)sites->pdata[i])->count_growth = ((HgSite *)sites->pdata[i])->size_growth = 0;
    return g_steal_pointer(&sites);
}
