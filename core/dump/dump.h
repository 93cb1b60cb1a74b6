/* dump.h - the records a heap is made of, and the sink that takes them.
 *
 * Whatever finds a heap (the reader of a dump file, the walk over a process or a core)
 * is a source; it speaks to a sink, which is the dump writer or the store's import.
 *
 *      source ── begin, fact, text, type, object, references, root, ... end ──▶ sink
 *
 * What an object names must have been told before it: texts and types are numbered by
 * their order, from 0. Objects come in any order, each once; references name their target
 * by its identity (in CPython: its address), so a target may come later or never.
 * FORMAT.md tells the same in bytes.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HG_NONE UINT32_MAX    /* no text, no type, no object, ... */
#define HG_UNKNOWN UINT64_MAX /* no such number: a reference count nobody knows, no length */

/* What the label of a reference is, and with it what `label` means. */
typedef enum {
    HG_LABEL_UNNAMED = 0, /* label: offset in the object where it was found, or 0 */
    HG_LABEL_ATTRIBUTE,   /* .name        label: text */
    HG_LABEL_ITEM,        /* [3]          label: index */
    HG_LABEL_VALUE,       /* ['key']      label: identity of the key object */
    HG_LABEL_KEY,         /* a dict's key label: 0 */
    HG_LABEL_ELEMENT,     /* a set's      label: 0 */
    HG_LABEL_LOCAL,       /* local x      label: text */
    HG_LABEL_CELL,        /* a cell's contents, label: 0 */
    HG_LABEL_SLOT,        /* .name, from __slots__, label: text */
    HG_LABEL_TYPE,        /* .__class__   label: 0 */
    HG_LABEL_INTERNAL,    /* .__closure__ a field of the C structure, label: text */
    HG_LABEL_WEAK,        /* a weak reference's referent, label: 0 */
    HG_N_LABELS
} HgLabelKind;

/* `how` of a reference: its label kind in the low four bits, flags in the high ones. */
enum {
    HG_HOW_LABEL = 0x0f,
    HG_HOW_VISITED = 0x10, /* tp_traverse visits it */
    HG_HOW_OWNED = 0x20,   /* held, but not told to the collector */
    HG_HOW_WEAK = 0x40,    /* keeps nothing alive */
    HG_HOW_GUESSED = 0x80, /* found by scanning memory of a type nobody knows */
};

/* The one predicate for "does this reference keep its target alive". */
static inline bool
hg_how_keeps(uint8_t how)
{
    return !(how & HG_HOW_WEAK);
}

/* Flags of an object. */
enum {
    HG_OBJECT_TRACKED = 0x001,    /* on a list of the collector */
    HG_OBJECT_GENERATION = 0x006, /* two bits: 0 youngest .. 2 oldest, 3 permanent */
    HG_OBJECT_HAS_DEL = 0x008,    /* its type has __del__ */
    HG_OBJECT_FINALIZED = 0x010,  /* __del__ has run */
    HG_OBJECT_IMMORTAL = 0x020,   /* its reference count means nothing */
    HG_OBJECT_VALUE_CUT = 0x040,  /* the value is only the beginning */
    HG_OBJECT_GUESSED = 0x080,    /* some of its references are guessed */
    HG_OBJECT_FLAGS = 0x0ff
};
#define HG_GENERATION_SHIFT 1

typedef struct {
    uint64_t identity; /* CPython: its address */
    uint64_t size;     /* bytes it occupies, headers before it included */
    uint64_t sizeof_;  /* what sys.getsizeof says, HG_UNKNOWN if nobody knows */
    uint64_t refcount; /* HG_UNKNOWN if nobody knows */
    uint64_t length;   /* items of a container, parameters of code, HG_UNKNOWN for others */
    uint32_t type;     /* number of a type told before */
    uint32_t flags;    /* HG_OBJECT_* */
    uint32_t site;     /* number of an allocation site told before, or HG_NONE */
    const char *value; /* short text (UTF-8, may hold NUL) for an atom or a named thing, or NULL */
    uint32_t value_size; /* bytes of it, at most HG_VALUE_MAX */
} HgObjectRecord;

typedef struct {
    uint64_t target; /* identity */
    uint64_t label;  /* see HgLabelKind */
    uint8_t how;
} HgReferenceRecord;

/* Flags of a type. */
enum {
    HG_TYPE_HEAP = 0x01,        /* made at run time, not static C data */
    HG_TYPE_GC = 0x02,          /* its objects can be tracked */
    HG_TYPE_HAS_DEL = 0x04,     /* __del__, its own or inherited */
    HG_TYPE_HAS_DICT = 0x08,    /* instances have a __dict__ */
    HG_TYPE_HAS_SLOTS = 0x10,   /* declares __slots__ in its own body */
    HG_TYPE_HAS_WEAKREFS = 0x20 /* instances can be weakly referenced */
};

typedef struct {
    uint64_t identity; /* of the type object */
    uint32_t module;   /* text, "builtins" for list */
    uint32_t qualname; /* text */
    uint64_t basicsize, itemsize;
    uint32_t flags;        /* HG_TYPE_* */
    const uint64_t *bases; /* identities */
    uint32_t n_bases;
    const uint32_t *slots; /* texts, the names of its own __slots__ */
    uint32_t n_slots;
} HgTypeRecord;

typedef enum {
    HG_ROOT_MODULE,      /* an entry of sys.modules; name: the module's */
    HG_ROOT_FRAME,       /* a running frame holds it; name: the variable, or none */
    HG_ROOT_INTERPRETER, /* the interpreter's own state; name: the field */
    HG_ROOT_STATIC,      /* static or immortal: never freed */
    HG_ROOT_EXTERNAL,    /* held from C: found by the balance of reference counts */
    HG_N_ROOTS
} HgRootKind;

typedef struct {
    HgRootKind kind;
    uint64_t identity;
    uint32_t name;        /* text or HG_NONE */
    uint32_t frame;       /* number of a frame told before, or HG_NONE */
    uint32_t interpreter; /* 0 for the main one */
} HgRootRecord;

typedef struct {
    uint64_t id;          /* threading.get_ident() */
    uint32_t name;        /* text or HG_NONE */
    uint32_t interpreter; /* 0 for the main one */
} HgThreadRecord;

/* Frames of a thread follow it, the innermost first. */
typedef struct {
    uint32_t thread;   /* number of a thread told before */
    uint32_t function; /* text: the qualified name */
    uint32_t file;     /* text */
    uint32_t line;     /* 0 if nobody knows */
    uint64_t identity; /* of the frame object, 0 if there is none */
} HgFrameRecord;

/* Where objects were allocated; the innermost line first. */
typedef struct {
    const uint32_t *files; /* texts */
    const uint32_t *lines;
    uint32_t n_lines;
} HgSiteRecord;

#define HG_VALUE_MAX 4096      /* bytes of a value; captures cut at 80 characters */
#define HG_TEXT_MAX (1u << 20) /* bytes of a text */

/* A sink. Its functions return false with [error] set to stop the source. They come any
 * number of times in any order, but what a record names comes before it; `references`
 * belong to the object told last and may come in several parts; `end` comes once, and
 * says that the heap is complete. Whoever made the sink frees it. */
typedef struct HgSink HgSink;
struct HgSink {
    bool (*fact)(HgSink *sink, const char *key, const char *value, GError **error);
    bool (*text)(HgSink *sink, const char *bytes, size_t size, GError **error);
    bool (*type)(HgSink *sink, const HgTypeRecord *type, GError **error);
    bool (*site)(HgSink *sink, const HgSiteRecord *site, GError **error);
    bool (*object)(HgSink *sink, const HgObjectRecord *object, GError **error);
    bool (*references)(HgSink *sink, const HgReferenceRecord *reference, size_t n_references,
                       GError **error);
    bool (*thread)(HgSink *sink, const HgThreadRecord *thread, GError **error);
    bool (*frame)(HgSink *sink, const HgFrameRecord *frame, GError **error);
    bool (*root)(HgSink *sink, const HgRootRecord *root, GError **error);
    bool (*end)(HgSink *sink, GError **error);
};

/* Facts every dump tells first (FORMAT.md has the whole list). */
#define HG_FACT_RUNTIME "runtime"             /* "CPython" */
#define HG_FACT_PYTHON "python"               /* "3.11.2" */
#define HG_FACT_SOURCE "source"               /* "pure-python", "process", "core" */
#define HG_FACT_TAKEN "taken"                 /* microseconds since 1970, UTC */
#define HG_FACT_PID "pid"                     /* of the process */
#define HG_FACT_PROCESS_START "process-start" /* clock ticks since boot */
#define HG_FACT_BOOT_ID "boot-id"             /* with the two before it: which process */
#define HG_FACT_ARGV "argv"                   /* the command line, as one text */
#define HG_FACT_WORD_SIZE "word-size"         /* "8" */
#define HG_FACT_INSTANT "instant"             /* "yes", or "no" when the program ran meanwhile */
#define HG_FACT_EXTERNAL "external-roots"     /* "yes", or "no" when the source cannot tell */
#define HG_FACT_VALUES "values"               /* "short" or "none" */
