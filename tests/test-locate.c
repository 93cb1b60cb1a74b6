/* test-locate.c - the runtime found in an image, and the builds that are refused.
 *
 * The image is made here: an ELF file with the few dynamic symbols that matter, as the linker
 * lays it out, and what a Python of some version would have at them.
 * SPDX-License-Identifier: MIT */
#include "core/capture/locate.h"

#include <elf.h>

#include "core/capture/elf-symbols.h"
#include "core/capture/image-private.h"
#include "core/capture/search.h"
#include "core/capture/verify.h"
#include "core/error.h"

#define BASE 0x7f0000000000ull
#define SIZE 0x4000

/* Where things are in the file, which is mapped at BASE. */
enum {
    SEGMENTS = 0x40,
    DYNAMIC = 0x200,
    SYMBOLS = 0x400,
    HASH = 0x800,
    STRINGS = 0xc00,
    DATA = 0x1000
};

typedef struct {
    uint8_t bytes[SIZE];
    uint32_t n_symbols, n_letters;
} File;

static void
put(File *file, size_t offset, const void *from, size_t size)
{
    g_assert_cmpuint(offset + size, <=, SIZE);
    memcpy(file->bytes + offset, from, size);
}

static uint32_t
hash_name(const char *name)
{
    uint32_t hash = 5381;
    for (; *name; name++)
        hash = hash * 33 + (uint8_t)*name;
    return hash;
}

/* One bucket only, so the chain holds all symbols in their order. */
static void
add_symbol(File *file, const char *name, uint64_t value)
{
    uint32_t number = ++file->n_symbols;
    Elf64_Sym symbol = {.st_name = file->n_letters, .st_shndx = 1, .st_value = value};
    /* buckets, first symbol, bloom words, shift; the bloom word, twice as long; the bucket */
    uint32_t table[] = {1, 1, 1, 0, UINT32_MAX, UINT32_MAX, 1};
    uint32_t chain = hash_name(name) | 1, before;
    put(file, SYMBOLS + number * sizeof symbol, &symbol, sizeof symbol);
    put(file, STRINGS + file->n_letters, name, strlen(name) + 1);
    put(file, HASH, table, sizeof table);
    size_t chains = HASH + sizeof table;
    put(file, chains + (number - 1) * 4, &chain, 4);
    if (number > 1) { /* the one before is not the last any more */
        memcpy(&before, file->bytes + chains + (number - 2) * 4, 4);
        before &= ~1u;
        put(file, chains + (number - 2) * 4, &before, 4);
    }
    file->n_letters += (uint32_t)strlen(name) + 1;
}

static void
init_file(File *file)
{
    *file = (File){.n_letters = 1};
    Elf64_Ehdr header = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB},
                         .e_machine = EM_X86_64,
                         .e_phoff = SEGMENTS,
                         .e_phnum = 2};
    Elf64_Phdr segment[] = {{.p_type = PT_LOAD, .p_memsz = SIZE},
                            {.p_type = PT_DYNAMIC, .p_vaddr = DYNAMIC}};
    Elf64_Dyn entry[] = {{DT_SYMTAB, {SYMBOLS}},
                         {DT_STRTAB, {BASE + STRINGS}},
                         {DT_STRSZ, {DATA - STRINGS}},
                         {DT_GNU_HASH, {HASH}},
                         {DT_NULL, {0}}};
    put(file, 0, &header, sizeof header);
    put(file, SEGMENTS, segment, sizeof segment);
    put(file, DYNAMIC, entry, sizeof entry);
}

/* Returns: an image with the file mapped under that name. */
static HgImage *
make_image(const File *file, const char *name)
{
    HgImage *image = hg_image_new_empty("test");
    HgRegion region = {.start = BASE,
                       .end = BASE + SIZE,
                       .bytes = file->bytes,
                       .file = name,
                       .flags = HG_REGION_WRITABLE};
    hg_image_add_region(image, &region);
    image->origin.executable = hg_image_keep_text(image, name);
    g_assert_true(hg_image_finish(image, NULL));
    return image;
}

static void
test_symbols(void)
{
    static File file;
    HgElf elf;
    init_file(&file);
    add_symbol(&file, "first", 0x10);
    add_symbol(&file, "second", 0x20);
    add_symbol(&file, "third", 0x30);
    g_autoptr(HgImage) image = make_image(&file, "/bin/x");
    g_assert_cmpint(hg_elf_read(&elf, image, BASE), ==, HG_ELF_FINE);
    g_assert_cmphex(hg_elf_find_symbol(&elf, image, "first"), ==, BASE + 0x10);
    g_assert_cmphex(hg_elf_find_symbol(&elf, image, "second"), ==, BASE + 0x20);
    g_assert_cmphex(hg_elf_find_symbol(&elf, image, "third"), ==, BASE + 0x30);
    g_assert_cmphex(hg_elf_find_symbol(&elf, image, "fourth"), ==, 0);
    g_assert_cmphex(hg_elf_find_symbol(&elf, image, "firs"), ==, 0);
    g_assert_cmpint(hg_elf_read(&elf, image, BASE + 8), ==, HG_ELF_NONE);
    g_assert_cmpint(hg_elf_read(&elf, image, 0), ==, HG_ELF_NONE);
}

/* The linker's tables may be damaged in any way: no crash, no endless chain. */
static void
test_damaged_symbols(void)
{
    static File file;
    init_file(&file);
    add_symbol(&file, "first", 0x10);
    add_symbol(&file, "second", 0x20);
    for (int i = 0; i < 20000; i++) {
        File damaged = file;
        HgElf elf;
        for (int k = 0; k < 3; k++)
            damaged.bytes[g_test_rand_int_range(0, DATA)] = (uint8_t)g_test_rand_int();
        g_autoptr(HgImage) image = make_image(&damaged, "/bin/x");
        if (hg_elf_read(&elf, image, BASE) == HG_ELF_FINE)
            hg_elf_find_symbol(&elf, image, "second");
    }
}

static void
assert_refused(const File *file, const char *name, const char *words)
{
    g_autoptr(GError) error = NULL;
    g_auto(HgRuntime) runtime = {0};
    g_autoptr(HgImage) image = make_image(file, name);
    g_assert_false(hg_runtime_locate(&runtime, image, &error));
    g_test_message("%s", error->message);
    g_assert_nonnull(strstr(error->message, words));
}

static void
add_python(File *file, uint32_t version)
{
    uint64_t number = (uint64_t)version << 8 | 0xf0;
    init_file(file);
    add_symbol(file, "_PyRuntime", DATA);
    add_symbol(file, "Py_Version", DATA + 0x800);
    put(file, DATA + 0x800, &number, sizeof number);
}

static void
test_refusals(void)
{
    static File file;
    init_file(&file);
    assert_refused(&file, "/bin/sleep", "no CPython runtime found in /bin/sleep");
    add_python(&file, HG_PYTHON(3, 16, 1));
    assert_refused(&file, "/bin/x", "Python 3.16.1 is newer than what this version can read");
    assert_refused(&file, "/bin/x", "heapgraph.dump()");
    add_python(&file, HG_PYTHON(3, 12, 1));
    assert_refused(&file, "/bin/x", "Python 3.12.1 was found, but its memory is laid out as in no");
    add_symbol(&file, "_Py_NegativeRefcount", 0x10);
    assert_refused(&file, "/bin/x", "Python 3.12.1 is a debug build");
    init_file(&file);
    add_symbol(&file, "Py_GetVersion", 0x10);
    assert_refused(&file, "/usr/lib/libpython2.7.so.1.0", "Python 2.7 is too old");
    add_python(&file, HG_PYTHON(3, 7, 4));
    assert_refused(&file, "/bin/x", "Python 3.7.4 is too old");
}

static void
test_free_threaded(void)
{
    static File file;
    uint64_t start[3] = {0, 0x030d01f0, 1};
    memcpy(start, "xdebugpy", 8);
    add_python(&file, HG_PYTHON(3, 13, 1));
    put(&file, DATA, start, sizeof start);
    assert_refused(&file, "/bin/x", "Python 3.13.1 is a free-threaded build");
    assert_refused(&file, "/bin/x", "heapgraph.dump()");
}

static void
test_other_machines(void)
{
    static File file;
    init_file(&file);
    file.bytes[EI_CLASS] = ELFCLASS32;
    assert_refused(&file, "/bin/python3", "not for x86-64");
    init_file(&file);
    file.bytes[offsetof(Elf64_Ehdr, e_machine)] = EM_AARCH64;
    assert_refused(&file, "/bin/python3", "not for x86-64");
}

/* Puts three circular lists of [n_objects] each at [offset]. */
static void
put_lists(File *file, size_t offset, size_t n_objects)
{
    size_t object = DATA + 0x1000;
    for (size_t list = 0; list < 3; list++) {
        size_t head = offset + list * 24, previous = head;
        int threshold_and_count[] = {list ? 10 : 700, (int)list};
        put(file, head + 16, threshold_and_count, sizeof threshold_and_count);
        for (size_t i = 0; i <= n_objects; i++) {
            size_t at = i == n_objects ? head : (object += 16);
            uint64_t next_address = BASE + at, previous_address = BASE + previous;
            put(file, previous, &next_address, 8);
            put(file, at + 8, &previous_address, 8);
            previous = at;
        }
    }
}

/* Heads are found wherever they are, at odd multiples of four as well (3.13.5 has them there). */
static void
test_search(void)
{
    static const size_t places[] = {DATA, DATA + 4, DATA + 0x7fc, SIZE - 72};
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
        static File file;
        for (size_t k = 0; k < SIZE; k++)
            file.bytes[k] = (uint8_t)g_test_rand_int();
        put_lists(&file, places[i], i);
        g_autoptr(HgImage) image = make_image(&file, "/bin/x");
        g_autoptr(GArray) found = hg_search_generations(image);
        g_assert_cmpuint(found->len, ==, 1);
        g_assert_cmphex(g_array_index(found, uint64_t, 0), ==, BASE + places[i]);
    }
}

/* A patch release that moved the lists a little is followed, as 3.13.5 did. */
static void
test_moved_lists(void)
{
    static const int moved[] = {0, -4, 4, 8, -8};
    for (size_t i = 0; i < G_N_ELEMENTS(moved); i++) {
        static File file;
        HgLayout layout = *hg_layouts_find(HG_PYTHON(3, 13, 0));
        size_t place = DATA + 0x100 + (size_t)layout.gc.generations;
        memset(file.bytes, 0, SIZE);
        put_lists(&file, place + (size_t)moved[i], 5);
        g_autoptr(HgImage) image = make_image(&file, "/bin/x");
        g_assert_true(hg_verify_collector(image, &layout, BASE + DATA + 0x100, false));
        g_assert_cmpint(layout.gc.generations, ==, 24 + moved[i]);
        file.bytes[place + (size_t)moved[i] + 24] ^= 0x10; /* a list being changed */
        g_assert_true(hg_verify_collector(image, &layout, BASE + DATA + 0x100, false));
        file.bytes[place + (size_t)moved[i]] ^= 0x10; /* two are too many */
        g_assert_false(hg_verify_collector(image, &layout, BASE + DATA + 0x100, false));
        g_assert_true(hg_verify_collector(image, &layout, BASE + DATA + 0x100, true));
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/locate/symbols", test_symbols);
    g_test_add_func("/locate/damaged-symbols", test_damaged_symbols);
    g_test_add_func("/locate/refusals", test_refusals);
    g_test_add_func("/locate/free-threaded", test_free_threaded);
    g_test_add_func("/locate/other-machines", test_other_machines);
    g_test_add_func("/locate/search", test_search);
    g_test_add_func("/locate/moved-lists", test_moved_lists);
    return g_test_run();
}
