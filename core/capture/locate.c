/* locate.c - finds the Python runtime in an image, its version and its layout.
 * SPDX-License-Identifier: MIT */
#include "core/capture/locate.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/capture/elf-symbols.h"
#include "core/capture/image-process.h"
#include "core/capture/search.h"
#include "core/capture/verify.h"
#include "core/error.h"

#define CANDIDATES_MAX 32
#define TYPES_MAX 16 /* from an object to its type to its type ... to `type` */

/* The oldest and newest minor version of 3 there is a table for. */
#define OLDEST 8
#define NEWEST 15

#define USE_INSIDE "use the pure-Python capture inside the program instead: heapgraph.dump()"

/* Where the symbols led. */
typedef struct {
    HgElf elf;
    const char *file; /* NULL: no symbol found */
    uint64_t runtime; /* address of _PyRuntime, or 0 */
    uint32_t version; /* as far as known, or 0 */
    bool is_exact;    /* the version has its last part */
    bool is_debug;    /* a build --with-pydebug */
    bool is_threaded; /* a free-threaded build */
    bool is_foreign;  /* a program for another kind of machine */
    bool is_python;   /* some Python, perhaps without _PyRuntime (3.6 and before) */
} Found;

/* ---- the symbols ---- */

static const char *
get_base_name(const char *file)
{
    const char *slash = strrchr(file, '/');
    return slash ? slash + 1 : file;
}

/* "libpython3.9.so.1.0", "python3.11": all there is up to 3.10. */
static uint32_t
guess_version(const char *file)
{
    int major = 0, minor = 0;
    const char *name = strstr(get_base_name(file), "python");
    if (!name || sscanf(name, "python%2d.%3d", &major, &minor) != 2 || minor > 255 || minor < 0)
        return 0;
    return HG_PYTHON((uint32_t)major, (uint32_t)minor, 0);
}

static void
take_version(Found *found, HgImage *image)
{
    uint64_t symbol = hg_elf_find_symbol(&found->elf, image, "Py_Version");
    uint32_t version = symbol ? hg_image_get_u32(image, symbol) : 0;
    found->is_exact = version != 0;
    found->version = version ? version >> 8 : guess_version(found->file);
}

/* From 3.13 on the runtime begins with a description of itself, for debuggers. */
static bool
says_free_threaded(HgImage *image, uint64_t runtime)
{
    struct {
        char cookie[8];
        uint64_t version, free_threaded;
    } start;
    return hg_image_read(image, runtime, &start, sizeof start) &&
           !memcmp(start.cookie, "xdebugpy", 8) && start.free_threaded == 1;
}

/* Returns: whether the ELF file loaded at [region] is Python. */
static bool
look_into(Found *found, HgImage *image, const HgRegion *region)
{
    HgElfKind kind = hg_elf_read(&found->elf, image, region->start);
    bool is_program = !g_strcmp0(region->file, image->origin.executable);
    found->is_foreign |= kind == HG_ELF_FOREIGN && is_program;
    if (kind != HG_ELF_FINE)
        return false;
    found->runtime = hg_elf_find_symbol(&found->elf, image, "_PyRuntime");
    if (!found->runtime && !hg_elf_find_symbol(&found->elf, image, "Py_GetVersion"))
        return false;
    found->is_python = true;
    found->file = region->file;
    found->is_debug = hg_elf_find_symbol(&found->elf, image, "_Py_NegativeRefcount") != 0;
    found->is_threaded = found->runtime && says_free_threaded(image, found->runtime);
    take_version(found, image);
    return true;
}

static bool
may_be_python(const HgRegion *region, bool only_named)
{
    return region->file && !region->file_offset && region->bytes &&
           (!only_named || strstr(get_base_name(region->file), "python"));
}

/* Files with a telling name first, then any: a program may embed Python. */
static void
find_symbols(Found *found, HgImage *image)
{
    for (int only_named = 1; only_named >= 0; only_named--)
        for (size_t i = 0; i < image->n_regions; i++)
            if (may_be_python(&image->region[i], only_named) &&
                look_into(found, image, &image->region[i]))
                return;
}

/* ---- refusals ---- */

static void
write_version(char *text, size_t size, uint32_t version, bool is_exact)
{
    g_snprintf(text, (gulong)size, is_exact ? "%u.%u.%u" : "%u.%u", version >> 16,
               version >> 8 & 0xff, version & 0xff);
}

static bool
refuse_with(HgError code, const Found *found, GError **error, const char *what)
{
    char version[32] = "";
    if (found->version)
        write_version(version, sizeof version, found->version, found->is_exact);
    g_set_error(error, HG_ERROR, code, "Python%s%s %s", *version ? " " : "", version, what);
    return false;
}

static bool
refuse(const Found *found, GError **error, const char *what)
{
    return refuse_with(HG_ERROR_FAILED, found, error, what);
}

static bool
is_known_minor(uint32_t version)
{
    return version >= HG_PYTHON(3, OLDEST, 0) && version < HG_PYTHON(3, NEWEST + 1, 0);
}

/* Says no to what no table will ever fit. */
static bool
check_build(const Found *found, GError **error)
{
    if (found->is_foreign && !found->is_python) {
        g_set_error(error, HG_ERROR, HG_ERROR_FAILED,
                    "the program is not for x86-64, of which alone heapgraph can read memory; %s",
                    USE_INSIDE);
        return false;
    }
    if (found->is_threaded)
        return refuse(found, error,
                      "is a free-threaded build, which cannot be read from outside; " USE_INSIDE);
    if (found->is_debug)
        return refuse(found, error,
                      "is a debug build, which cannot be read from outside; " USE_INSIDE);
    if (found->version && found->version < HG_PYTHON(3, OLDEST, 0))
        return refuse(found, error, "is too old: heapgraph reads CPython 3.8 to 3.15");
    if (found->version && !is_known_minor(found->version))
        return refuse(
            found, error,
            "is newer than what this version can read from outside, 3.8 to 3.15; " USE_INSIDE);
    return true;
}

/* ---- the layout ---- */

/* Writes the layouts to try, the likeliest first; returns how many. */
static size_t
list_candidates(const Found *found, const HgLayout **layout)
{
    if (found->version)
        return hg_layouts_list_neighbours(found->version, layout, CANDIDATES_MAX);
    size_t n_all;
    const HgLayout *all = hg_layouts_get_all(&n_all);
    n_all = MIN(n_all, CANDIDATES_MAX);
    for (size_t i = 0; i < n_all; i++)
        layout[i] = &all[n_all - 1 - i];
    return n_all;
}

static uint64_t
get_collector(const HgLayout *layout, uint64_t runtime, uint64_t state)
{
    return layout->runtime.gc == HG_ABSENT ? state + layout->interpreter.gc
                                           : runtime + layout->runtime.gc;
}

static bool
is_collecting(HgImage *image, const HgLayout *layout, uint64_t gc)
{
    return hg_image_get_u32(image, gc + layout->gc.collecting) != 0;
}

/* Returns: whether memory is as [layout] says, starting from the interpreter at [state]. */
static bool
try_layout(HgRuntime *runtime, HgImage *image, const HgLayout *layout, uint64_t state)
{
    HgSelfReport report = {0};
    runtime->layout = *layout;
    if (!hg_verify_interpreter(image, layout, state, &report) || report.abi_flags[0])
        return false;
    uint64_t gc = get_collector(layout, runtime->runtime, state);
    if (!hg_verify_collector(image, &runtime->layout, gc, is_collecting(image, layout, gc)))
        return false;
    runtime->version = report.version;
    return true;
}

static uint64_t
get_first_state(HgImage *image, const HgLayout *layout, uint64_t runtime)
{
    return hg_image_get_u64(image, runtime + layout->runtime.interpreters_head);
}

/* Tries the layouts from the symbol _PyRuntime; what the target says of its own version leads
 * to the table of exactly that one where there is one. */
static bool
choose_layout(HgRuntime *runtime, HgImage *image, const Found *found)
{
    const HgLayout *candidate[CANDIDATES_MAX];
    size_t n_candidates = list_candidates(found, candidate);
    for (size_t i = 0; i < n_candidates; i++) {
        uint64_t state = get_first_state(image, candidate[i], found->runtime);
        if (!state || !try_layout(runtime, image, candidate[i], state))
            continue;
        const HgLayout *exact = hg_layouts_find(runtime->version);
        if (exact && exact != candidate[i] && !try_layout(runtime, image, exact, state))
            try_layout(runtime, image, candidate[i], state);
        return true;
    }
    return false;
}

/* Returns: the interpreter whose collector's lists begin at [list], if they do. */
static uint64_t
get_state_of_list(HgRuntime *runtime, HgImage *image, const HgLayout *layout, uint64_t list)
{
    uint64_t gc = list - layout->gc.generations;
    if (layout->runtime.gc == HG_ABSENT)
        return gc - layout->interpreter.gc;
    runtime->runtime = gc - layout->runtime.gc;
    return get_first_state(image, layout, runtime->runtime);
}

static bool
try_list(HgRuntime *runtime, HgImage *image, const HgLayout *layout, uint64_t list)
{
    uint64_t state = get_state_of_list(runtime, image, layout, list);
    if (!try_layout(runtime, image, layout, state))
        return false;
    const HgLayout *exact = hg_layouts_find(runtime->version);
    if (exact && exact != layout && !try_layout(runtime, image, exact, state))
        try_layout(runtime, image, layout, state);
    return true;
}

/* Without symbols: what looks like a collector's lists may belong to an interpreter. */
static bool
choose_by_search(HgRuntime *runtime, HgImage *image, const Found *found, const GArray *lists)
{
    const HgLayout *candidate[CANDIDATES_MAX];
    size_t n_candidates = list_candidates(found, candidate);
    for (size_t i = 0; i < n_candidates; i++)
        for (guint place = 0; place < lists->len; place++)
            if (try_list(runtime, image, candidate[i], g_array_index(lists, uint64_t, place)))
                return true;
    runtime->runtime = 0;
    return false;
}

/* ---- the interpreters ---- */

static void
read_interpreter(HgRuntime *runtime, HgImage *image, HgInterpreter *interpreter)
{
    const HgLayout *layout = &runtime->layout;
    uint64_t gc = get_collector(layout, runtime->runtime, interpreter->state);
    interpreter->gc = gc;
    interpreter->id = (int64_t)hg_image_get_u64(image, interpreter->state + layout->interpreter.id);
    for (int i = 0; i < 3; i++)
        interpreter->generation[i] =
            gc + (uint64_t)(layout->gc.generations + i * layout->gc.generation_size);
    interpreter->permanent = gc + layout->gc.permanent_generation;
    interpreter->collecting = is_collecting(image, layout, gc);
}

static int
compare_interpreters(const void *a, const void *b)
{
    const HgInterpreter *first = a, *second = b;
    return first->id < second->id ? -1 : first->id > second->id;
}

static bool
is_listed(const GArray *found, uint64_t state)
{
    for (guint i = 0; i < found->len; i++)
        if (g_array_index(found, HgInterpreter, i).state == state)
            return true;
    return false;
}

static void
add_interpreter(HgRuntime *runtime, HgImage *image, GArray *found, uint64_t state)
{
    HgInterpreter interpreter = {.state = state};
    read_interpreter(runtime, image, &interpreter);
    g_array_append_val(found, interpreter);
}

/* From the runtime's list, newest first. */
static void
follow_interpreters(HgRuntime *runtime, HgImage *image, GArray *found)
{
    for (uint64_t state = get_first_state(image, &runtime->layout, runtime->runtime);
         state && found->len < HG_INTERPRETERS_MAX && !is_listed(found, state) &&
         hg_image_find(image, state, 8);
         state = hg_image_get_u64(image, state + runtime->layout.interpreter.next))
        add_interpreter(runtime, image, found, state);
}

/* Every collector that the search found and that leads to an interpreter. */
static void
check_interpreters(HgRuntime *runtime, HgImage *image, const GArray *lists, GArray *found)
{
    HgSelfReport report;
    for (guint i = 0; i < lists->len && found->len < HG_INTERPRETERS_MAX; i++) {
        uint64_t list = g_array_index(lists, uint64_t, i);
        uint64_t state = get_state_of_list(runtime, image, &runtime->layout, list);
        if (hg_verify_interpreter(image, &runtime->layout, state, &report))
            add_interpreter(runtime, image, found, state);
    }
}

/* [lists] is NULL if the runtime was found by its symbol. */
static void
list_interpreters(HgRuntime *runtime, HgImage *image, const GArray *lists)
{
    g_autoptr(GArray) found = g_array_new(FALSE, TRUE, sizeof(HgInterpreter));
    if (runtime->runtime)
        follow_interpreters(runtime, image, found);
    else
        check_interpreters(runtime, image, lists, found);
    g_array_sort(found, compare_interpreters);
    runtime->n_interpreters = found->len;
    runtime->interpreter = (HgInterpreter *)(void *)g_array_free(g_steal_pointer(&found), FALSE);
}

/* ---- the rest ---- */

/* The type of a type of a type ... is `type`, its own type. */
static uint64_t
find_type_type(HgRuntime *runtime, HgImage *image)
{
    uint64_t state = runtime->interpreter[0].state;
    uint64_t object = hg_image_get_u64(image, state + runtime->layout.interpreter.sysdict);
    for (int i = 0; i < TYPES_MAX && object; i++) {
        uint64_t type = hg_image_get_u64(image, object + 8);
        if (type == object)
            return type;
        object = type;
    }
    return 0;
}

static bool
fail(const Found *found, HgImage *image, GError **error)
{
    if (found->is_python) /* at another moment it may be fine */
        return refuse_with(
            HG_ERROR_FORMAT, found, error,
            "was found, but its memory is laid out as in no version known here (a "
            "patched or unusual build, or it is just starting or ending); " USE_INSIDE);
    g_set_error(error, HG_ERROR, HG_ERROR_NOT_FOUND, "no CPython runtime found in %s",
                image->origin.executable ? image->origin.executable : "this memory");
    return false;
}

static void
take_file(HgRuntime *runtime, const Found *found)
{
    runtime->file = found->file;
    runtime->module_start = found->elf.start;
    runtime->module_end = found->elf.end;
}

bool
hg_runtime_locate(HgRuntime *runtime, HgImage *image, GError **error)
{
    Found found = {0};
    *runtime = (HgRuntime){0};
    find_symbols(&found, image);
    if (!check_build(&found, error))
        return false;
    runtime->runtime = found.runtime;
    g_autoptr(GArray) lists = found.runtime ? NULL : hg_search_generations(image);
    if (lists ? !choose_by_search(runtime, image, &found, lists)
              : !choose_layout(runtime, image, &found))
        return fail(&found, image, error);
    list_interpreters(runtime, image, lists);
    runtime->type_type = runtime->n_interpreters ? find_type_type(runtime, image) : 0;
    if (!runtime->type_type)
        return fail(&found, image, error);
    write_version(runtime->version_text, sizeof runtime->version_text, runtime->version, true);
    if (found.runtime)
        take_file(runtime, &found);
    return true;
}

/* Found without symbols, the interpreters are those known already. */
static void
read_interpreters_again(HgRuntime *runtime, HgImage *image, const HgRuntime *known)
{
    runtime->n_interpreters = known->n_interpreters;
    runtime->interpreter =
        g_memdup2(known->interpreter, known->n_interpreters * sizeof *known->interpreter);
    for (size_t i = 0; i < runtime->n_interpreters; i++)
        read_interpreter(runtime, image, &runtime->interpreter[i]);
}

bool
hg_runtime_locate_again(HgRuntime *runtime, const HgRuntime *known, HgImage *image, GError **error)
{
    const HgRegion *region = hg_image_find_region(image, known->module_start);
    *runtime = *known;
    runtime->interpreter = NULL;
    runtime->n_interpreters = 0;
    runtime->file = known->file && region ? region->file : NULL;
    if (known->runtime)
        list_interpreters(runtime, image, NULL);
    else
        read_interpreters_again(runtime, image, known);
    if (runtime->n_interpreters)
        return true;
    g_set_error(error, HG_ERROR, HG_ERROR_FAILED,
                "Python %s has no interpreter any more: it is just ending", known->version_text);
    return false;
}

bool
hg_runtime_has_symbols(HgImage *image)
{
    Found found = {0};
    find_symbols(&found, image);
    return found.runtime != 0;
}

void
hg_runtime_clear(HgRuntime *runtime)
{
    g_clear_pointer(&runtime->interpreter, g_free);
    runtime->n_interpreters = 0;
}

uint64_t
hg_runtime_find_symbol(const HgRuntime *runtime, HgImage *image, const char *name)
{
    HgElf elf;
    if (!runtime->file || hg_elf_read(&elf, image, runtime->module_start) != HG_ELF_FINE)
        return 0;
    return hg_elf_find_symbol(&elf, image, name);
}

static uint64_t
peek_u64(int pid, uint64_t address)
{
    uint64_t value = 0;
    hg_image_peek(pid, address, &value, sizeof value);
    return value;
}

/* A thread stopped while it appends an object leaves the youngest list open at its end. */
static bool
is_closed(int pid, uint64_t head)
{
    return (peek_u64(pid, peek_u64(pid, head + 8)) & ~3ull) == head;
}

bool
hg_runtime_is_at_rest(const HgRuntime *runtime, int pid)
{
    for (size_t i = 0; i < runtime->n_interpreters; i++) {
        const HgInterpreter *interpreter = &runtime->interpreter[i];
        int32_t collecting = 0;
        hg_image_peek(pid, interpreter->gc + runtime->layout.gc.collecting, &collecting,
                      sizeof collecting);
        if (collecting || !is_closed(pid, interpreter->generation[0]))
            return false;
    }
    return true;
}
