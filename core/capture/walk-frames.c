/* walk-frames.c - frames, generators, coroutines, tracebacks, weak references.
 *
 * Up to 3.10 every frame is an object of the collector. Later a frame is a structure in the
 * thread's stack or in its generator, and becomes an object only when somebody asks for it:
 *
 *      frame object ──▶ _PyInterpreterFrame ──▶ code, function, locals and stack
 *                          owner: 0 thread, 1 generator, 2 the frame object itself
 * SPDX-License-Identifier: MIT */
#include "core/capture/walker.h"

#define FRAME_WORDS_MAX (1 << 20) /* locals and stack of one frame */
#define OWNER_FRAME_OBJECT 2
#define NO_NAME -1

/* gi_frame_state, from 3.11 on. */
typedef struct {
    int8_t suspended, delegating, cleared;
} FrameStates;

static const FrameStates *
get_frame_states(const HgWalker *walker)
{
    static const FrameStates first = {-1, -1, 4}, second = {-2, -1, 4}, third = {1, 2, 5};
    return hg_walker_since(walker, 3, 15)   ? &third
           : hg_walker_since(walker, 3, 13) ? &second
                                            : &first;
}

/* From 3.14 on the low bits of a local say: 1 borrowed from somebody who keeps it, 3 an int that
 * is no object. */
static void
add_local(HgWalker *walker, uint64_t word, uint64_t label, uint8_t how)
{
    if (walker->layout->traits.tagged_stack_references) {
        if ((word & 3) == 3)
            return;
        if (word & 1)
            how |= HG_HOW_WEAK;
        word &= ~3ull;
    }
    hg_walker_add(walker, word, label, how);
}

/* Returns: how many words of locals and stack the frame at [frame] holds. */
static uint64_t
count_words(HgWalker *walker, uint64_t frame, uint64_t code)
{
    const HgLayout *layout = walker->layout;
    int64_t n = -1;
    if (layout->interpreter_frame.stacktop != HG_ABSENT) {
        n = (int32_t)hg_image_get_u32(walker->image,
                                      frame + (uint64_t)layout->interpreter_frame.stacktop);
    } else {
        uint64_t top = hg_image_get_u64(walker->image,
                                        frame + (uint64_t)layout->interpreter_frame.stackpointer);
        if (top)
            n = (int64_t)(top - frame - (uint64_t)layout->interpreter_frame.localsplus) / 8;
    }
    /* while a frame runs only the processor knows how deep its stack is */
    if (n < 0 || n > FRAME_WORDS_MAX)
        n = (int32_t)hg_image_get_u32(walker->image, code + (uint64_t)layout->code.co_nlocalsplus);
    return n < 0 || n > FRAME_WORDS_MAX ? 0 : (uint64_t)n;
}

/* Returns: the address of the tuple with the names of the locals, 0 up to 3.10. */
static uint64_t
find_local_names(HgWalker *walker, uint64_t code)
{
    HgOffset offset = walker->layout->code.co_localsplusnames;
    return offset == HG_ABSENT ? 0 : hg_image_get_u64(walker->image, code + (uint64_t)offset);
}

/* Of the [n] words of a frame. */
typedef struct {
    uint64_t names;        /* address of the tuple with the names of locals, or 0 */
    uint64_t delegate;     /* number of the word that has a name of its own */
    int32_t delegate_name; /* HgWalkName, or NO_NAME */
} FrameNames;

static void
add_locals(HgWalker *walker, uint64_t words, uint64_t n, const FrameNames *frame_names,
           uint8_t flag)
{
    uint64_t names = frame_names->names;
    const uint8_t *bytes = hg_image_find(walker->image, words, n * 8);
    uint64_t n_names = names ? hg_image_get_u64(walker->image, names + 16) : 0;
    if (!bytes || !hg_walker_spend(walker, n))
        return;
    for (uint64_t i = 0; i < n; i++) {
        uint64_t word = hg_walk_read_word(bytes + 8 * i);
        uint32_t name = HG_NONE;
        if (i == frame_names->delegate && frame_names->delegate_name != NO_NAME) {
            add_local(walker, word, (uint64_t)frame_names->delegate_name, HG_LABEL_INTERNAL | flag);
            continue;
        }
        if (walker->with_labels && word && i < n_names)
            name = hg_walker_intern_str(
                walker, hg_image_get_u64(walker->image,
                                         names + (uint64_t)walker->layout->tuple.ob_item + 8 * i));
        add_local(walker, word, name == HG_NONE ? 0 : name,
                  (name == HG_NONE ? HG_LABEL_UNNAMED : HG_LABEL_LOCAL) | flag);
    }
}

/* [delegate] names what a generator has handed over to: it is on top of the stack, from 3.15 on
 * below what is sent to it. */
static void
add_frame(HgWalker *walker, uint64_t frame, uint8_t flag, int32_t delegate)
{
    const HgLayout *layout = walker->layout;
    const uint8_t *bytes =
        hg_image_find(walker->image, frame, (uint64_t)layout->interpreter_frame.size);
    if (!bytes)
        return;
    const HgWalkObject fields = {.bytes = bytes,
                                 .n_bytes = (uint64_t)layout->interpreter_frame.size};
    uint64_t code = hg_walk_word(&fields, layout->interpreter_frame.f_executable);
    if (layout->traits.tagged_stack_references)
        code &= ~3ull;
    hg_walker_add_field(walker, &fields, layout->interpreter_frame.frame_obj, HG_NAME(frame), flag);
    hg_walker_add_field(walker, &fields, layout->interpreter_frame.f_locals, HG_NAME(f_locals),
                        flag);
    add_local(walker, hg_walk_word(&fields, layout->interpreter_frame.f_funcobj), HG_NAME(f_func),
              HG_LABEL_INTERNAL | flag);
    add_local(walker, hg_walk_word(&fields, layout->interpreter_frame.f_executable),
              HG_NAME(f_code), HG_LABEL_INTERNAL | flag);
    uint64_t n = count_words(walker, frame, code);
    const FrameNames names = {.names = find_local_names(walker, code),
                              .delegate = n - (hg_walker_since(walker, 3, 15) ? 2 : 1),
                              .delegate_name = delegate};
    add_locals(walker, frame + (uint64_t)layout->interpreter_frame.localsplus, n, &names, flag);
}

void
hg_walker_add_frame(HgWalker *walker, uint64_t frame, uint8_t flag)
{
    add_frame(walker, frame, flag, NO_NAME);
}

/* Up to 3.10: locals, cells and free variables, in this order, stand before the stack. */
static uint32_t
name_old_local(HgWalker *walker, const HgWalkObject *code, uint64_t i)
{
    const HgLayout *layout = walker->layout;
    const HgOffset tuple[] = {layout->code.co_varnames, layout->code.co_cellvars,
                              layout->code.co_freevars};
    for (size_t k = 0; k < G_N_ELEMENTS(tuple); k++) {
        uint64_t names = hg_walk_word(code, tuple[k]);
        uint64_t n = hg_image_get_u64(walker->image, names + 16);
        if (i < n)
            return hg_walker_intern_str(walker,
                                        hg_image_get_u64(walker->image, names + 24 + 8 * i));
        i -= n;
    }
    return HG_NONE;
}

/* Returns: the end of what the frame's stack holds; a running frame's is unknown, and so is
 * not visited. */
static uint64_t
find_stack_end(HgWalker *walker, const HgWalkObject *object, uint64_t stack)
{
    const HgLayout *layout = walker->layout;
    if (layout->frame.f_stacktop != HG_ABSENT) {
        uint64_t top = hg_walk_word(object, layout->frame.f_stacktop);
        return MAX(top, stack);
    }
    int32_t depth = hg_walk_int(object, layout->frame.f_stackdepth);
    return depth > 0 ? stack + 8ull * (uint32_t)depth : stack;
}

static void
read_old_frame(HgWalker *walker, const HgWalkObject *object)
{
    const HgLayout *layout = walker->layout;
    const struct {
        HgOffset offset;
        HgWalkName name;
    } field[] = {
        {layout->frame.f_code, HG_NAME(f_code)},
        {layout->frame.f_builtins, HG_NAME(f_builtins)},
        {layout->frame.f_globals, HG_NAME(f_globals)},
        {layout->frame.f_locals, HG_NAME(f_locals)},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(field); i++)
        hg_walker_add_field(walker, object, field[i].offset, field[i].name, HG_HOW_VISITED);
    HgWalkObject code;
    bool has_code =
        hg_walker_look_for(walker, hg_walk_word(object, layout->frame.f_code), "code", &code);
    uint64_t first = object->address + (uint64_t)layout->frame.f_localsplus;
    uint64_t stack = hg_walk_word(object, layout->frame.f_valuestack);
    uint64_t end = find_stack_end(walker, object, stack);
    const uint8_t *bytes = stack >= first && end - first <= 8 * FRAME_WORDS_MAX
                               ? hg_image_find(walker->image, first, end - first)
                               : NULL;
    if (!bytes || !hg_walker_spend(walker, (end - first) / 8))
        return;
    for (uint64_t i = 0; i < (end - first) / 8; i++) {
        uint32_t name = walker->with_labels && has_code && first + 8 * i < stack
                            ? name_old_local(walker, &code, i)
                            : HG_NONE;
        hg_walker_add(walker, hg_walk_read_word(bytes + 8 * i), name == HG_NONE ? 0 : name,
                      (name == HG_NONE ? HG_LABEL_UNNAMED : HG_LABEL_LOCAL) | HG_HOW_VISITED);
    }
}

static void
read_frame(HgWalker *walker, const HgWalkObject *object)
{
    const HgLayout *layout = walker->layout;
    hg_walker_add_field(walker, object, layout->frame.f_back, HG_NAME(f_back), HG_HOW_VISITED);
    hg_walker_add_field(walker, object, layout->frame.f_trace, HG_NAME(f_trace), HG_HOW_VISITED);
    if (layout->frame.f_frame == HG_ABSENT) {
        read_old_frame(walker, object);
        return;
    }
    hg_walker_add_field(walker, object, layout->frame.f_extra_locals, HG_NAME(f_extra_locals),
                        HG_HOW_VISITED);
    hg_walker_add_field(walker, object, layout->frame.f_locals_cache, HG_NAME(f_locals_cache),
                        HG_HOW_VISITED);
    hg_walker_add_field(walker, object, layout->frame.f_overwritten_fast_locals,
                        HG_NAME(f_overwritten_fast_locals), HG_HOW_VISITED);
    uint64_t frame = hg_walk_word(object, layout->frame.f_frame);
    uint8_t owner = 0;
    if (hg_image_read(walker->image, frame + (uint64_t)layout->interpreter_frame.owner, &owner,
                      1) &&
        owner == OWNER_FRAME_OBJECT)
        hg_walker_add_frame(walker, frame, HG_HOW_VISITED);
}

/* Returns: the address of the frame's code object. */
static uint64_t
find_frame_code(HgWalker *walker, const HgWalkObject *object)
{
    const HgLayout *layout = walker->layout;
    if (layout->frame.f_frame == HG_ABSENT)
        return hg_walk_word(object, layout->frame.f_code);
    uint64_t frame = hg_walk_word(object, layout->frame.f_frame);
    return hg_image_get_u64(walker->image,
                            frame + (uint64_t)layout->interpreter_frame.f_executable) &
           ~3ull;
}

/* Returns: words of locals and stack that frames of the code have room for. */
static uint64_t
count_frame_words(HgWalker *walker, const HgWalkObject *code)
{
    const HgLayout *layout = walker->layout;
    uint64_t n = (uint32_t)hg_walk_int(code, layout->code.co_stacksize);
    if (layout->code.co_nlocalsplus != HG_ABSENT) {
        n += (uint32_t)hg_walk_int(code, layout->code.co_nlocalsplus);
    } else {
        n += (uint32_t)hg_walk_int(code, layout->code.co_nlocals);
        n += hg_image_get_u64(walker->image, hg_walk_word(code, layout->code.co_cellvars) + 16);
        n += hg_image_get_u64(walker->image, hg_walk_word(code, layout->code.co_freevars) + 16);
    }
    /* 3.12 and later know the whole frame's words: _PyFrame_NumSlotsForCodeObject() */
    if (layout->code.co_framesize != HG_ABSENT) {
        uint64_t specials = (uint64_t)layout->interpreter_frame.localsplus / 8;
        uint64_t all = (uint32_t)hg_walk_int(code, layout->code.co_framesize);
        n = all > specials ? all - specials : 0;
    }
    return n <= FRAME_WORDS_MAX ? n : 0;
}

static void
measure_frame(HgWalker *walker, const HgWalkObject *object, HgObjectRecord *record)
{
    const HgLayout *layout = walker->layout;
    HgWalkObject code;
    if (!hg_walker_look_for(walker, find_frame_code(walker, object), "code", &code))
        return;
    uint64_t words = count_frame_words(walker, &code);
    uint64_t own = (uint64_t)object->type->prefix;
    if (layout->frame.f_frame == HG_ABSENT) {
        int64_t n = hg_walk_size(object);
        record->sizeof_ = own + (uint64_t)layout->frame.size + 8 * words - 8;
        record->size += n > 0 && n <= FRAME_WORDS_MAX ? 8 * (uint64_t)n : 0;
    } else {
        uint64_t data = (uint64_t)layout->frame.frame_data;
        uint64_t full = data + (uint64_t)layout->interpreter_frame.localsplus + 8 * words;
        uint64_t frame = hg_walk_word(object, layout->frame.f_frame);
        record->sizeof_ = own + full;
        record->size = own + (frame == object->address + data ? full : data);
    }
    HgObjectRecord described = {0};
    const HgTypeReader *reader = code.type->reader;
    if (reader && reader->measure)
        reader->measure(walker, &code, &described);
    record->value = described.value;
    record->value_size = described.value_size;
}

static void
read_exception_state(HgWalker *walker, const HgWalkObject *object)
{
    const HgLayout *layout = walker->layout;
    HgOffset state = layout->generator.gi_exc_state;
    const struct {
        HgOffset offset;
        HgWalkName name;
    } field[] = {
        {layout->exc_info.exc_type, HG_NAME(exc_type)},
        {layout->exc_info.exc_value, HG_NAME(exc_value)},
        {layout->exc_info.exc_traceback, HG_NAME(exc_traceback)},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(field); i++)
        if (field[i].offset != HG_ABSENT)
            hg_walker_add_field(walker, object, state + field[i].offset, field[i].name,
                                HG_HOW_VISITED);
}

/* What the fields of generators, coroutines and asynchronous generators are called. */
typedef struct {
    HgWalkName frame, code, delegate;
} GeneratorNames;

/* Whether the generator waits for another one, by `yield from` or `await`. In 3.11 and 3.12 the
 * instruction to resume at says so: RESUME with 2 or 3. */
static bool
is_delegating(HgWalker *walker, uint64_t frame, int8_t state)
{
    if (state != get_frame_states(walker)->delegating)
        return false;
    if (hg_walker_since(walker, 3, 13))
        return true;
    uint64_t before = hg_image_get_u64(
        walker->image, frame + (uint64_t)walker->layout->interpreter_frame.instr_ptr);
    uint8_t argument = 0;
    return hg_image_read(walker->image, before + 3, &argument, 1) && argument >= 2;
}

static void
add_generator_frame(HgWalker *walker, const HgWalkObject *object, const GeneratorNames *names)
{
    const HgLayout *layout = walker->layout;
    uint64_t address = object->address + (uint64_t)layout->generator.gi_frame_state;
    uint64_t frame = object->address + (uint64_t)layout->generator.gi_iframe;
    int8_t cleared = get_frame_states(walker)->cleared, state = cleared;
    if (hg_image_read(walker->image, address, &state, 1) && state < cleared)
        add_frame(walker, frame, HG_HOW_VISITED,
                  is_delegating(walker, frame, state) ? (int32_t)names->delegate : NO_NAME);
    else if (hg_walker_since(walker, 3, 14)) /* the code stays */
        add_local(walker,
                  hg_image_get_u64(walker->image,
                                   frame + (uint64_t)layout->interpreter_frame.f_executable),
                  HG_NAME(f_code), HG_LABEL_INTERNAL | HG_HOW_VISITED);
}

static void
read_any_generator(HgWalker *walker, const HgWalkObject *object, const GeneratorNames *names)
{
    const HgLayout *layout = walker->layout;
    hg_walker_add_field(walker, object, layout->generator.gi_frame, names->frame, HG_HOW_VISITED);
    hg_walker_add_field(walker, object, layout->generator.gi_code, names->code, HG_HOW_VISITED);
    hg_walker_add_field(walker, object, layout->generator.gi_name, HG_NAME(__name__),
                        HG_HOW_VISITED);
    hg_walker_add_field(walker, object, layout->generator.gi_qualname, HG_NAME(__qualname__),
                        HG_HOW_VISITED);
    read_exception_state(walker, object);
    if (layout->generator.gi_iframe != HG_ABSENT)
        add_generator_frame(walker, object, names);
}

static void
read_generator(HgWalker *walker, const HgWalkObject *object)
{
    static const GeneratorNames names = {HG_NAME(gi_frame), HG_NAME(gi_code),
                                         HG_NAME(gi_yieldfrom)};
    read_any_generator(walker, object, &names);
}

static void
read_coroutine(HgWalker *walker, const HgWalkObject *object)
{
    static const GeneratorNames names = {HG_NAME(cr_frame), HG_NAME(cr_code), HG_NAME(cr_await)};
    read_any_generator(walker, object, &names);
    hg_walker_add_field(walker, object, walker->layout->generator.cr_origin, HG_NAME(cr_origin),
                        HG_HOW_OWNED);
}

static void
read_async_generator(HgWalker *walker, const HgWalkObject *object)
{
    const HgLayout *layout = walker->layout;
    HgOffset finalizer = layout->generator.ag_finalizer != HG_ABSENT
                             ? layout->generator.ag_finalizer
                             : layout->generator.ag_origin_or_finalizer;
    static const GeneratorNames names = {HG_NAME(ag_frame), HG_NAME(ag_code), HG_NAME(ag_await)};
    read_any_generator(walker, object, &names);
    hg_walker_add_field(walker, object, finalizer, HG_NAME(ag_finalizer), HG_HOW_VISITED);
}

/* The frame is part of a generator from 3.11 on. */
static void
measure_generator(HgWalker *walker, const HgWalkObject *object, HgObjectRecord *record)
{
    const HgLayout *layout = walker->layout;
    hg_walker_set_value_str(walker, record, hg_walk_word(object, layout->generator.gi_qualname));
    if (layout->generator.gi_iframe == HG_ABSENT)
        return;
    uint64_t frame = (uint64_t)layout->generator.gi_iframe;
    uint64_t code_address = hg_walk_word(object, layout->generator.gi_code);
    if (!code_address)
        code_address =
            hg_image_get_u64(walker->image, object->address + frame +
                                                (uint64_t)layout->interpreter_frame.f_executable) &
            ~3ull;
    HgWalkObject code;
    if (!hg_walker_look_for(walker, code_address, "code", &code))
        return;
    record->sizeof_ = object->type->prefix + frame +
                      (uint64_t)layout->interpreter_frame.localsplus +
                      8 * count_frame_words(walker, &code);
    record->size = record->sizeof_;
}

static void
read_weakref(HgWalker *walker, const HgWalkObject *object)
{
    uint64_t target = hg_walk_word(object, walker->layout->weakref.wr_object);
    hg_walker_add_field(walker, object, walker->layout->weakref.wr_callback, HG_NAME(__callback__),
                        HG_HOW_VISITED);
    hg_walker_add(walker, target, 0, HG_LABEL_WEAK | HG_HOW_WEAK);
}

static void
read_traceback(HgWalker *walker, const HgWalkObject *object)
{
    hg_walker_add_field(walker, object, walker->layout->traceback.tb_next, HG_NAME(tb_next),
                        HG_HOW_VISITED);
    hg_walker_add_field(walker, object, walker->layout->traceback.tb_frame, HG_NAME(tb_frame),
                        HG_HOW_VISITED);
}

const HgTypeReader hg_readers_frames[] = {
    {.type_name = "frame", .read = read_frame, .measure = measure_frame, .sizes_items = true},
    {.type_name = "generator",
     .read = read_generator,
     .measure = measure_generator,
     .sizes_items = true},
    {.type_name = "coroutine",
     .read = read_coroutine,
     .measure = measure_generator,
     .sizes_items = true},
    {.type_name = "async_generator",
     .read = read_async_generator,
     .measure = measure_generator,
     .sizes_items = true},
    {.type_name = "traceback", .read = read_traceback},
    {.type_name = "weakref", .read = read_weakref},
    {.type_name = "weakref.ReferenceType", .read = read_weakref},
    {.type_name = "weakproxy", .read = read_weakref},
    {.type_name = "weakref.ProxyType", .read = read_weakref},
    {.type_name = "weakcallableproxy", .read = read_weakref},
    {.type_name = "weakref.CallableProxyType", .read = read_weakref},
    {.type_name = NULL},
};
