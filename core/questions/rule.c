/* rule.c - what a script forbids: 'Session > 100', 'total-bytes > 5%'.
 * SPDX-License-Identifier: MIT */
#include "core/questions/rule.h"

#include "core/questions/object.h"

#include <math.h>
#include <string.h>

void
hg_rule_clear(HgRule *rule)
{
    g_clear_pointer(&rule->name, g_free);
}

static bool
parse_unit(const char *unit, HgRule *rule)
{
    static const char *const units[] = {"", "KiB", "MiB", "GiB"};
    rule->is_share = g_str_equal(unit, "%");
    if (rule->is_share)
        return true;
    for (unsigned i = 0; i < G_N_ELEMENTS(units); i++)
        if (g_str_equal(unit, units[i])) {
            rule->limit *= pow(1024, i);
            return i == 0 || g_str_equal(rule->name, "total-bytes");
        }
    return false;
}

static bool
parse_limit(const char *text, HgRule *rule)
{
    char *end;
    while (g_ascii_isspace(*text))
        text++;
    rule->limit = g_ascii_strtod(text, &end);
    if (end == text || !isfinite(rule->limit) || rule->limit < 0)
        return false;
    g_autofree char *unit = g_strstrip(g_strdup(end));
    return parse_unit(unit, rule);
}

bool
hg_rule_parse(const char *text, HgRule *rule, GError **error)
{
    const char *mark = strchr(text, '>');
    HgRule parsed = {0};
    if (mark) {
        parsed.name = g_strstrip(g_strndup(text, (size_t)(mark - text)));
        parsed.may_equal = mark[1] == '=';
    }
    if (mark && *parsed.name && parse_limit(mark + 1 + parsed.may_equal, &parsed)) {
        *rule = parsed;
        return true;
    }
    hg_rule_clear(&parsed);
    g_set_error(error, HG_ERROR, HG_ERROR_USAGE,
                "'%s': expected a rule such as 'Session > 100', 'total-objects > 5%%' or "
                "'total-bytes > 10 MiB'",
                text);
    return false;
}

static bool
is_meant(const HgRule *rule, const HgTypeRow *type)
{
    return g_str_has_prefix(rule->name, "total-") || g_str_equal(type->name, rule->name) ||
           g_str_equal(type->qualname, rule->name) ||
           g_str_equal(hg_type_get_name(type, true), rule->name);
}

/* Sets *sum to the objects or bytes that the rule speaks of. */
static bool
measure(const HgRule *rule, HgSnapshot *snapshot, uint64_t *sum, bool *is_known, GError **error)
{
    const GPtrArray *types = hg_snapshot_get_types(snapshot, error);
    bool counts_bytes = g_str_equal(rule->name, "total-bytes");
    g_autofree uint64_t *garbage = types ? g_new0(uint64_t, types->len + 1) : NULL;
    if (!types || (counts_bytes && !hg_types_add_garbage_sizes(snapshot, garbage, error)))
        return false;
    *sum = 0;
    for (unsigned i = 0; i < types->len; i++) {
        const HgTypeRow *type = g_ptr_array_index(types, i);
        if (!is_meant(rule, type))
            continue;
        *is_known = true;
        *sum += counts_bytes ? type->size - MIN(type->size, garbage[i])
                             : type->n_objects - MIN(type->n_objects, type->n_garbage);
    }
    return true;
}

bool
hg_rule_check(const HgRule *rule, HgSnapshot *const *snapshots, unsigned n_snapshots,
              HgVerdict *verdict, GError **error)
{
    HgVerdict reached = {0};
    uint64_t after;
    if (!measure(rule, snapshots[0], &reached.before, &reached.is_known, error) ||
        !measure(rule, snapshots[n_snapshots - 1], &after, &reached.is_known, error))
        return false;
    reached.growth = (int64_t)(after - reached.before);
    double limit = rule->is_share ? rule->limit / 100 * (double)reached.before : rule->limit;
    double growth = (double)reached.growth;
    reached.holds = growth > limit || (rule->may_equal && growth >= limit && reached.growth > 0);
    *verdict = reached;
    return true;
}
