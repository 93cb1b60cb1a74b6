/* numbers.c - numbers as people read them.
 * SPDX-License-Identifier: MIT */
#include "core/numbers.h"

#include <inttypes.h>

char *
hg_number_dup_count(uint64_t count)
{
    char digits[24];
    int n_digits = g_snprintf(digits, sizeof digits, "%" PRIu64, count);
    GString *out = g_string_new(NULL);
    for (int i = 0; i < n_digits; i++) {
        if (i > 0 && (n_digits - i) % 3 == 0)
            g_string_append_c(out, ',');
        g_string_append_c(out, digits[i]);
    }
    return g_string_free(out, FALSE);
}

char *
hg_number_dup_size(uint64_t size)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    if (size < 1024)
        return g_strdup_printf("%" PRIu64 " B", size);
    double scaled = (double)size;
    unsigned unit = 0;
    while (scaled >= 1023.95 && unit + 1 < G_N_ELEMENTS(units)) {
        scaled /= 1024;
        unit++;
    }
    return g_strdup_printf("%.1f %s", scaled, units[unit]);
}

static uint64_t
get_magnitude(int64_t number)
{
    return number < 0 ? -(uint64_t)number : (uint64_t)number;
}

char *
hg_number_dup_count_growth(int64_t count)
{
    g_autofree char *magnitude = hg_number_dup_count(get_magnitude(count));
    return g_strconcat(count < 0 ? "-" : "+", magnitude, NULL);
}

char *
hg_number_dup_size_growth(int64_t size)
{
    g_autofree char *magnitude = hg_number_dup_size(get_magnitude(size));
    return g_strconcat(size < 0 ? "-" : "+", magnitude, NULL);
}
