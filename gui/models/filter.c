/* filter.c - what people type to see fewer rows.
 * SPDX-License-Identifier: MIT */
#include "gui/models/filter.h"

#include "core/error.h"

#include <string.h>

typedef struct {
    bool is_negated;
    unsigned column; /* UINT_MAX: a text in any column */
    char *text;      /* case folded; NULL: a number from low to high */
    double low, high;
    bool without_low, without_high; /* these themselves do not pass */
} Term;

struct HgFilter {
    GArray *terms; /* Term */
    bool has_values;
};

static void
clear_term(void *data)
{
    g_free(((Term *)data)->text);
}

void
hg_filter_free(HgFilter *filter)
{
    if (!filter)
        return;
    g_array_unref(filter->terms);
    g_free(filter);
}

/* ---- numbers ------------------------------------------------------------------------------- */

/* Returns: the factor of a unit at the start of [text] and moves behind it. */
static double
read_unit(const char **text)
{
    static const struct {
        const char *name;
        double factor;
    } units[] = {{"kib", 1024.0}, {"mib", 1048576.0}, {"gib", 1073741824.0},
                 {"kb", 1024.0},  {"mb", 1048576.0},  {"gb", 1073741824.0},
                 {"k", 1024.0},   {"m", 1048576.0},   {"g", 1073741824.0},
                 {"b", 1.0}};
    for (unsigned i = 0; i < G_N_ELEMENTS(units); i++)
        if (g_ascii_strncasecmp(*text, units[i].name, strlen(units[i].name)) == 0) {
            *text += strlen(units[i].name);
            return units[i].factor;
        }
    return 1;
}

/* Reads "1,000", "1.5MiB", "5%" at the start of [text] and moves behind it. */
static bool
read_number(const char **text, double total, double *number)
{
    g_autofree char *digits = g_strdup(*text);
    char *to = digits;
    const char *from = *text;
    if (*from == '-' || *from == '+')
        *to++ = *from++;
    if (!g_ascii_isdigit(*from))
        return false;
    for (; g_ascii_isdigit(*from) || *from == ',' || (*from == '.' && from[1] != '.'); from++)
        if (*from != ',')
            *to++ = *from;
    *to = 0;
    *number = g_ascii_strtod(digits, NULL);
    *text = from;
    if (*from != '%') {
        *number *= read_unit(text);
        return true;
    }
    *number *= total / 100;
    ++*text;
    return true;
}

/* Reads ">=5%", "<3", "=7", "10..20", "10..". Returns: whether [text] is such a range. */
static bool
read_range(const char *text, double total, Term *term)
{
    term->low = -G_MAXDOUBLE;
    term->high = G_MAXDOUBLE;
    bool is_low = *text == '>', is_high = *text == '<', is_equal = *text == '=';
    if (is_low || is_high || is_equal) {
        bool may_equal = is_equal || text[1] == '=';
        double number;
        text += is_equal || !may_equal ? 1 : 2;
        if (!read_number(&text, total, &number) || *text)
            return false;
        if (!is_high)
            term->low = number;
        if (!is_low)
            term->high = number;
        term->without_low = is_low && !may_equal;
        term->without_high = is_high && !may_equal;
        return true;
    }
    if (!g_str_has_prefix(text, "..") && !read_number(&text, total, &term->low))
        return false;
    if (!g_str_has_prefix(text, ".."))
        return false;
    text += 2;
    return !*text || (read_number(&text, total, &term->high) && !*text);
}

/* ---- words --------------------------------------------------------------------------------- */

/* Returns: the next word of *text without its quotes, moving behind it; NULL at the end; g_free().
 */
static char *
read_word(const char **text)
{
    g_autoptr(GString) word = g_string_new(NULL);
    bool is_quoted = false;
    while (g_ascii_isspace(**text))
        ++*text;
    if (!**text)
        return NULL;
    for (; **text && (is_quoted || !g_ascii_isspace(**text)); ++*text)
        if (**text == '"')
            is_quoted = !is_quoted;
        else
            g_string_append_c(word, **text);
    return g_string_free(g_steal_pointer(&word), FALSE);
}

static bool
looks_like_range(const char *word)
{
    bool has_dots = strstr(word, "..");
    return (strchr("<>=", *word) && word[1]) || (g_ascii_isdigit(*word) && has_dots) ||
           (g_str_has_prefix(word, "..") && g_ascii_isdigit(word[2]));
}

static bool
set_number(Term *term, const char *word, const HgList *list, unsigned column, GError **error)
{
    const HgListColumn *spec = hg_list_get_column(list, column);
    term->column = column;
    if (!hg_field_is_number(spec->kind)) {
        g_set_error(error, HG_ERROR, HG_ERROR_USAGE,
                    "%s: sort by a column of numbers, or name one: size:%s", word, word);
        return false;
    }
    if (read_range(word, (double)hg_list_get_total(list, column), term))
        return true;
    g_set_error(error, HG_ERROR, HG_ERROR_USAGE,
                "%s: expected a number like >1000, >=5%%, <1MiB or 10..20", word);
    return false;
}

static bool
set_term(Term *term, const char *word, const HgList *list, unsigned column, GError **error)
{
    term->is_negated = *word == '!' && word[1];
    word += term->is_negated;
    term->column = UINT_MAX;
    const char *colon = strchr(word, ':');
    g_autofree char *key = colon ? g_strndup(word, (gsize)(colon - word)) : NULL;
    unsigned named = key ? hg_list_find_column(list, key) : UINT_MAX;
    if (named != UINT_MAX) {
        word = colon + 1;
        HgFieldKind kind = hg_list_get_column(list, named)->kind;
        if (hg_field_is_number(kind) && kind != HG_FIELD_ADDRESS && *word)
            return set_number(term, word, list, named, error);
        term->column = named;
    } else if (looks_like_range(word))
        return set_number(term, word, list, column, error);
    term->text = g_utf8_casefold(word, -1);
    return true;
}

HgFilter *
hg_filter_parse(const char *text, const HgList *list, unsigned column, GError **error)
{
    g_autoptr(HgFilter) filter = g_new0(HgFilter, 1);
    filter->terms = g_array_new(FALSE, TRUE, sizeof(Term));
    g_array_set_clear_func(filter->terms, clear_term);
    for (unsigned i = 0; i < hg_list_count_columns(list); i++)
        filter->has_values |= hg_list_get_column(list, i)->kind == HG_FIELD_VALUE;
    char *next;
    while ((next = read_word(&text))) {
        g_autofree char *word = next;
        Term term = {0};
        if (!set_term(&term, word, list, column, error)) {
            clear_term(&term);
            return NULL;
        }
        g_array_append_val(filter->terms, term);
    }
    return g_steal_pointer(&filter);
}

bool
hg_filter_is_empty(const HgFilter *filter)
{
    return filter->terms->len == 0;
}

static bool
is_about_values(const Term *term, const HgList *list)
{
    return term->text && (term->column == UINT_MAX ||
                          hg_list_get_column(list, term->column)->kind == HG_FIELD_VALUE);
}

bool
hg_filter_needs_values(const HgFilter *filter)
{
    for (unsigned i = 0; filter->has_values && i < filter->terms->len; i++)
        if (g_array_index(filter->terms, Term, i).text)
            return true;
    return false;
}

/* ---- rows ---------------------------------------------------------------------------------- */

static bool
contains(const char *text, const char *wanted)
{
    if (!text)
        return false;
    if (g_str_is_ascii(text)) /* nearly always, and without a copy */
        for (size_t length = strlen(wanted); *text || !length; text++) {
            if (g_ascii_strncasecmp(text, wanted, length) == 0)
                return true;
            if (!*text)
                return false;
        }
    else {
        g_autofree char *folded = g_utf8_casefold(text, -1);
        return strstr(folded, wanted);
    }
    return false;
}

static bool
matches_text(const Term *term, const HgList *list, uint32_t row, const char *value)
{
    if (is_about_values(term, list) && contains(value, term->text))
        return true;
    for (unsigned i = 0; i < hg_list_count_columns(list); i++) {
        HgFieldKind kind = hg_list_get_column(list, i)->kind;
        if (term->column != UINT_MAX && term->column != i)
            continue;
        if (kind == HG_FIELD_TEXT && contains(hg_list_get_text(list, i, row), term->text))
            return true;
        if (kind == HG_FIELD_ADDRESS) {
            g_autofree char *address = hg_list_dup_cell(list, i, row, true);
            if (contains(address, term->text))
                return true;
        }
    }
    return false;
}

static double
get_real(const HgList *list, unsigned column, uint32_t row)
{
    uint64_t number = hg_list_get_number(list, column, row);
    HgFieldKind kind = hg_list_get_column(list, column)->kind;
    double real;
    if (kind != HG_FIELD_REAL)
        return hg_field_is_signed(kind) ? (double)(int64_t)number : (double)number;
    memcpy(&real, &number, sizeof real);
    return real;
}

static bool
matches_number(const Term *term, const HgList *list, uint32_t row)
{
    if (hg_list_is_unknown(list, term->column, row))
        return false;
    double number = get_real(list, term->column, row);
    return (term->without_low ? number > term->low : number >= term->low) &&
           (term->without_high ? number < term->high : number <= term->high);
}

bool
hg_filter_matches(const HgFilter *filter, const HgList *list, uint32_t row, const char *value)
{
    for (unsigned i = 0; i < filter->terms->len; i++) {
        const Term *term = &g_array_index(filter->terms, Term, i);
        bool matches =
            term->text ? matches_text(term, list, row, value) : matches_number(term, list, row);
        if (matches == term->is_negated)
            return false;
    }
    return true;
}
