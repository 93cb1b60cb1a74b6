/* walk-functions.c - functions, methods, code, cells, descriptors, modules.
 * SPDX-License-Identifier: MIT */
#include "core/capture/walker.h"

#define MODULE_STATE_MAX (1 << 20)
#define METHOD_FLAG_CLASS 0x200 /* METH_METHOD: the structure has mm_class */
#define NAME_MAX_SIZE 512

static void
read_function(HgWalker *walker, const HgWalkObject *object)
{
    const HgLayout *layout = walker->layout;
    const struct {
        HgOffset offset;
        HgWalkName name;
    } field[] = {
        {layout->function.func_code, HG_NAME(__code__)},
        {layout->function.func_globals, HG_NAME(__globals__)},
        {layout->function.func_builtins, HG_NAME(__builtins__)},
        {layout->function.func_module, HG_NAME(__module__)},
        {layout->function.func_defaults, HG_NAME(__defaults__)},
        {layout->function.func_kwdefaults, HG_NAME(__kwdefaults__)},
        {layout->function.func_doc, HG_NAME(__doc__)},
        {layout->function.func_name, HG_NAME(__name__)},
        {layout->function.func_dict, HG_NAME(__dict__)},
        {layout->function.func_closure, HG_NAME(__closure__)},
        {layout->function.func_annotations, HG_NAME(__annotations__)},
        {layout->function.func_annotate, HG_NAME(__annotate__)},
        {layout->function.func_typeparams, HG_NAME(__type_params__)},
        {layout->function.func_qualname, HG_NAME(__qualname__)},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(field); i++)
        hg_walker_add_field(walker, object, field[i].offset, field[i].name, HG_HOW_VISITED);
}

static void
measure_function(HgWalker *walker, const HgWalkObject *object, HgObjectRecord *record)
{
    hg_walker_set_value_str(walker, record,
                            hg_walk_word(object, walker->layout->function.func_qualname));
}

static void
measure_method(HgWalker *walker, const HgWalkObject *object, HgObjectRecord *record)
{
    HgWalkObject function;
    if (hg_walker_look_for(walker, hg_walk_word(object, walker->layout->method.im_func), "function",
                           &function))
        measure_function(walker, &function, record);
}

static void
read_builtin(HgWalker *walker, const HgWalkObject *object)
{
    const HgLayout *layout = walker->layout;
    hg_walker_add_field(walker, object, layout->builtin.m_self, HG_NAME(__self__), HG_HOW_VISITED);
    hg_walker_add_field(walker, object, layout->builtin.m_module, HG_NAME(__module__),
                        HG_HOW_VISITED);
    /* PyMethodDef: name, function, flags */
    uint32_t flags =
        hg_image_get_u32(walker->image, hg_walk_word(object, layout->builtin.m_ml) + 16);
    if (flags & METHOD_FLAG_CLASS && layout->builtin.mm_class != HG_ABSENT) {
        uint64_t class =
            hg_image_get_u64(walker->image, object->address + (uint64_t)layout->builtin.mm_class);
        hg_walker_add(walker, class, HG_NAME(__class__), HG_LABEL_INTERNAL | HG_HOW_VISITED);
    }
}

static void
measure_builtin(HgWalker *walker, const HgWalkObject *object, HgObjectRecord *record)
{
    uint64_t definition = hg_walk_word(object, walker->layout->builtin.m_ml);
    const char *name = hg_image_find_text(
        walker->image, hg_image_get_u64(walker->image, definition), NAME_MAX_SIZE);
    if (name && g_utf8_validate(name, -1, NULL))
        hg_walker_set_value(walker, record, name, strlen(name));
}

static void
read_cell(HgWalker *walker, const HgWalkObject *object)
{
    hg_walker_add(walker, hg_walk_word(object, walker->layout->cell.ob_ref), 0,
                  HG_LABEL_CELL | HG_HOW_VISITED);
}

static void
read_code(HgWalker *walker, const HgWalkObject *object)
{
    const HgLayout *layout = walker->layout;
    const struct {
        HgOffset offset;
        HgWalkName name;
    } field[] = {
        {layout->code.co_consts, HG_NAME(co_consts)},
        {layout->code.co_names, HG_NAME(co_names)},
        {layout->code.co_varnames, HG_NAME(co_varnames)},
        {layout->code.co_freevars, HG_NAME(co_freevars)},
        {layout->code.co_cellvars, HG_NAME(co_cellvars)},
        {layout->code.co_localsplusnames, HG_NAME(co_localsplusnames)},
        {layout->code.co_localspluskinds, HG_NAME(co_localspluskinds)},
        {layout->code.co_exceptiontable, HG_NAME(co_exceptiontable)},
        {layout->code.co_filename, HG_NAME(co_filename)},
        {layout->code.co_name, HG_NAME(co_name)},
        {layout->code.co_qualname, HG_NAME(co_qualname)},
        {layout->code.co_linetable, HG_NAME(co_linetable)},
        {layout->code.co_lnotab, HG_NAME(co_lnotab)},
        {layout->code.co_code_object, HG_NAME(co_code)},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(field); i++)
        hg_walker_add_field(walker, object, field[i].offset, field[i].name, HG_HOW_OWNED);
    /* up to 3.10 the bytecode is an object of its own */
    if (!hg_walker_since(walker, 3, 11))
        hg_walker_add_field(walker, object, layout->code.co_code, HG_NAME(co_code), HG_HOW_OWNED);
}

/* From 3.12 on: attributes computed once are kept beside the code. */
static void
read_code_cache(HgWalker *walker, const HgWalkObject *object)
{
    const HgLayout *layout = walker->layout;
    uint64_t cached = hg_walk_word(object, layout->code.co_cached);
    const struct {
        HgOffset offset;
        HgWalkName name;
    } field[] = {
        {layout->code_cached._co_code, HG_NAME(co_code)},
        {layout->code_cached._co_varnames, HG_NAME(co_varnames)},
        {layout->code_cached._co_cellvars, HG_NAME(co_cellvars)},
        {layout->code_cached._co_freevars, HG_NAME(co_freevars)},
    };
    for (size_t i = 0; cached && i < G_N_ELEMENTS(field); i++)
        if (field[i].offset != HG_ABSENT)
            hg_walker_add(walker,
                          hg_image_get_u64(walker->image, cached + (uint64_t)field[i].offset),
                          field[i].name, HG_LABEL_INTERNAL | HG_HOW_OWNED);
}

static void
read_code_object(HgWalker *walker, const HgWalkObject *object)
{
    read_code(walker, object);
    if (walker->layout->code.co_cached != HG_ABSENT)
        read_code_cache(walker, object);
}

/* Returns: bytes of what hangs on a code object: data of other tools, and up to 3.10 a cache of
 * look-ups, which follows co_extra: a map of the instructions, the entries, a flag, their number.
 */
static uint64_t
code_extra_size(HgWalker *walker, const HgWalkObject *object)
{
    enum {
        EXTRA_MAX = 256,
        CACHE_ENTRY = 32
    };
    const HgLayout *layout = walker->layout;
    uint64_t extra = hg_walk_word(object, layout->code.co_extra);
    uint64_t n_extra = extra ? hg_image_get_u64(walker->image, extra) : 0;
    uint64_t size = extra ? 8 + 8 * MIN(n_extra, EXTRA_MAX) : 0;
    if (hg_walker_since(walker, 3, 11))
        return size;
    uint64_t code = hg_walk_word(object, layout->code.co_code);
    uint64_t cells = hg_walk_word(object, layout->code.co_cellvars);
    uint8_t n_entries = (uint8_t)hg_walk_int(object, layout->code.co_extra + 28);
    if (hg_walk_word(object, layout->code.co_cell2arg))
        size += 8 * MIN(hg_image_get_u64(walker->image, cells + 16), EXTRA_MAX);
    if (hg_walk_word(object, layout->code.co_extra + 16))
        size += hg_image_get_u64(walker->image, code + 16) / 2 % G_MAXUINT32 +
                (uint64_t)n_entries * CACHE_ENTRY;
    return size;
}

/* "name (file:line)" */
static void
measure_code(HgWalker *walker, const HgWalkObject *object, HgObjectRecord *record)
{
    const HgLayout *layout = walker->layout;
    if (object->type->itemsize) { /* the bytecode stands inside */
        record->size = (record->size + 7) & ~7ull;
        record->sizeof_ = record->size;
    }
    uint64_t extra = code_extra_size(walker, object);
    record->size += extra;
    record->sizeof_ += extra;
    record->length = (uint64_t)MAX(hg_walk_int(object, layout->code.co_argcount), 0);
    char name[6 * 128];
    char file[6 * 256];
    bool is_cut;
    HgOffset name_offset =
        layout->code.co_qualname != HG_ABSENT ? layout->code.co_qualname : layout->code.co_name;
    int64_t name_size =
        hg_walker_read_str(walker, hg_walk_word(object, name_offset), 128, name, &is_cut);
    int64_t file_size = hg_walker_read_str(walker, hg_walk_word(object, layout->code.co_filename),
                                           256, file, &is_cut);
    if (name_size < 0 || file_size < 0)
        return;
    char line[16];
    int line_size =
        g_snprintf(line, sizeof line, ":%d)", hg_walk_int(object, layout->code.co_firstlineno));
    char *at = walker->value;
    memcpy(at, name, (size_t)name_size);
    memcpy(at += name_size, " (", 2);
    memcpy(at += 2, file, (size_t)file_size);
    memcpy(at += file_size, line, (size_t)line_size);
    record->value = walker->value;
    record->value_size = (uint32_t)(at + line_size - walker->value);
}

/* The descriptors of C types: type, name, qualified name. */
static void
read_descriptor(HgWalker *walker, const HgWalkObject *object)
{
    const HgLayout *layout = walker->layout;
    hg_walker_add_field(walker, object, layout->descriptor.d_type, HG_NAME(__objclass__),
                        HG_HOW_VISITED);
    hg_walker_add_field(walker, object, layout->descriptor.d_name, HG_NAME(__name__), HG_HOW_OWNED);
    hg_walker_add_field(walker, object, layout->descriptor.d_qualname, HG_NAME(__qualname__),
                        HG_HOW_OWNED);
}

static void
measure_descriptor(HgWalker *walker, const HgWalkObject *object, HgObjectRecord *record)
{
    hg_walker_set_value_str(walker, record,
                            hg_walk_word(object, walker->layout->descriptor.d_name));
}

/* property: getter, setter, deleter, doc, and from 3.10 on its name. */
static void
read_property(HgWalker *walker, const HgWalkObject *object)
{
    if (hg_walker_since(walker, 3, 10))
        hg_walker_add_field(walker, object, 48, HG_NAME(__name__), HG_HOW_VISITED);
}

/* PyModuleDef: base (40), name, doc, size, methods, slots, traverse, clear, free. From 3.15 on the
 * module has size and traverse itself. */
enum {
    DEFINITION_SIZE = 56,
    DEFINITION_TRAVERSE = 80,
    OWN_SIZE = 56,
    OWN_TRAVERSE = 64
};

/* The state of a C module; only its traverse function knows what is in it. */
static void
read_module_state(HgWalker *walker, const HgWalkObject *object)
{
    const HgLayout *layout = walker->layout;
    uint64_t definition = hg_walk_word(object, layout->module.md_def);
    uint64_t state = hg_walk_word(object, layout->module.md_state);
    uint64_t size = hg_image_get_u64(walker->image, definition + DEFINITION_SIZE);
    uint64_t traverse = hg_image_get_u64(walker->image, definition + DEFINITION_TRAVERSE);
    if (hg_walker_since(walker, 3, 15)) {
        size = hg_walk_word(object, OWN_SIZE);
        traverse = hg_walk_word(object, OWN_TRAVERSE);
    }
    if (definition && state && size <= MODULE_STATE_MAX)
        hg_walker_scan_memory(walker, state, size, traverse ? HG_HOW_VISITED : HG_HOW_OWNED);
}

static void
read_module(HgWalker *walker, const HgWalkObject *object)
{
    const HgLayout *layout = walker->layout;
    hg_walker_add_field(walker, object, layout->module.md_dict, HG_NAME(__dict__), HG_HOW_VISITED);
    hg_walker_add_field(walker, object, layout->module.md_name, HG_NAME(__name__), HG_HOW_OWNED);
    if (layout->module.md_def != HG_ABSENT)
        read_module_state(walker, object);
}

static void
measure_module(HgWalker *walker, const HgWalkObject *object, HgObjectRecord *record)
{
    uint64_t name = hg_walk_word(object, walker->layout->module.md_name);
    if (!name)
        name = hg_walker_find_item(walker, hg_walk_word(object, walker->layout->module.md_dict),
                                   "__name__");
    hg_walker_set_value_str(walker, record, name);
}

#define VISITED(offset, name)                                                                      \
    {                                                                                              \
        offset, HG_NAME(name), HG_HOW_VISITED                                                      \
    }

const HgTypeReader hg_readers_functions[] = {
    {.type_name = "function", .read = read_function, .measure = measure_function},
    {.type_name = "method",
     .field = {VISITED(16, __func__), VISITED(24, __self__)},
     .measure = measure_method},
    {.type_name = "instancemethod", .field = {VISITED(16, __func__)}},
    {.type_name = "builtin_function_or_method", .read = read_builtin, .measure = measure_builtin},
    {.type_name = "builtin_method", .read = read_builtin, .measure = measure_builtin},
    {.type_name = "cell", .read = read_cell},
    {.type_name = "code", .read = read_code_object, .measure = measure_code},
    {.type_name = "module", .read = read_module, .measure = measure_module},
    {.type_name = "property",
     .field = {VISITED(16, fget), VISITED(24, fset), VISITED(32, fdel), VISITED(40, __doc__)},
     .read = read_property},
    {.type_name = "classmethod", .field = {VISITED(16, __func__), VISITED(24, __dict__)}},
    {.type_name = "staticmethod", .field = {VISITED(16, __func__), VISITED(24, __dict__)}},
    {.type_name = "method_descriptor", .read = read_descriptor, .measure = measure_descriptor},
    {.type_name = "classmethod_descriptor", .read = read_descriptor, .measure = measure_descriptor},
    {.type_name = "member_descriptor", .read = read_descriptor, .measure = measure_descriptor},
    {.type_name = "getset_descriptor", .read = read_descriptor, .measure = measure_descriptor},
    {.type_name = "wrapper_descriptor", .read = read_descriptor, .measure = measure_descriptor},
    {.type_name = "method-wrapper", .field = {VISITED(16, descr), VISITED(24, __self__)}},
    {.type_name = NULL},
};
