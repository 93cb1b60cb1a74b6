/* describe.c - what an object holds, and what holds it.
 * SPDX-License-Identifier: MIT */
#include "core/questions/describe.h"

#include "core/store/label.h"

#include <string.h>

#define OWNER_REFERRERS_MAX 64     /* looked at to find whose __dict__ a dict is */
#define MODULE_REFERRERS_MAX 65536 /* of these, only modules */
#define SORTED_REFERRERS_MAX 5000  /* sources put in order; more are taken as they come */

static void
free_link(void *data)
{
    HgLink *link = data;
    g_free(link->label);
    g_free(link);
}

static bool
is_identifier(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (!g_ascii_isalnum(byte) && byte != '_' && byte < 0x80)
            return false;
    }
    return size > 0 && !g_ascii_isdigit(text[0]);
}

char *
hg_describe_dup_attribute(const char *label)
{
    size_t size = strlen(label);
    if (size > 4 && g_str_has_prefix(label, "['") && g_str_has_suffix(label, "']") &&
        is_identifier(label + 2, size - 4))
        return g_strdup_printf(".%.*s", (int)(size - 4), label + 2);
    return g_strdup(label);
}

char *
hg_describe_dup_step(const char *label)
{
    if (*label == '.' || *label == '[' || *label == '(')
        return g_strdup(label);
    return g_strdup_printf(*label == '<' ? ".%s" : ".<%s>", label);
}

/* Whether the reference is that of an object to its __dict__. */
static bool
leads_to_dict(HgSnapshot *snapshot, const HgReference *reference, bool *leads, GError **error)
{
    const char *text;
    if (!hg_reference_get_text(snapshot, reference, &text, error))
        return false;
    *leads = text && g_str_equal(text, "__dict__");
    return true;
}

static HgLink *
make_link(HgSnapshot *snapshot, const HgReference *reference, GError **error)
{
    char *label = hg_snapshot_dup_label_of(snapshot, reference->how, reference->label, error);
    if (!label)
        return NULL;
    HgLink *link = g_new0(HgLink, 1);
    *link = (HgLink){.source = reference->source,
                     .target = reference->target,
                     .dict = HG_NONE,
                     .how = reference->how,
                     .label = label};
    return link;
}

/* From [owner] on, whose __dict__ holds the source of the link. */
static void
put_owner(HgLink *link, uint32_t owner)
{
    char *label = hg_describe_dup_attribute(link->label);
    g_free(link->label);
    link->label = label;
    link->dict = link->source;
    link->source = owner;
}

/* ---- what it holds ------------------------------------------------------------------------ */

static bool append_fields(HgSnapshot *snapshot, uint32_t source, uint32_t owner, uint64_t limit,
                          GPtrArray *fields, uint64_t *count, GError **error);

static bool
append_dict_of(HgSnapshot *snapshot, const HgReference *reference, uint64_t limit,
               GPtrArray *fields, uint64_t *count, GError **error)
{
    bool leads;
    if (!leads_to_dict(snapshot, reference, &leads, error))
        return false;
    return !leads || append_fields(snapshot, reference->target, reference->source, limit, fields,
                                   count, error);
}

static bool
append_field(HgSnapshot *snapshot, const HgReference *reference, uint32_t owner, uint64_t limit,
             GPtrArray *fields, GError **error)
{
    HgLabelKind kind = reference->how & HG_HOW_LABEL;
    if (fields->len >= limit || kind == HG_LABEL_KEY ||
        (owner != HG_NONE && kind != HG_LABEL_VALUE))
        return true;
    HgLink *link = make_link(snapshot, reference, error);
    if (!link)
        return false;
    if (owner != HG_NONE)
        put_owner(link, owner);
    g_ptr_array_add(fields, link);
    return true;
}

/* Those of [source], which is the __dict__ of [owner] unless that is HG_NONE: then what lies in a
 * __dict__ of its own follows. One level only, so this ends. */
static bool
append_fields(HgSnapshot *snapshot, uint32_t source, uint32_t owner, uint64_t limit,
              GPtrArray *fields, uint64_t *count, GError **error)
{
    uint64_t n_own, n_read = MIN(limit, UINT64_MAX / 4) * 2 + 64; /* keys stand among the values */
    g_autoptr(GArray) references = hg_references_read_from(snapshot, source, n_read, error);
    if (!references || !hg_references_count_from(snapshot, source, &n_own, error))
        return false;
    *count += n_own;
    for (unsigned i = 0; i < references->len; i++) {
        const HgReference *reference = &g_array_index(references, HgReference, i);
        if (!append_field(snapshot, reference, owner, limit, fields, error))
            return false;
    }
    for (unsigned i = 0; i < references->len && owner == HG_NONE; i++) {
        const HgReference *reference = &g_array_index(references, HgReference, i);
        if (!append_dict_of(snapshot, reference, limit, fields, count, error))
            return false;
    }
    return true;
}

GPtrArray *
hg_describe_fields(HgSnapshot *snapshot, uint32_t object, uint64_t limit, uint64_t *count,
                   GError **error)
{
    g_autoptr(GPtrArray) fields = g_ptr_array_new_with_free_func(free_link);
    *count = 0;
    if (!append_fields(snapshot, object, HG_NONE, limit, fields, count, error))
        return NULL;
    return g_steal_pointer(&fields);
}

/* ---- what holds it ------------------------------------------------------------------------ */

/* Sets *owner to the source of the first of [references] that leads to a __dict__, else HG_NONE. */
static bool
find_owner_among(HgSnapshot *snapshot, const GArray *references, uint32_t *owner, GError **error)
{
    *owner = HG_NONE;
    for (unsigned i = 0; i < references->len && *owner == HG_NONE; i++) {
        const HgReference *reference = &g_array_index(references, HgReference, i);
        bool leads;
        if (!leads_to_dict(snapshot, reference, &leads, error))
            return false;
        if (leads)
            *owner = reference->source;
    }
    return true;
}

/* Sets *module to the first module among the sources, else HG_NONE. */
static bool
find_module_among(HgSnapshot *snapshot, const GArray *sources, uint32_t *module, GError **error)
{
    const GPtrArray *types = hg_snapshot_get_types(snapshot, error);
    *module = HG_NONE;
    for (unsigned i = 0; types && i < sources->len && *module == HG_NONE; i++) {
        uint32_t source = g_array_index(sources, uint32_t, i);
        uint64_t number;
        if (!hg_snapshot_get(snapshot, HG_COLUMN_TYPE, source, &number, error))
            return false;
        const HgTypeRow *type = number < types->len ? types->pdata[number] : NULL;
        if (type && g_str_equal(type->name, "module"))
            *module = source;
    }
    return types;
}

/* The dict of a module is one that thousands of functions refer to: of so many only a module may be
 * the owner. */
bool
hg_describe_find_owner(HgSnapshot *snapshot, uint32_t dict, uint32_t *owner, GError **error)
{
    uint32_t module = HG_NONE;
    g_autoptr(GArray) references = NULL;
    g_autoptr(GArray) sources =
        hg_references_read_sources(snapshot, dict, MODULE_REFERRERS_MAX, error);
    *owner = HG_NONE;
    if (!sources)
        return false;
    if (sources->len <= OWNER_REFERRERS_MAX) {
        references = hg_references_read_to(snapshot, dict, OWNER_REFERRERS_MAX, error);
    } else {
        if (!find_module_among(snapshot, sources, &module, error))
            return false;
        if (module == HG_NONE)
            return true;
        references = hg_references_read_between(snapshot, module, dict, error);
    }
    return references && find_owner_among(snapshot, references, owner, error);
}

typedef struct {
    uint32_t source;
    unsigned rank; /* 0 the holder, 1 the next on the way from a root, 2 all others */
    uint64_t retained;
} Referrer;

static int
compare_referrers(const void *a, const void *b)
{
    const Referrer *one = a, *other = b;
    if (one->rank != other->rank)
        return one->rank < other->rank ? -1 : 1;
    if (one->retained != other->retained)
        return one->retained > other->retained ? -1 : 1;
    return one->source < other->source ? -1 : 1;
}

/* Returns: Referrer of each source, once; in the order they are shown in. */
static GArray *
read_referrers(HgSnapshot *snapshot, uint32_t object, GError **error)
{
    HgObject target;
    g_autoptr(GArray) sources =
        hg_references_read_sources(snapshot, object, SORTED_REFERRERS_MAX, error);
    if (!sources || !hg_object_read(snapshot, object, &target, error))
        return NULL;
    bool knows = hg_snapshot_count(snapshot, HG_COLUMN_RETAINED) > 0;
    g_autoptr(GArray) referrers = g_array_new(FALSE, FALSE, sizeof(Referrer));
    for (unsigned i = 0; i < sources->len; i++) {
        Referrer referrer = {.source = g_array_index(sources, uint32_t, i)};
        referrer.rank = referrer.source == target.holder ? 0
                        : referrer.source == target.step ? 1
                                                         : 2;
        if (knows && !hg_snapshot_get(snapshot, HG_COLUMN_RETAINED, referrer.source,
                                      &referrer.retained, error))
            return NULL;
        g_array_append_val(referrers, referrer);
    }
    g_array_sort(referrers, compare_referrers);
    return g_steal_pointer(&referrers);
}

static bool
append_links_from(HgSnapshot *snapshot, uint32_t source, uint32_t object, GPtrArray *links,
                  GError **error)
{
    uint32_t owner;
    g_autoptr(GArray) references = hg_references_read_between(snapshot, source, object, error);
    if (!references || !hg_describe_find_owner(snapshot, source, &owner, error))
        return false;
    for (unsigned i = 0; i < references->len; i++) {
        HgLink *link = make_link(snapshot, &g_array_index(references, HgReference, i), error);
        if (!link)
            return false;
        if (owner != HG_NONE)
            put_owner(link, owner);
        g_ptr_array_add(links, link);
    }
    return true;
}

GPtrArray *
hg_describe_referrers(HgSnapshot *snapshot, uint32_t object, uint64_t limit, uint64_t *count,
                      GError **error)
{
    g_autoptr(GArray) referrers = read_referrers(snapshot, object, error);
    if (!referrers || !hg_references_count_to(snapshot, object, count, error))
        return NULL;
    g_autoptr(GPtrArray) links = g_ptr_array_new_with_free_func(free_link);
    for (unsigned i = 0; i < referrers->len && links->len < limit; i++) {
        uint32_t source = g_array_index(referrers, Referrer, i).source;
        if (!append_links_from(snapshot, source, object, links, error))
            return NULL;
    }
    if (links->len > limit)
        g_ptr_array_set_size(links, (int)limit);
    return g_steal_pointer(&links);
}

char *
hg_describe_dup_link(HgSnapshot *snapshot, uint32_t source, uint32_t target, GError **error)
{
    HgReference reference, first = {0};
    bool found = true;
    for (uint32_t nth = 0; found; nth++) {
        if (!hg_references_find(snapshot, source, target, nth, &reference, &found, error))
            return NULL;
        if (nth == 0)
            first = reference;
        if (nth == 0 && !found) {
            g_set_error(error, HG_ERROR, HG_ERROR_FORMAT, "no reference from object %u to %u",
                        source, target);
            return NULL;
        }
        if (found && hg_how_keeps(reference.how))
            return hg_snapshot_dup_label_of(snapshot, reference.how, reference.label, error);
    }
    return hg_snapshot_dup_label_of(snapshot, first.how, first.label, error);
}
