/* resolve.c - the names of objects: what people type becomes an object.
 * SPDX-License-Identifier: MIT */
#include "core/questions/resolve.h"

#include "core/questions/object.h"
#include "core/questions/objects.h"
#include "core/questions/path.h"
#include "core/questions/similar.h"
#include "core/store/label.h"

#include <inttypes.h>
#include <string.h>

#define CLASSES_MAX 1000 /* classes asked for one attribute, so that broken bases end */

static bool fail_not_found(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static bool
fail_not_found(GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_propagate_error(error, g_error_new_valist(HG_ERROR, HG_ERROR_NOT_FOUND, format, arguments));
    va_end(arguments);
    return false;
}

/* ---- what an object refers to under a name ----------------------------------------------- */

/* Looks for something among the references of an object; [object] is set to HG_NONE as long as
 * nothing was found. */
typedef struct {
    HgSnapshot *snapshot;
    const HgStep *step;
    HgSimilar similar;
    uint32_t object;
} Search;

static bool
is_of_type(const HgTypeRow *type, const char *name, const char *other_name)
{
    return g_str_equal(type->name, name) || (other_name && g_str_equal(type->name, other_name));
}

static bool
type_matches(const HgTypeRow *type, HgStepKind kind)
{
    switch (kind) {
    case HG_STEP_ATTRIBUTE:
    case HG_STEP_TEXT:
        return is_of_type(type, "str", NULL);
    case HG_STEP_BYTES:
        return is_of_type(type, "bytes", NULL);
    case HG_STEP_INDEX:
        return is_of_type(type, "int", NULL);
    default:
        return !is_of_type(type, "str", "bytes");
    }
}

/* Whether the tuple [key] is written as the step is. */
static bool
tuple_matches(Search *search, uint32_t key, bool *matches, GError **error)
{
    g_autofree char *label =
        hg_snapshot_dup_label_of(search->snapshot, HG_LABEL_VALUE, (uint64_t)key + 1, error);
    if (!label)
        return false;
    g_autofree char *written = g_strndup(label + 1, strlen(label) - 2);
    *matches = g_str_equal(written, search->step->text);
    hg_similar_offer(&search->similar, written);
    return true;
}

/* Whether the object with the number [key] is the key that the step tells. */
static bool
key_matches(Search *search, uint32_t key, bool *matches, GError **error)
{
    HgObject object;
    g_autofree char *value = NULL;
    size_t size;
    *matches = false;
    if (!hg_object_read(search->snapshot, key, &object, error))
        return false;
    if (search->step->kind == HG_STEP_ADDRESS) {
        *matches = object.address == search->step->address;
        return true;
    }
    if (!type_matches(object.type, search->step->kind))
        return true;
    if (*search->step->text == '(' && search->step->kind == HG_STEP_OTHER)
        return !is_of_type(object.type, "tuple", NULL) ||
               tuple_matches(search, key, matches, error);
    if (!hg_snapshot_read_value(search->snapshot, key, &value, &size, error))
        return false;
    if (!value) { /* None needs none */
        *matches =
            is_of_type(object.type, "NoneType", NULL) && g_str_equal(search->step->text, "None");
        return true;
    }
    bool is_cut = object.flags & HG_OBJECT_VALUE_CUT;
    *matches = is_cut ? g_str_has_prefix(search->step->text, value)
                      : g_str_equal(search->step->text, value);
    hg_similar_offer(&search->similar, value);
    return true;
}

/* Finds the value of a key among the references of the dict [dict]. */
static bool
search_keys(Search *search, uint32_t dict, GError **error)
{
    g_autoptr(GArray) references =
        hg_references_read_from(search->snapshot, dict, UINT64_MAX, error);
    for (unsigned i = 0; references && i < references->len; i++) {
        const HgReference *reference = &g_array_index(references, HgReference, i);
        uint32_t key = hg_reference_get_key(reference);
        bool matches;
        if (key == HG_NONE)
            continue;
        if (!key_matches(search, key, &matches, error))
            return false;
        if (matches) {
            search->object = reference->target;
            return true;
        }
    }
    return references;
}

static bool
has_name(Search *search, const HgReference *reference, const char *name, bool *has, GError **error)
{
    const char *text;
    if (!hg_reference_get_text(search->snapshot, reference, &text, error))
        return false;
    HgLabelKind kind = reference->how & HG_HOW_LABEL;
    if (kind == HG_LABEL_CELL)
        text = "cell_contents";
    if (kind == HG_LABEL_TYPE)
        text = "__class__";
    *has = text && g_str_equal(text, name);
    if (text && name == search->step->text)
        hg_similar_offer(&search->similar, text);
    return true;
}

/* Sets *target to what [source] refers to as [name], HG_NONE if to nothing. */
static bool
find_named(Search *search, uint32_t source, const char *name, uint32_t *target, GError **error)
{
    g_autoptr(GArray) references =
        hg_references_read_from(search->snapshot, source, UINT64_MAX, error);
    *target = HG_NONE;
    for (unsigned i = 0; references && i < references->len && *target == HG_NONE; i++) {
        const HgReference *reference = &g_array_index(references, HgReference, i);
        bool has;
        if (!has_name(search, reference, name, &has, error))
            return false;
        if (has)
            *target = reference->target;
    }
    return references;
}

/* In the object itself, then in its __dict__. */
static bool
search_own(Search *search, uint32_t object, GError **error)
{
    uint32_t dict;
    if (!find_named(search, object, search->step->text, &search->object, error))
        return false;
    if (search->object != HG_NONE)
        return true;
    return find_named(search, object, "__dict__", &dict, error) &&
           (dict == HG_NONE || search_keys(search, dict, error));
}

/* Finds the item with that index, if there is one. */
static bool
find_item(Search *search, uint32_t object, uint64_t index, GError **error)
{
    g_autoptr(GArray) references =
        hg_references_read_from(search->snapshot, object, UINT64_MAX, error);
    for (unsigned i = 0; references && i < references->len; i++) {
        const HgReference *reference = &g_array_index(references, HgReference, i);
        if ((reference->how & HG_HOW_LABEL) == HG_LABEL_ITEM && reference->label == index) {
            search->object = reference->target;
            return true;
        }
    }
    return references;
}

static void
append_bases(HgSnapshot *snapshot, const HgTypeRow *type, GArray *classes)
{
    for (unsigned i = 0; i < type->n_bases && classes->len < CLASSES_MAX; i++) {
        uint32_t base;
        if (hg_snapshot_find_address(snapshot, type->bases[i], &base, NULL))
            g_array_append_val(classes, base);
    }
}

/* In the class [class_object] and, level by level, its bases. */
static bool
search_classes(Search *search, uint32_t class_object, GError **error)
{
    g_autoptr(GArray) classes = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_array_append_val(classes, class_object);
    for (unsigned i = 0; i < classes->len && search->object == HG_NONE; i++) {
        uint32_t number = g_array_index(classes, uint32_t, i);
        if (!search_own(search, number, error))
            return false;
        const HgTypeRow *type = hg_object_find_class(search->snapshot, number, NULL);
        if (type)
            append_bases(search->snapshot, type, classes);
    }
    return true;
}

/* Sets *place to which of the names in the class's `_fields` is the one looked for, to HG_UNKNOWN
 * if none is. */
static bool
find_field(const Search *search, uint32_t class_object, uint64_t *place, GError **error)
{
    HgStep step = {.kind = HG_STEP_ATTRIBUTE, .text = (char *)"_fields"};
    Search fields = {.snapshot = search->snapshot, .step = &step, .object = HG_NONE};
    fields.similar.wanted = "";
    *place = HG_UNKNOWN;
    bool done = search_classes(&fields, class_object, error);
    hg_similar_clear(&fields.similar);
    if (!done)
        return false;
    g_autoptr(GArray) names =
        fields.object == HG_NONE
            ? NULL
            : hg_references_read_from(search->snapshot, fields.object, UINT64_MAX, error);
    for (unsigned i = 0; names && i < names->len && *place == HG_UNKNOWN; i++) {
        const HgReference *name = &g_array_index(names, HgReference, i);
        g_autofree char *value = NULL;
        size_t size;
        if (!hg_snapshot_read_value(search->snapshot, name->target, &value, &size, error))
            return false;
        if ((name->how & HG_HOW_LABEL) == HG_LABEL_ITEM && !g_strcmp0(value, search->step->text))
            *place = name->label;
    }
    return fields.object == HG_NONE || names;
}

/* What a class has under the name of a field of a namedtuple only tells which item it is. */
static bool
follow_field(Search *search, const HgObject *object, GError **error)
{
    HgObject found;
    uint64_t place;
    if (!hg_object_read(search->snapshot, search->object, &found, error))
        return false;
    if (!g_str_has_suffix(found.type->name, "_tuplegetter"))
        return true;
    if (!find_field(search, object->type->object, &place, error))
        return false;
    return place == HG_UNKNOWN || find_item(search, object->number, place, error);
}

static bool
search_attribute(Search *search, const HgObject *object, GError **error)
{
    if (!search_classes(search, object->number, error))
        return false;
    if (search->object != HG_NONE || object->type->object == HG_NONE)
        return true;
    return search_classes(search, object->type->object, error) &&
           (search->object == HG_NONE || follow_field(search, object, error));
}

/* The item with that index, or the value of a dict's key that is this number. */
static bool
search_index(Search *search, const HgObject *object, GError **error)
{
    int64_t index = search->step->index;
    if (index < 0 && object->length != HG_UNKNOWN)
        index += (int64_t)object->length;
    if (index >= 0 && !find_item(search, object->number, (uint64_t)index, error))
        return false;
    return search->object != HG_NONE || search_keys(search, object->number, error);
}

static bool
search_step(Search *search, const HgObject *object, GError **error)
{
    switch (search->step->kind) {
    case HG_STEP_ATTRIBUTE:
        return search_attribute(search, object, error);
    case HG_STEP_INDEX:
        return search_index(search, object, error);
    default:
        return search_keys(search, object->number, error);
    }
}

/* ---- paths ------------------------------------------------------------------------------- */

static bool
fail_step(Search *search, const char *path, unsigned before, const HgObject *object, GError **error)
{
    g_autofree char *caption = hg_object_dup_caption(search->snapshot, object->number, true, error);
    if (!caption)
        return false;
    const char *values = hg_snapshot_get_fact(search->snapshot, HG_FACT_VALUES);
    bool is_key = search->step->kind != HG_STEP_ATTRIBUTE;
    bool is_blind = is_key && !g_strcmp0(values, "none");
    g_autofree char *hint = hg_similar_dup_hint(&search->similar);
    return fail_not_found(error, "%.*s (%s) has no %s %s%s%s%s%s", (int)before, path, caption,
                          !is_key                               ? "attribute"
                          : search->step->kind == HG_STEP_INDEX ? "item"
                                                                : "key",
                          search->step->kind == HG_STEP_TEXT || !is_key ? "'" : "",
                          search->step->text,
                          search->step->kind == HG_STEP_TEXT || !is_key ? "'" : "", hint,
                          is_blind ? " (the dump was taken without values)" : "");
}

/* Goes from *object by [steps] from the number [first] on. */
static bool
follow(HgSnapshot *snapshot, const char *path, const GPtrArray *steps, unsigned first,
       unsigned before, uint32_t *object, GError **error)
{
    for (unsigned i = first; i < steps->len; i++) {
        Search search = {.snapshot = snapshot, .step = steps->pdata[i], .object = HG_NONE};
        search.similar.wanted = search.step->text;
        HgObject from;
        bool found = hg_object_read(snapshot, *object, &from, error) &&
                     search_step(&search, &from, error) &&
                     (search.object != HG_NONE || fail_step(&search, path, before, &from, error));
        hg_similar_clear(&search.similar);
        if (!found)
            return false;
        *object = search.object;
        before = search.step->end;
    }
    return true;
}

static bool
follow_rest(HgSnapshot *snapshot, const char *path, unsigned start, uint32_t *object,
            GError **error)
{
    g_autoptr(GPtrArray) steps = hg_path_parse(path, start, false, error);
    return steps && follow(snapshot, path, steps, 0, start, object, error);
}

/* ---- modules ------------------------------------------------------------------------------ */

/* Sets *module to the module called as the first [size] bytes of [path], HG_NONE if there is none;
 * of several interpreters' that of the first, the main one. */
static void
find_module(const GPtrArray *roots, const char *path, size_t size, uint32_t *module)
{
    uint32_t first = UINT32_MAX;
    *module = HG_NONE;
    for (unsigned i = 0; i < roots->len; i++) {
        const HgRootRow *root = g_ptr_array_index(roots, i);
        if (root->kind == HG_ROOT_MODULE && root->name && root->interpreter < first &&
            strlen(root->name) == size && !memcmp(root->name, path, size)) {
            *module = root->object;
            first = root->interpreter;
        }
    }
}

/* Returns: how many of the first steps name a module, the longest; 0 if none does. */
static unsigned
match_module(const GPtrArray *roots, const char *path, const GPtrArray *steps, uint32_t *module)
{
    unsigned n_names = 0;
    while (n_names < steps->len && ((HgStep *)steps->pdata[n_names])->kind == HG_STEP_ATTRIBUTE)
        n_names++;
    for (; n_names > 0; n_names--) {
        find_module(roots, path, ((HgStep *)steps->pdata[n_names - 1])->end, module);
        if (*module != HG_NONE)
            return n_names;
    }
    return 0;
}

static bool
fail_module(const GPtrArray *roots, const HgStep *first, GError **error)
{
    g_auto(HgSimilar) similar = {.wanted = first->text};
    for (unsigned i = 0; i < roots->len; i++) {
        const HgRootRow *root = g_ptr_array_index(roots, i);
        if (root->kind == HG_ROOT_MODULE && root->name)
            hg_similar_offer(&similar, root->name);
    }
    g_autofree char *hint = hg_similar_dup_hint(&similar);
    return fail_not_found(error, "no module '%s', and nothing of that name in __main__%s",
                          first->text, hint);
}

static bool
resolve_in_main(HgSnapshot *snapshot, const char *path, const GPtrArray *roots,
                const GPtrArray *steps, uint32_t *object, GError **error)
{
    Search search = {.snapshot = snapshot, .step = steps->pdata[0], .object = HG_NONE};
    search.similar.wanted = "";
    uint32_t module;
    find_module(roots, "__main__", strlen("__main__"), &module);
    if (module != HG_NONE && !search_own(&search, module, error))
        return false;
    if (search.object == HG_NONE)
        return fail_module(roots, search.step, error);
    *object = search.object;
    return follow(snapshot, path, steps, 1, search.step->end, object, error);
}

static bool
resolve_path(HgSnapshot *snapshot, const char *path, uint32_t *object, GError **error)
{
    g_autoptr(GPtrArray) steps = hg_path_parse(path, 0, true, error);
    const GPtrArray *roots = steps ? hg_snapshot_get_roots(snapshot, error) : NULL;
    if (!roots)
        return false;
    unsigned n_names = match_module(roots, path, steps, object);
    if (n_names == 0)
        return resolve_in_main(snapshot, path, roots, steps, object, error);
    unsigned before = ((HgStep *)steps->pdata[n_names - 1])->end;
    return follow(snapshot, path, steps, n_names, before, object, error);
}

/* ---- addresses ---------------------------------------------------------------------------- */

/* Sets *object to the last one at or before [address], HG_NONE if all are behind it. */
static bool
find_before(HgSnapshot *snapshot, uint64_t address, uint32_t *object, GError **error)
{
    uint32_t low = 0, high = hg_snapshot_count_objects(snapshot);
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        uint64_t at;
        if (!hg_snapshot_get(snapshot, HG_COLUMN_ADDRESS, middle, &at, error))
            return false;
        if (at <= address)
            low = middle + 1;
        else
            high = middle;
    }
    *object = low ? low - 1 : HG_NONE;
    return true;
}

static bool
fail_address(HgSnapshot *snapshot, const char *name, uint64_t address, GError **error)
{
    uint32_t before;
    HgObject object;
    if (!find_before(snapshot, address, &before, error))
        return false;
    if (before == HG_NONE)
        return fail_not_found(error, "no object at %s", name);
    if (!hg_object_read(snapshot, before, &object, error))
        return false;
    if (address - object.address >= object.size)
        return fail_not_found(error, "no object at %s", name);
    return fail_not_found(error, "no object at %s, which lies inside of the %s at 0x%" PRIx64, name,
                          object.type->name, object.address);
}

static bool
resolve_address(HgSnapshot *snapshot, const char *path, uint32_t *object, GError **error)
{
    size_t size = strcspn(path, ".[");
    g_autofree char *number = g_strndup(path, size);
    bool is_hex = g_str_has_prefix(number, "0x") || g_str_has_prefix(number, "0X");
    uint64_t address;
    if (!g_ascii_string_to_unsigned(is_hex ? number + 2 : number, is_hex ? 16 : 10, 0, G_MAXUINT64,
                                    &address, NULL)) {
        g_set_error(error, HG_ERROR, HG_ERROR_USAGE,
                    "%s: expected an address, 0x and hexadecimal digits or a decimal id()", number);
        return false;
    }
    g_autoptr(GError) problem = NULL;
    if (hg_snapshot_find_address(snapshot, address, object, &problem))
        return follow_rest(snapshot, path, (unsigned)size, object, error);
    if (g_error_matches(problem, HG_ERROR, HG_ERROR_NOT_FOUND))
        return fail_address(snapshot, number, address, error);
    g_propagate_error(error, g_steal_pointer(&problem));
    return false;
}

/* "<list 0x7f3a...>" and what follows, as ways are told that begin at no root. */
static bool
resolve_told(HgSnapshot *snapshot, const char *path, uint32_t *object, GError **error)
{
    const char *address = strstr(path, " 0x");
    size_t n_digits = address ? strspn(address + 3, "0123456789abcdefABCDEF") : 0;
    if (n_digits == 0 || address[3 + n_digits] != '>') {
        g_set_error(error, HG_ERROR, HG_ERROR_USAGE, "%s: expected <TYPE 0xADDRESS>", path);
        return false;
    }
    g_autofree char *number = g_strndup(address + 1, n_digits + 2);
    return resolve_address(snapshot, number, object, error) &&
           follow_rest(snapshot, path, (unsigned)(address + 4 + n_digits - path), object, error);
}

/* ---- bookmarks ---------------------------------------------------------------------------- */

static const HgBookmark *
find_bookmark(const GPtrArray *bookmarks, const char *name, GError **error)
{
    g_auto(HgSimilar) similar = {.wanted = name};
    for (unsigned i = 0; i < bookmarks->len; i++) {
        const HgBookmark *bookmark = g_ptr_array_index(bookmarks, i);
        if (g_str_equal(bookmark->name, name))
            return bookmark;
        hg_similar_offer(&similar, bookmark->name);
    }
    g_autofree char *hint = hg_similar_dup_hint(&similar);
    fail_not_found(error, "no bookmark '%s' in this snapshot%s", name, hint);
    return NULL;
}

static bool
resolve_bookmark(HgSnapshot *snapshot, const char *path, uint32_t *object, GError **error)
{
    size_t size = strcspn(path, ".[");
    g_autofree char *name = g_strndup(path + 1, size - 1);
    g_autoptr(GPtrArray) bookmarks = hg_store_list_bookmarks(
        hg_snapshot_get_store(snapshot), hg_snapshot_get_info(snapshot)->id, error);
    const HgBookmark *bookmark = bookmarks ? find_bookmark(bookmarks, name, error) : NULL;
    if (!bookmark || !hg_snapshot_find_address(snapshot, bookmark->address, object, error))
        return false;
    return follow_rest(snapshot, path, (unsigned)size, object, error);
}

/* ---- types -------------------------------------------------------------------------------- */

static bool
answers_to(const HgTypeRow *type, const char *name)
{
    return g_str_equal(type->name, name) || g_str_equal(type->qualname, name) ||
           g_str_equal(hg_type_get_name(type, true), name);
}

static bool
fail_type(const GPtrArray *types, const char *name, GError **error)
{
    g_auto(HgSimilar) similar = {.wanted = name};
    for (unsigned i = 0; i < types->len; i++) {
        const HgTypeRow *type = g_ptr_array_index(types, i);
        hg_similar_offer(&similar, type->name);
        hg_similar_offer(&similar, hg_type_get_name(type, true));
    }
    g_autofree char *hint = hg_similar_dup_hint(&similar);
    return fail_not_found(error, "no type '%s' in this snapshot%s", name, hint);
}

/* Returns: whether all of them have one full name; a class that was defined twice is two types. */
static bool
have_one_name(const GPtrArray *types)
{
    const HgTypeRow *first = g_ptr_array_index(types, 0);
    for (unsigned i = 1; i < types->len; i++)
        if (!g_str_equal(((HgTypeRow *)types->pdata[i])->name, first->name))
            return false;
    return true;
}

static bool
fail_ambiguous(const char *name, const GPtrArray *found, GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GString) names = g_string_new(NULL);
    unsigned n_names = 0;
    for (unsigned i = 0; i < found->len; i++) {
        const HgTypeRow *type = g_ptr_array_index(found, i);
        if (g_hash_table_add(seen, type->name) && ++n_names <= 8)
            g_string_append_printf(names, "%s%s", n_names > 1 ? ", " : "", type->name);
    }
    g_set_error(error, HG_ERROR, HG_ERROR_USAGE, "'%s' may be one of %u types: %s%s", name, n_names,
                names->str, n_names > 8 ? ", ..." : "");
    return false;
}

/* Types that no object has any more, or never had, only stand for a name if no other does. */
static GPtrArray *
choose_types(const char *name, const GPtrArray *found, GError **error)
{
    g_autoptr(GPtrArray) used = g_ptr_array_new();
    for (unsigned i = 0; i < found->len; i++)
        if (((HgTypeRow *)found->pdata[i])->n_objects > 0)
            g_ptr_array_add(used, found->pdata[i]);
    if (used->len == 0)
        g_ptr_array_extend(used, (GPtrArray *)found, NULL, NULL);
    if (!have_one_name(used)) {
        fail_ambiguous(name, found, error);
        return NULL;
    }
    return g_steal_pointer(&used);
}

GPtrArray *
hg_resolve_types(HgSnapshot *snapshot, const char *name, GError **error)
{
    const GPtrArray *types = hg_snapshot_get_types(snapshot, error);
    if (!types)
        return NULL;
    g_autoptr(GPtrArray) exact = g_ptr_array_new(), found = g_ptr_array_new();
    for (unsigned i = 0; i < types->len; i++) {
        HgTypeRow *candidate = g_ptr_array_index(types, i);
        if (g_str_equal(candidate->name, name))
            g_ptr_array_add(exact, candidate);
        if (answers_to(candidate, name))
            g_ptr_array_add(found, candidate);
    }
    if (exact->len > 0)
        return choose_types(name, exact, error);
    if (found->len > 0)
        return choose_types(name, found, error);
    fail_type(types, name, error);
    return NULL;
}

bool
hg_resolve_type(HgSnapshot *snapshot, const char *name, const HgTypeRow **type, GError **error)
{
    g_autoptr(GPtrArray) types = hg_resolve_types(snapshot, name, error);
    if (types)
        *type = g_ptr_array_index(types, 0);
    return types;
}

/* "app.Session#3" and what follows. [mark] is where the '#' stands. */
static bool
resolve_numbered(HgSnapshot *snapshot, const char *path, const char *mark, uint32_t *object,
                 GError **error)
{
    g_autofree char *name = g_strndup(path, (size_t)(mark - path));
    size_t n_digits = strspn(mark + 1, "0123456789");
    g_autofree char *digits = g_strndup(mark + 1, n_digits);
    uint64_t nth;
    if (!g_ascii_string_to_unsigned(digits, 10, 1, G_MAXUINT64, &nth, NULL)) {
        g_set_error(error, HG_ERROR, HG_ERROR_USAGE,
                    "%s: expected a number from 1 on after the '#'", path);
        return false;
    }
    g_autoptr(GPtrArray) types = hg_resolve_types(snapshot, name, error);
    g_autoptr(GArray) objects =
        types ? hg_objects_of_types(snapshot, types, nth - 1, 1, error) : NULL;
    if (!objects)
        return false;
    if (objects->len == 0) {
        uint64_t count = hg_objects_count(types);
        return fail_not_found(error, "no %s: there %s %" PRIu64 " object%s of that type", path,
                              count == 1 ? "is" : "are", count, count == 1 ? "" : "s");
    }
    *object = g_array_index(objects, uint32_t, 0);
    return follow_rest(snapshot, path, (unsigned)(mark + 1 + n_digits - path), object, error);
}

/* ---- all of them -------------------------------------------------------------------------- */

bool
hg_resolve(HgSnapshot *snapshot, const char *name, uint32_t *object, GError **error)
{
    uint32_t found = HG_NONE;
    bool done;
    size_t head = strcspn(name, "[#");
    if (!g_utf8_validate(name, -1, NULL)) {
        g_set_error_literal(error, HG_ERROR, HG_ERROR_USAGE, "the name of an object is not UTF-8");
        return false;
    }
    if (*name == '<')
        done = resolve_told(snapshot, name, &found, error);
    else if (g_ascii_isdigit(*name))
        done = resolve_address(snapshot, name, &found, error);
    else if (*name == '@')
        done = resolve_bookmark(snapshot, name, &found, error);
    else if (name[head] == '#')
        done = resolve_numbered(snapshot, name, name + head, &found, error);
    else
        done = resolve_path(snapshot, name, &found, error);
    if (done)
        *object = found;
    return done;
}

GArray *
hg_resolve_all(HgSnapshot *snapshot, char *const *names, unsigned n_names, GError **error)
{
    g_autoptr(GArray) objects = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    for (unsigned i = 0; i < n_names; i++) {
        uint32_t object;
        if (!hg_resolve(snapshot, names[i], &object, error))
            return NULL;
        g_array_append_val(objects, object);
    }
    return g_steal_pointer(&objects);
}
