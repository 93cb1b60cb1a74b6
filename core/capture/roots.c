/* roots.c - why the runtime itself holds objects.
 *
 * Threads stand in a list of each interpreter, their frames in a list of each thread, innermost
 * first. The states of interpreters, threads and the runtime are C structures full of pointers:
 * fields that are known to hold objects are roots by name; what other words lead to is a root only
 * if its references do not add up without.
 * SPDX-License-Identifier: MIT */
#include "core/capture/roots.h"

#include "core/capture/elf-symbols.h"

#define THREADS_MAX 65536
#define FRAMES_MAX 1000000 /* of one thread */
#define OWNER_THREAD 0
#define OWNER_GENERATOR 1
#define STATE_MAX (4u << 20)

/* A structure of the runtime itself. */
typedef struct {
    uint64_t address, size;
    const uint8_t *bytes;
    const char *name;
} State;

struct HgWalkRoots {
    HgWalker *walker;
    GArray *records; /* of HgRootRecord */
    GArray *threads; /* of HgThreadRecord */
    GArray *frames;  /* of HgFrameRecord */
    GArray *states;  /* of State */
    uint32_t interpreter;
};

static void
add_root(HgWalkRoots *roots, HgRootKind kind, uint64_t identity, uint32_t name, uint32_t frame)
{
    HgRootRecord record = {kind, identity, name, frame, roots->interpreter};
    if (!identity)
        return;
    g_array_append_val(roots->records, record);
    hg_walker_reach(roots->walker, identity);
}

static uint32_t
intern(HgWalkRoots *roots, const char *text)
{
    return hg_walker_intern(roots->walker, text, strlen(text));
}

/* ---- modules ------------------------------------------------------------------------------- */

static void
find_modules(HgWalkRoots *roots, uint64_t modules)
{
    HgWalker *walker = roots->walker;
    HgWalkObject dict;
    HgWalkEntries entries;
    if (!hg_walker_look_for(walker, modules, "dict", &dict) ||
        !hg_walker_read_entries(walker, &dict, &entries))
        return;
    for (uint64_t i = 0; i < entries.n; i++)
        add_root(roots, HG_ROOT_MODULE, hg_walk_entry_value(&entries, i),
                 hg_walker_intern_str(walker, hg_walk_entry_key(&entries, i)), HG_NONE);
}

/* ---- frames -------------------------------------------------------------------------------- */

/* A frame in the making: what both kinds of frames tell. */
typedef struct {
    uint64_t address, code, object, instruction_offset;
    uint32_t traced_line; /* what the tracer set, up to 3.10 */
} Frame;

static uint64_t
get_word(HgWalker *walker, uint64_t address, HgOffset offset)
{
    return offset == HG_ABSENT ? 0 : hg_image_get_u64(walker->image, address + (uint64_t)offset);
}

static uint32_t
add_frame(HgWalkRoots *roots, const Frame *frame)
{
    HgWalker *walker = roots->walker;
    const HgLayout *layout = walker->layout;
    HgWalkObject code;
    HgFrameRecord record = {.thread = roots->threads->len - 1, .identity = frame->object};
    if (!hg_walker_look_for(walker, frame->code, "code", &code))
        return HG_NONE;
    HgOffset name =
        layout->code.co_qualname != HG_ABSENT ? layout->code.co_qualname : layout->code.co_name;
    record.function = hg_walker_intern_str(walker, hg_walk_word(&code, name));
    record.file = hg_walker_intern_str(walker, hg_walk_word(&code, layout->code.co_filename));
    record.line = hg_walker_find_line(walker, &code, frame->instruction_offset);
    if (record.function == HG_NONE)
        record.function = intern(roots, "?");
    if (record.file == HG_NONE)
        record.file = intern(roots, "?");
    g_array_append_val(roots->frames, record);
    return roots->frames->len - 1;
}

/* The locals and the stack of a frame in its thread's stack are roots, and so is what it needs
 * to run. They are read as the references of an object would be. */
static void
add_frame_roots(HgWalkRoots *roots, const Frame *frame, uint32_t number)
{
    HgWalker *walker = roots->walker;
    g_autoptr(GArray) gathered = g_array_new(FALSE, FALSE, sizeof(HgReferenceRecord));
    walker->gathered = gathered;
    walker->with_labels = true;
    hg_walker_add_frame(walker, frame->address, HG_HOW_OWNED);
    hg_walker_flush(walker);
    walker->with_labels = false;
    walker->gathered = NULL;
    uint64_t globals =
        get_word(walker, frame->address, walker->layout->interpreter_frame.f_globals);
    for (guint i = 0; i < gathered->len; i++) {
        const HgReferenceRecord *reference = &g_array_index(gathered, HgReferenceRecord, i);
        if (reference->target == globals)
            continue; /* the code of a module: its names are the module's */
        bool is_local = (reference->how & HG_HOW_LABEL) == HG_LABEL_LOCAL;
        add_root(roots, HG_ROOT_FRAME, reference->target,
                 is_local ? (uint32_t)reference->label : HG_NONE, number);
    }
}

/* From 3.11 on. */
static void
find_frames(HgWalkRoots *roots, uint64_t thread)
{
    HgWalker *walker = roots->walker;
    const HgLayout *layout = walker->layout;
    uint64_t address = layout->thread.current_frame != HG_ABSENT
                           ? get_word(walker, thread, layout->thread.current_frame)
                           : get_word(walker, get_word(walker, thread, layout->thread.cframe),
                                      layout->cframe.current_frame);
    for (uint32_t i = 0; address && i < FRAMES_MAX && hg_walker_spend(walker, 16); i++) {
        uint8_t owner = UINT8_MAX;
        hg_image_read(walker->image, address + (uint64_t)layout->interpreter_frame.owner, &owner,
                      1);
        Frame frame = {.address = address,
                       .code = get_word(walker, address, layout->interpreter_frame.f_executable) &
                               ~3ull,
                       .object = get_word(walker, address, layout->interpreter_frame.frame_obj)};
        frame.instruction_offset = get_word(walker, address, layout->interpreter_frame.instr_ptr) -
                                   frame.code - (uint64_t)layout->code.co_code;
        uint32_t number = HG_NONE;
        if (owner == OWNER_THREAD || owner == OWNER_GENERATOR)
            number = add_frame(roots, &frame);
        if (number != HG_NONE && owner == OWNER_THREAD)
            add_frame_roots(roots, &frame, number);
        if (number != HG_NONE && owner == OWNER_GENERATOR)
            add_root(roots, HG_ROOT_FRAME, address - (uint64_t)layout->generator.gi_iframe, HG_NONE,
                     number);
        address = get_word(walker, address, layout->interpreter_frame.previous);
    }
}

/* Up to 3.10: frames are objects, linked by f_back; the innermost is the root of all. */
static void
find_old_frames(HgWalkRoots *roots, uint64_t thread)
{
    HgWalker *walker = roots->walker;
    const HgLayout *layout = walker->layout;
    uint64_t address = get_word(walker, thread, layout->thread.frame);
    for (uint32_t i = 0; address && i < FRAMES_MAX && hg_walker_spend(walker, 16); i++) {
        int32_t last = 0;
        hg_image_read(walker->image, address + (uint64_t)layout->frame.f_lasti, &last, sizeof last);
        /* 3.10 counts instructions, not bytes */
        uint64_t scale = hg_walker_since(walker, 3, 10) ? 2 : 1;
        Frame frame = {.address = address,
                       .code = get_word(walker, address, layout->frame.f_code),
                       .object = address,
                       .instruction_offset = last > 0 ? (uint64_t)last * scale : 0};
        uint32_t number = add_frame(roots, &frame);
        if (number == HG_NONE)
            return;
        add_root(roots, HG_ROOT_FRAME, address, HG_NONE, number);
        address = get_word(walker, address, layout->frame.f_back);
    }
}

/* ---- threads ------------------------------------------------------------------------------- */

/* Returns: the value of the int at [address], 0 if it is none. */
static uint64_t
read_int(HgWalker *walker, uint64_t address)
{
    HgWalkObject object;
    uint32_t digit[3] = {0};
    if (!hg_walker_look_for(walker, address, "int", &object))
        return 0;
    uint64_t n = walker->layout->integer.lv_tag != HG_ABSENT
                     ? hg_walk_word(&object, walker->layout->integer.lv_tag) >> 3
                     : hg_walk_word(&object, 16);
    if (n > 3 || !hg_image_read(walker->image, address + (uint64_t)walker->layout->integer.ob_digit,
                                digit, n * sizeof *digit))
        return 0;
    return (uint64_t)digit[2] << 60 | (uint64_t)digit[1] << 30 | digit[0];
}

/* Returns: what threading calls the thread: threading._active has it under its identity. */
static uint32_t
find_thread_name(HgWalkRoots *roots, uint64_t modules, uint64_t identity)
{
    HgWalker *walker = roots->walker;
    HgWalkObject active;
    HgWalkEntries entries;
    uint64_t threading = hg_walker_find_item(walker, modules, "threading");
    uint64_t names = get_word(walker, threading, walker->layout->module.md_dict);
    uint64_t dict = threading ? hg_walker_find_item(walker, names, "_active") : 0;
    if (!hg_walker_look_for(walker, dict, "dict", &active) ||
        !hg_walker_read_entries(walker, &active, &entries))
        return HG_NONE;
    for (uint64_t i = 0; i < entries.n; i++) {
        uint64_t thread = hg_walk_entry_value(&entries, i);
        if (thread && read_int(walker, hg_walk_entry_key(&entries, i)) == identity)
            return hg_walker_intern_str(walker, hg_walker_find_attribute(walker, thread, "_name"));
    }
    return HG_NONE;
}

/* Returns: what the kernel calls the thread. */
static uint32_t
find_kernel_name(HgWalkRoots *roots, uint64_t identity)
{
    const HgImage *image = roots->walker->image;
    for (size_t i = 0; i < image->n_threads; i++) {
        const HgImageThread *thread = &image->thread[i];
        if (thread->fs_base == identity && thread->name[0] &&
            g_utf8_validate(thread->name, -1, NULL))
            return intern(roots, thread->name);
    }
    return HG_NONE;
}

/* A structure of the runtime: what its words lead to may be held by it, but it may as well be a
 * stale entry of a list of free objects. It becomes a root if nothing else explains why it lives.
 */
static void
add_state(HgWalkRoots *roots, uint64_t address, HgOffset size, const char *name)
{
    HgWalker *walker = roots->walker;
    State state = {.address = address, .size = (uint64_t)MAX(size, 0) & ~7ull, .name = name};
    state.bytes =
        state.size <= STATE_MAX ? hg_image_find(walker->image, address, state.size) : NULL;
    if (!state.bytes || !hg_walker_spend(walker, state.size / 8))
        return;
    g_array_append_val(roots->states, state);
    for (uint64_t i = 0; i + 8 <= state.size; i += 8) {
        uint64_t word = hg_walk_read_word(state.bytes + i);
        bool is_inside = word - address < state.size;
        if (word > 4096 && !is_inside && hg_walker_recognises(walker, word))
            g_array_append_val(walker->later, word);
    }
}

static void
find_threads(HgWalkRoots *roots, const HgInterpreter *interpreter, uint64_t modules)
{
    HgWalker *walker = roots->walker;
    const HgLayout *layout = walker->layout;
    uint64_t thread = get_word(walker, interpreter->state, layout->interpreter.threads_head);
    for (uint32_t i = 0; thread && i < THREADS_MAX && hg_walker_spend(walker, 64); i++) {
        HgThreadRecord record = {.id = get_word(walker, thread, layout->thread.thread_id),
                                 .interpreter = roots->interpreter};
        record.name = find_thread_name(roots, modules, record.id);
        if (record.name == HG_NONE)
            record.name = find_kernel_name(roots, record.id);
        g_array_append_val(roots->threads, record);
        if (layout->thread.frame != HG_ABSENT)
            find_old_frames(roots, thread);
        else
            find_frames(roots, thread);
        add_state(roots, thread, layout->thread.size, "thread state");
        thread = get_word(walker, thread, layout->thread.next);
    }
}

/* ---- interpreters -------------------------------------------------------------------------- */

static void
find_fields(HgWalkRoots *roots, uint64_t state)
{
    const HgLayout *layout = roots->walker->layout;
    const struct {
        HgOffset offset;
        const char *name;
    } field[] = {
        {layout->interpreter.modules, "sys.modules"},
        {layout->interpreter.sysdict, "sys.__dict__"},
        {layout->interpreter.builtins, "builtins.__dict__"},
        {layout->interpreter.sysdict_copy, "copy of sys.__dict__"},
        {layout->interpreter.builtins_copy, "copy of builtins.__dict__"},
        {layout->interpreter.modules_by_index, "modules_by_index"},
        {layout->interpreter.importlib, "importlib"},
        {layout->interpreter.import_func, "__import__"},
        {layout->interpreter.dict, "interpreter dict"},
        {layout->interpreter.codec_search_path, "codec_search_path"},
        {layout->interpreter.codec_search_cache, "codec_search_cache"},
        {layout->interpreter.codec_error_registry, "codec_error_registry"},
        {layout->interpreter.before_forkers, "os.register_at_fork before"},
        {layout->interpreter.after_forkers_parent, "os.register_at_fork after_in_parent"},
        {layout->interpreter.after_forkers_child, "os.register_at_fork after_in_child"},
        {layout->interpreter.audit_hooks, "audit hooks"},
        {layout->interpreter.warnings_filters, "warnings filters"},
        {layout->interpreter.warnings_once_registry, "warnings once registry"},
        {layout->interpreter.warnings_default_action, "warnings default action"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(field); i++) {
        uint64_t address = get_word(roots->walker, state, field[i].offset);
        if (address && hg_walker_recognises(roots->walker, address))
            add_root(roots, HG_ROOT_INTERPRETER, address, intern(roots, field[i].name), HG_NONE);
    }
}

/* From 3.12 on static types keep their dict, subclasses and weak references here. */
static void
find_static_types(HgWalkRoots *roots, uint64_t state, HgOffset array, HgOffset count)
{
    HgWalker *walker = roots->walker;
    const HgLayout *layout = walker->layout;
    uint64_t n = count != HG_ABSENT ? (uint64_t)count : 0; /* a number, not an offset */
    uint64_t size = (uint64_t)layout->static_type.size;
    for (uint64_t i = 0; array != HG_ABSENT && i < MIN(n, 4096); i++) {
        uint64_t entry = state + (uint64_t)array + i * size;
        uint32_t name = intern(roots, "static types");
        const HgOffset offset[] = {layout->static_type.tp_dict, layout->static_type.tp_subclasses};
        for (size_t k = 0; k < G_N_ELEMENTS(offset); k++) {
            uint64_t address = get_word(walker, entry, offset[k]);
            if (address && hg_walker_recognises(walker, address))
                add_root(roots, HG_ROOT_INTERPRETER, address, name, HG_NONE);
        }
    }
}

void
hg_walk_roots_find(HgWalkRoots *roots)
{
    HgWalker *walker = roots->walker;
    const HgLayout *layout = walker->layout;
    for (size_t i = 0; i < walker->runtime->n_interpreters && !walker->error; i++) {
        const HgInterpreter *interpreter = &walker->runtime->interpreter[i];
        uint64_t modules = get_word(walker, interpreter->state, layout->interpreter.modules);
        roots->interpreter = (uint32_t)i;
        find_modules(roots, modules);
        find_threads(roots, interpreter, modules);
        find_fields(roots, interpreter->state);
        find_static_types(roots, interpreter->state, layout->interpreter.types_builtins,
                          layout->interpreter.types_builtins_count);
        find_static_types(roots, interpreter->state, layout->interpreter.types_extensions,
                          layout->interpreter.types_extensions_count);
        add_state(roots, interpreter->state, layout->interpreter.size, "interpreter state");
    }
    roots->interpreter = 0;
    if (walker->runtime->runtime)
        add_state(roots, walker->runtime->runtime, layout->runtime.size, "runtime state");
}

/* ---- what the balance found ---------------------------------------------------------------- */

/* Where an external root was seen. */
typedef struct {
    HgRootKind kind;
    uint32_t name;
} Sighting;

/* The first sighting of each counts. */
typedef struct {
    HgWalkRoots *roots;
    GHashTable *by_address; /* address -> Sighting */
} Sightings;

static void
look_for_words(Sightings *sightings, const uint8_t *bytes, uint64_t size, Sighting found)
{
    HgWalker *walker = sightings->roots->walker;
    for (uint64_t i = 0; i + 8 <= size; i += 8) {
        uint64_t word = hg_walk_read_word(bytes + i);
        const uint8_t *unused;
        uint64_t n_unused;
        const HgMark *mark =
            word > 4096 ? hg_marks_find(&walker->marks, word, &unused, &n_unused) : NULL;
        if (mark && *mark & HG_MARK_EXTERNAL &&
            !g_hash_table_contains(sightings->by_address, GSIZE_TO_POINTER(word)))
            g_hash_table_insert(sightings->by_address, GSIZE_TO_POINTER(word),
                                g_memdup2(&found, sizeof found));
    }
}

static void
look_in_states(Sightings *sightings)
{
    HgWalkRoots *roots = sightings->roots;
    for (guint i = 0; i < roots->states->len; i++) {
        const State *state = &g_array_index(roots->states, State, i);
        look_for_words(sightings, state->bytes, state->size,
                       (Sighting){HG_ROOT_INTERPRETER, intern(roots, state->name)});
    }
}

/* A program or library, and where its data ends: what is not initialised follows as anonymous
 * memory, which may go on as somebody else's. */
typedef struct {
    const char *file;
    uint64_t end;
} Module;

static void
enter_module(Module *module, HgImage *image, const HgRegion *region)
{
    HgElf elf;
    if (!region->file || region->file_offset)
        return;
    bool is_elf = region->bytes && hg_elf_read(&elf, image, region->start) == HG_ELF_FINE;
    *module = (Module){region->file, is_elf ? elf.end : 0};
}

/* Returns: how much of the region is data of the module. */
static uint64_t
get_data_size(const Module *module, const HgRegion *region)
{
    if (!(region->flags & HG_REGION_WRITABLE) || !region->bytes)
        return 0;
    if (region->file)
        return region->end - region->start;
    return module->end > region->start ? MIN(region->end, module->end) - region->start : 0;
}

static void
look_in_modules(Sightings *sightings)
{
    HgWalkRoots *roots = sightings->roots;
    HgImage *image = roots->walker->image;
    Module module = {0};
    for (size_t i = 0; i < image->n_regions; i++) {
        const HgRegion *region = &image->region[i];
        enter_module(&module, image, region);
        uint64_t size = get_data_size(&module, region);
        if (!size || !hg_image_find(image, region->start, size))
            continue;
        g_autofree char *base = g_path_get_basename(region->file ? region->file : module.file);
        g_autofree char *valid = g_utf8_make_valid(base, -1);
        g_autofree char *name = g_strconcat("C data of ", valid, NULL);
        look_for_words(sightings, region->bytes, size,
                       (Sighting){HG_ROOT_EXTERNAL, intern(roots, name)});
    }
}

static void
look_in_stacks(Sightings *sightings)
{
    HgWalkRoots *roots = sightings->roots;
    const HgImage *image = roots->walker->image;
    for (size_t i = 0; i < image->n_threads; i++) {
        const HgImageThread *thread = &image->thread[i];
        const HgRegion *region = hg_image_find_region(image, thread->stack_pointer);
        if (!region || !region->bytes)
            continue;
        uint64_t start = thread->stack_pointer & ~7ull;
        g_autofree char *name = g_strdup_printf("C stack of thread %d", thread->id);
        look_for_words(sightings, region->bytes + (start - region->start), region->end - start,
                       (Sighting){HG_ROOT_EXTERNAL, intern(roots, name)});
    }
}

static void
tell_root(HgWalkRoots *roots, const HgRootRecord *record)
{
    HgWalker *walker = roots->walker;
    if (!walker->error && hg_walker_knows(walker, record->identity))
        walker->sink->root(walker->sink, record, &walker->error);
}

static void
tell_external(Sightings *sightings, uint64_t address)
{
    const Sighting *seen = g_hash_table_lookup(sightings->by_address, GSIZE_TO_POINTER(address));
    HgRootRecord record = {seen ? seen->kind : HG_ROOT_EXTERNAL, address,
                           seen ? seen->name : HG_NONE, HG_NONE, 0};
    sightings->roots->walker->result->n_external++;
    tell_root(sightings->roots, &record);
}

static void
tell_externals(HgWalkRoots *roots)
{
    g_autoptr(GHashTable) by_address = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    Sightings sightings = {roots, by_address};
    look_in_states(&sightings);
    look_in_modules(&sightings);
    look_in_stacks(&sightings);
    for (guint i = 0; i < roots->walker->external->len; i++)
        tell_external(&sightings, g_array_index(roots->walker->external, uint64_t, i));
}

static void
tell_permanent(HgWalkRoots *roots)
{
    const GArray *permanent = roots->walker->permanent;
    for (guint i = 0; i < permanent->len; i++) {
        uint64_t address = g_array_index(permanent, uint64_t, i);
        HgRootRecord record = {HG_ROOT_STATIC, address, HG_NONE, HG_NONE, 0};
        tell_root(roots, &record);
    }
}

/* ---- telling ------------------------------------------------------------------------------- */

static void
tell_threads(HgWalkRoots *roots)
{
    HgWalker *walker = roots->walker;
    guint frame = 0;
    for (guint i = 0; i < roots->threads->len && !walker->error; i++) {
        walker->sink->thread(walker->sink, &g_array_index(roots->threads, HgThreadRecord, i),
                             &walker->error);
        for (; frame < roots->frames->len && !walker->error; frame++) {
            const HgFrameRecord *record = &g_array_index(roots->frames, HgFrameRecord, frame);
            if (record->thread != i)
                break;
            walker->sink->frame(walker->sink, record, &walker->error);
        }
    }
    walker->result->n_threads = roots->threads->len;
    walker->result->n_frames = roots->frames->len;
}

void
hg_walk_roots_tell(HgWalkRoots *roots)
{
    tell_threads(roots);
    for (guint i = 0; i < roots->records->len; i++)
        tell_root(roots, &g_array_index(roots->records, HgRootRecord, i));
    tell_permanent(roots);
    tell_externals(roots);
}

HgWalkRoots *
hg_walk_roots_new(HgWalker *walker)
{
    HgWalkRoots *roots = g_new0(HgWalkRoots, 1);
    roots->walker = walker;
    roots->records = g_array_new(FALSE, FALSE, sizeof(HgRootRecord));
    roots->threads = g_array_new(FALSE, FALSE, sizeof(HgThreadRecord));
    roots->frames = g_array_new(FALSE, FALSE, sizeof(HgFrameRecord));
    roots->states = g_array_new(FALSE, FALSE, sizeof(State));
    return roots;
}

void
hg_walk_roots_free(HgWalkRoots *roots)
{
    if (!roots)
        return;
    g_array_unref(roots->records);
    g_array_unref(roots->threads);
    g_array_unref(roots->frames);
    g_array_unref(roots->states);
    g_free(roots);
}
