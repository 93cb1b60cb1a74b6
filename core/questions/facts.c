/* facts.c - the facts of a snapshot as people read them.
 * SPDX-License-Identifier: MIT */
#include "core/questions/facts.h"

#include "core/numbers.h"

#include <inttypes.h>

static char *
dup_milliseconds(uint64_t microseconds)
{
    return g_strdup_printf("%.1f ms", (double)microseconds / 1000);
}

static char *
dup_time(uint64_t microseconds)
{
    g_autoptr(GDateTime) utc =
        g_date_time_new_from_unix_utc((int64_t)(microseconds / G_USEC_PER_SEC));
    return utc ? g_date_time_format(utc, "%Y-%m-%d %H:%M:%S UTC")
               : g_strdup_printf("%" PRIu64, microseconds);
}

char *
hg_fact_dup_text(const HgFact *fact)
{
    static const struct {
        const char *key;
        char *(*dup)(uint64_t number);
    } units[] = {
        {"copied", hg_number_dup_size}, {"rss", hg_number_dup_size}, {"pss", hg_number_dup_size},
        {"swap", hg_number_dup_size},   {"pause", dup_milliseconds}, {HG_FACT_TAKEN, dup_time},
    };
    uint64_t number;
    for (unsigned i = 0; i < G_N_ELEMENTS(units); i++)
        if (g_str_equal(fact->key, units[i].key) &&
            g_ascii_string_to_unsigned(fact->value, 10, 0, INT64_MAX, &number, NULL))
            return units[i].dup(number);
    return g_strdup(fact->value);
}
