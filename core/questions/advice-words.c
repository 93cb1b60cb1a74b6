/* advice-words.c - how advice is put into words.
 * SPDX-License-Identifier: MIT */
#include "core/questions/advice-words.h"

#include <inttypes.h>
#include <string.h>

#define LIST_MAX 8u /* texts of a list that are told */

char *
hg_advice_dup_change(uint64_t now, uint64_t then)
{
    g_autofree char *before = hg_number_dup_size(now), *after = hg_number_dup_size(then);
    double percent = now ? 100.0 * (double)(now - MIN(then, now)) / (double)now : 0;
    bool is_nearly_all = then > 0 && percent >= 99.5;
    return g_strdup_printf("take %s and would take %s (%.*f %% less)", before, after, is_nearly_all,
                           is_nearly_all ? MIN(percent, 99.9) : percent);
}

char *
hg_advice_dup_list(const GPtrArray *texts, const char *quote)
{
    g_autoptr(GString) list = g_string_new(NULL);
    for (unsigned i = 0; i < MIN(texts->len, LIST_MAX); i++)
        g_string_append_printf(list, "%s%s%s%s", i ? ", " : "", quote,
                               (const char *)texts->pdata[i], quote);
    if (texts->len > LIST_MAX)
        g_string_append_printf(list, ", ... %u more", texts->len - LIST_MAX);
    return g_strdup(list->str);
}

static bool
is_plain(const char *text)
{
    for (; *text; text++)
        if (!g_ascii_isalnum(*text) && !strchr("._/:-", *text))
            return false;
    return true;
}

char *
hg_advice_dup_command(const char *command, const char *argument)
{
    g_autofree char *quoted = is_plain(argument) ? g_strdup(argument) : g_shell_quote(argument);
    return g_strdup_printf("heapgraph %s %s", command, quoted);
}

char *
hg_advice_dup_object_command(HgSnapshot *snapshot, const char *command, uint32_t object,
                             GError **error)
{
    uint64_t address;
    if (!hg_snapshot_get(snapshot, HG_COLUMN_ADDRESS, object, &address, error))
        return NULL;
    return g_strdup_printf("heapgraph %s 0x%" PRIx64, command, address);
}

/* Doubles the distance between those that are kept whenever there are too many. */
void
hg_advice_sample(GArray *sample, uint64_t nth, uint32_t object)
{
    uint64_t stride = 1;
    while (nth / stride > HG_ADVICE_SAMPLE)
        stride *= 2;
    if (nth % stride)
        return;
    if (sample->len >= HG_ADVICE_SAMPLE) {
        for (unsigned i = 0; i < sample->len / 2; i++)
            g_array_index(sample, uint32_t, i) = g_array_index(sample, uint32_t, 2 * i + 1);
        g_array_set_size(sample, sample->len / 2);
    }
    g_array_append_val(sample, object);
}
