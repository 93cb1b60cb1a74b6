/* suspects-words.c - what a suspect is called, the sentence about it, and the remedy.
 * SPDX-License-Identifier: MIT */
#include "core/numbers.h"
#include "core/questions/hunt.h"
#include "core/questions/named.h"
#include "core/questions/resolve.h"

#include <inttypes.h>
#include <string.h>

static const char *const names[HG_N_SUSPECTS] = {
    [HG_SUSPECT_COLLECTION] = "collection",
    [HG_SUSPECT_CLASS_COLLECTION] = "class-collection",
    [HG_SUSPECT_LOG] = "log",
    [HG_SUSPECT_CALLBACKS] = "callbacks",
    [HG_SUSPECT_CACHE] = "unbounded-cache",
    [HG_SUSPECT_CLOSURE] = "closure",
    [HG_SUSPECT_METHOD] = "bound-method",
    [HG_SUSPECT_DEFAULT] = "default-argument",
    [HG_SUSPECT_EXCEPTION] = "exception",
    [HG_SUSPECT_SUSPENDED] = "suspended",
    [HG_SUSPECT_THREADS] = "ended-threads",
    [HG_SUSPECT_THREAD_LOCAL] = "thread-local",
    [HG_SUSPECT_CONTEXT] = "context-variable",
    [HG_SUSPECT_WEAK_CACHE] = "weak-cache",
    [HG_SUSPECT_EXTERNAL] = "external",
    [HG_SUSPECT_CYCLES] = "cycles",
    [HG_SUSPECT_UNCOLLECTABLE] = "uncollectable",
    [HG_SUSPECT_LINKED] = "linked",
    [HG_SUSPECT_OBJECT] = "object",
    [HG_SUSPECT_TYPE] = "type",
};

static const char *const remedies[HG_N_SUSPECTS] = {
    [HG_SUSPECT_COLLECTION] =
        "give it a bound: functools.lru_cache(maxsize=...), collections.deque(maxlen=...), or "
        "weakref.WeakValueDictionary; or remove what is done with",
    [HG_SUSPECT_CLASS_COLLECTION] =
        "remove from it what is done with, or make it an attribute of the instance: one in the "
        "class lives as long as the program",
    [HG_SUSPECT_LOG] = "give the log a bound: collections.deque(maxlen=...), or write it to a file",
    [HG_SUSPECT_CALLBACKS] =
        "remove the callbacks of what is done with, or keep them weakly: weakref.WeakMethod",
    [HG_SUSPECT_CACHE] = "give it a bound: functools.lru_cache(maxsize=...)",
    [HG_SUSPECT_CLOSURE] = "let the function capture only what it uses, or drop the function",
    [HG_SUSPECT_METHOD] = "keep the method weakly: weakref.WeakMethod, or drop it",
    [HG_SUSPECT_DEFAULT] = "make the default None, and a new one in the function",
    [HG_SUSPECT_EXCEPTION] =
        "keep str(exception) instead of the exception, or call traceback.clear_frames()",
    [HG_SUSPECT_SUSPENDED] = "close() or cancel() them, or let them run to their end",
    [HG_SUSPECT_THREADS] = "drop a Thread after join(), and keep its result instead",
    [HG_SUSPECT_THREAD_LOCAL] = "clear it at the end of a request: threads of a pool live on",
    [HG_SUSPECT_CONTEXT] = "reset() the variable with the token of set()",
    [HG_SUSPECT_WEAK_CACHE] =
        "drop them where they are held strongly: the cache alone keeps nothing",
    [HG_SUSPECT_EXTERNAL] = "look at the extension module that made it: no Python object holds it",
    [HG_SUSPECT_CYCLES] = "make the reference upwards weak: weakref.ref; or call gc.collect()",
    [HG_SUSPECT_UNCOLLECTABLE] = "turn gc.DEBUG_SAVEALL off, break the cycle, and clear gc.garbage",
    [HG_SUSPECT_LINKED] = "cut the chain where it is done with",
    [HG_SUSPECT_OBJECT] = "drop it when it is done with",
    [HG_SUSPECT_TYPE] = "find who makes them, and drop them where they are done with",
};

const char *
hg_suspect_kind_get_name(HgSuspectKind kind)
{
    return names[kind];
}

/* ---- pieces ------------------------------------------------------------------------------ */

/* Returns: "snapshot 1, 12 minutes earlier"; g_free(). */
static char *
dup_since(const HgHunt *hunt)
{
    const HgSnapshotInfo *now = hg_snapshot_get_info(hunt->snapshot);
    const HgSnapshotInfo *then = hg_snapshot_get_info(hunt->earlier);
    int64_t seconds = (now->taken - then->taken) / G_USEC_PER_SEC;
    if (seconds < 120)
        return g_strdup_printf("\"%s\"", then->name);
    if (seconds < 7200)
        return g_strdup_printf("\"%s\", %" PRId64 " minutes earlier", then->name, seconds / 60);
    return g_strdup_printf("\"%s\", %" PRId64 " hours earlier", then->name, seconds / 3600);
}

static char *
dup_growth(const HgHunt *hunt, const HgSuspect *suspect)
{
    if (!hunt->earlier)
        return g_strdup("");
    g_autofree char *since = dup_since(hunt);
    if (!suspect->knows_growth)
        return g_strdup_printf("; not found in %s", since);
    if (suspect->count_growth == 0 && suspect->bytes_growth == 0)
        return g_strdup_printf("; unchanged since %s", since);
    g_autofree char *growth = suspect->count_growth
                                  ? hg_number_dup_count_growth(suspect->count_growth)
                                  : hg_number_dup_size_growth(suspect->bytes_growth);
    return g_strdup_printf("; %s since %s", growth, since);
}

char *
hg_hunt_dup_amount(const HgHunt *hunt, const HgSuspect *suspect)
{
    g_autofree char *size = hg_number_dup_size(suspect->bytes);
    g_autofree char *growth = dup_growth(hunt, suspect);
    double percent = 100 * suspect->share;
    if (percent < 1)
        return g_strdup_printf(": %s%s", size, growth);
    return g_strdup_printf(": %s, %.0f %% of the heap%s", size, percent, growth);
}

/* "81,204 app.Result", "3 items" */
static char *
dup_items(const HgSuspect *suspect)
{
    g_autofree char *count = hg_number_dup_count(suspect->count);
    const char *plural = suspect->count == 1 ? "item" : "items";
    return g_strdup_printf("%s %s", count, suspect->item_type ? suspect->item_type->name : plural);
}

static bool
is_plain(const char *path)
{
    return path && !strpbrk(path, "<>(){}*?$`\"\\;&|!~# \t\n") && strlen(path) < 200 &&
           !strstr(path, "...");
}

char *
hg_hunt_dup_type_command(const HgTypeRow *type)
{
    g_autofree char *quoted = is_plain(type->name) ? NULL : g_shell_quote(type->name);
    return g_strdup_printf("heapgraph chain --type %s", quoted ? quoted : type->name);
}

char *
hg_hunt_dup_command(const HgHunt *hunt, const char *command, uint32_t object, const char *path)
{
    uint32_t found;
    uint64_t address = 0;
    if (is_plain(path) && hg_resolve(hunt->snapshot, path, &found, NULL) && found == object) {
        bool needs_quotes = strpbrk(path, "'[]"); /* double ones do: nothing of $`"\\! is in it */
        g_autofree char *quoted = needs_quotes ? g_strdup_printf("\"%s\"", path) : g_strdup(path);
        return g_strdup_printf("heapgraph %s %s", command, quoted);
    }
    if (!hg_snapshot_get(hunt->snapshot, HG_COLUMN_ADDRESS, object, &address, NULL))
        return g_strdup_printf("heapgraph %s", command);
    return g_strdup_printf("heapgraph %s 0x%" PRIx64, command, address);
}

const HgTypeRow *
hg_hunt_get_type(const HgHunt *hunt, uint32_t object, GError **error)
{
    uint64_t type;
    if (!hg_snapshot_get(hunt->snapshot, HG_COLUMN_TYPE, object, &type, error))
        return NULL;
    if (type >= hunt->types->len) {
        g_set_error(error, HG_ERROR, HG_ERROR_FORMAT, "object %u: no type %" PRIu64, object, type);
        return NULL;
    }
    return g_ptr_array_index(hunt->types, type);
}

/* ---- growth ------------------------------------------------------------------------------ */

bool
hg_hunt_is_growth(const HgHunt *hunt, int64_t count, int64_t bytes)
{
    double before = (double)hg_snapshot_get_info(hunt->earlier)->size;
    double many = MAX(hunt->options.growth_share * before, (double)hunt->options.min_size / 4);
    return (count > 0 && (uint64_t)count >= hunt->options.min_growth) ||
           (bytes > 0 && (double)bytes >= many);
}

/* The object of the earlier snapshot at [number] counts if it is of the same type. */
static bool
accept_earlier(const HgHunt *hunt, uint32_t object, uint32_t number, uint32_t *earlier,
               GError **error)
{
    const HgTypeRow *type = hg_hunt_get_type(hunt, object, error);
    HgObject other;
    if (!type || !hg_object_read(hunt->earlier, number, &other, error))
        return false;
    if (g_str_equal(other.type->name, type->name))
        *earlier = number;
    return true;
}

bool
hg_hunt_find_earlier(const HgHunt *hunt, uint32_t object, const char *path, uint32_t *earlier,
                     GError **error)
{
    uint64_t address;
    uint32_t number;
    *earlier = HG_NONE;
    if (!hunt->earlier)
        return true;
    if (!hg_snapshot_get(hunt->snapshot, HG_COLUMN_ADDRESS, object, &address, error))
        return false;
    if (hunt->is_same_process && hg_snapshot_find_address(hunt->earlier, address, &number, NULL) &&
        !accept_earlier(hunt, object, number, earlier, error))
        return false;
    if (*earlier != HG_NONE || !is_plain(path) || !hg_resolve(hunt->earlier, path, &number, NULL))
        return true;
    return accept_earlier(hunt, object, number, earlier, error);
}

static bool
read_growth(HgHunt *hunt, HgSuspect *suspect, bool is_bounded, GError **error)
{
    const HgTypeRow *type;
    uint32_t earlier;
    HgContents contents;
    HgObject before;
    if (!hg_hunt_find_earlier(hunt, suspect->object, suspect->path, &earlier, error))
        return false;
    if (earlier == HG_NONE)
        return true;
    if (!hg_contents_read(hunt->earlier, earlier, &contents, error) ||
        !hg_object_read(hunt->earlier, earlier, &before, error))
        return false;
    if (suspect->kind == HG_SUSPECT_LINKED) {
        if (!hg_named_find_type(hunt->earlier, suspect->type->name, &type, error))
            return false;
        contents.count = type ? type->n_objects : 0;
    }
    suspect->knows_growth = true;
    suspect->count_growth = (int64_t)(suspect->count - contents.count);
    suspect->bytes_growth =
        before.retained == HG_UNKNOWN ? 0 : (int64_t)(suspect->bytes - before.retained);
    suspect->is_leak =
        !is_bounded && hg_hunt_is_growth(hunt, suspect->count_growth, suspect->bytes_growth);
    return true;
}

/* ---- sentences ---------------------------------------------------------------------------- */

/* What a sentence is made of. */
typedef struct {
    HgHunt *hunt;
    const HgPlace *place;
    const HgContents *contents;
    char *owner_name; /* value of place->owner: "make.<locals>.handler", or NULL */
    char *owner_type; /* or NULL */
    const char *path; /* of the subject, or its address */
    char *held;       /* "list with 5,000 str" */
    char *items;      /* "5,000 str" */
} Words;

static void
clear_words(Words *words)
{
    g_free(words->owner_name);
    g_free(words->owner_type);
    g_free(words->held);
    g_free(words->items);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Words, clear_words)

/* "keeps list with 5,000 str through its variable data" */
static char *
dup_through(const Words *words)
{
    return words->place->name ? g_strconcat(" through its variable ", words->place->name, NULL)
                              : g_strdup("");
}

/* Of what stands in a container that is reached by names. */
static char *
dup_container(const Words *words, const HgSuspect *suspect)
{
    const char *type = suspect->type->name;
    switch (suspect->kind) {
    case HG_SUSPECT_CALLBACKS:
        return g_strdup_printf("%s (%s) keeps %s alive through %s", words->path, type, words->items,
                               words->contents->is_methods ? "bound methods" : "closures");
    case HG_SUSPECT_CLASS_COLLECTION:
        return g_strdup_printf("%s (%s of the class) holds %s", words->path, type, words->items);
    case HG_SUSPECT_CACHE:
        return g_strdup_printf("%s() is cached %s%s%s", words->path,
                               words->place->is_bounded ? "up to its maxsize" : "without a bound",
                               suspect->count ? ": " : "", suspect->count ? words->items : "");
    case HG_SUSPECT_UNCOLLECTABLE:
        return g_strdup_printf("gc.garbage keeps %s for ever", words->items);
    case HG_SUSPECT_OBJECT:
        return g_strdup_printf("%s is one big %s", words->path, type);
    case HG_SUSPECT_LINKED:
        return g_strdup_printf("%s is the first of a long chain; there are %s", words->path,
                               words->items);
    default:
        return g_strdup_printf("%s (%s) holds %s", words->path, type, words->items);
    }
}

/* Returns: the sentence up to the amounts, "app.cache (dict) holds 81,204 app.Result"; g_free(). */
static char *
dup_what(const Words *words, const HgSuspect *suspect)
{
    const HgPlace *place = words->place;
    const char *owner = words->owner_name ? words->owner_name : "a function";
    g_autofree char *through = dup_through(words);
    switch (suspect->kind) {
    case HG_SUSPECT_CLOSURE:
        return g_strdup_printf("the closure %s keeps %s%s", owner, words->held, through);
    case HG_SUSPECT_METHOD:
        return g_strdup_printf("the bound method %s in %s keeps its instance, and with it %s",
                               owner, place->owner_path, words->held);
    case HG_SUSPECT_DEFAULT:
        return g_strdup_printf("the default %s%sof %s() holds %s",
                               place->name ? place->name : "argument", place->name ? "= " : " ",
                               owner, words->items);
    case HG_SUSPECT_EXCEPTION:
        return g_strdup_printf(
            "the %s kept in %s keeps the locals of %s%s alive, among them %s%s%s%s",
            words->owner_type, place->owner_path, place->function ? place->function : "its frames",
            place->function ? "()" : "", place->name ? place->name : "", place->name ? " (" : "",
            words->held, place->name ? ")" : "");
    case HG_SUSPECT_SUSPENDED:
        return g_strdup_printf("the suspended %s %s() in %s keeps %s", words->owner_type, owner,
                               place->owner_path, words->held);
    case HG_SUSPECT_THREAD_LOCAL:
        return g_strdup_printf("the thread-local %s keeps %s", place->owner_path, words->held);
    case HG_SUSPECT_CONTEXT:
        return g_strdup_printf("the context variable %s keeps %s",
                               place->name ? place->name : place->owner_path, words->held);
    case HG_SUSPECT_EXTERNAL:
        return g_strdup_printf("C code alone keeps %s", words->held);
    default:
        return dup_container(words, suspect);
    }
}

static bool
read_owner(Words *words, GError **error)
{
    size_t size;
    if (words->place->owner == HG_NONE)
        return true;
    const HgTypeRow *type = hg_hunt_get_type(words->hunt, words->place->owner, error);
    words->owner_type = type ? g_strdup(type->name) : NULL;
    return type && hg_snapshot_read_value(words->hunt->snapshot, words->place->owner,
                                          &words->owner_name, &size, error);
}

/* What a log consists of. */
static bool
is_note(const HgTypeRow *type)
{
    return g_str_equal(type->name, "str") || g_str_equal(type->name, "bytes") ||
           g_str_equal(type->name, "logging.LogRecord");
}

/* Which pattern an object that is kept plainly shows by what it holds. */
static HgSuspectKind
choose_kind(const HgTypeRow *type, const HgPlace *place, const HgContents *contents)
{
    bool is_plain_place =
        place->kind == HG_SUSPECT_COLLECTION || place->kind == HG_SUSPECT_CLASS_COLLECTION;
    if (is_plain_place && contents->is_callbacks)
        return HG_SUSPECT_CALLBACKS;
    bool is_row = g_str_equal(type->name, "list") || g_str_equal(type->name, "collections.deque");
    if (place->kind == HG_SUSPECT_COLLECTION && place->is_attribute && is_row && contents->type &&
        is_note(contents->type))
        return HG_SUSPECT_LOG;
    if (is_plain_place && contents->count == 0)
        return HG_SUSPECT_OBJECT;
    return place->kind;
}

void
hg_hunt_add(HgHunt *hunt, HgSuspect *suspect)
{
    suspect->share = hunt->total ? (double)suspect->bytes / (double)hunt->total : 0;
    g_autofree char *amount = hg_hunt_dup_amount(hunt, suspect);
    char *sentence = g_strconcat(suspect->sentence, amount, NULL);
    g_free(suspect->sentence);
    suspect->sentence = sentence;
    if (!suspect->remedy)
        suspect->remedy = g_strdup(remedies[suspect->kind]);
    if (suspect->object != HG_NONE)
        hg_hunt_set_told(hunt, suspect->object);
    g_ptr_array_add(hunt->suspects, suspect);
}

/* A link of a chain that hardly has items of its own: all of its type are told of. */
static void
count_links(HgHunt *hunt, HgSuspect *suspect)
{
    if (suspect->kind != HG_SUSPECT_LINKED)
        return;
    suspect->count = suspect->type->n_objects;
    suspect->item_type = suspect->type;
    hunt->is_type_told[suspect->type->number] = true;
}

/* What the suspect is: the cache rather than its dict, the exception rather than a local. */
static uint32_t
choose_subject(const HgPlace *place, uint32_t object)
{
    bool is_owner = place->kind == HG_SUSPECT_CACHE || place->kind == HG_SUSPECT_EXCEPTION ||
                    place->kind == HG_SUSPECT_SUSPENDED;
    return is_owner ? place->owner : object;
}

static HgSuspect *
make_suspect(const Words *words, const HgObject *subject)
{
    const HgContents *contents = words->contents;
    HgSuspect *suspect = g_new0(HgSuspect, 1);
    *suspect = (HgSuspect){
        .kind = choose_kind(subject->type, words->place, contents),
        .object = subject->number,
        .type = subject->type,
        .item_type = contents->is_callbacks && contents->kept ? contents->kept : contents->type,
        .count = contents->count,
        .bytes = subject->retained == HG_UNKNOWN ? subject->size : subject->retained,
        .title = g_strdup_printf("%s (%s)", words->path, subject->type->name),
    };
    return suspect;
}

/* "list with 5,000 str" */
static void
write_items(Words *words, const HgSuspect *suspect, const HgTypeRow *type)
{
    words->items = dup_items(suspect);
    words->held = suspect->count ? g_strdup_printf("%s with %s", type->name, words->items)
                                 : g_strdup(type->name);
}

bool
hg_hunt_tell(HgHunt *hunt, uint32_t object, const HgPlace *place, GError **error)
{
    HgObject subject;
    HgContents contents;
    uint32_t number = choose_subject(place, object);
    const HgTypeRow *type = hg_hunt_get_type(hunt, object, error);
    if (hg_hunt_is_told(hunt, number))
        return true;
    g_auto(Words) words = {.hunt = hunt, .place = place, .contents = &contents};
    if (!type || !hg_object_read(hunt->snapshot, number, &subject, error) ||
        !hg_contents_read(hunt->snapshot, object, &contents, error) || !read_owner(&words, error))
        return false;
    g_autofree char *address = g_strdup_printf("0x%" PRIx64, subject.address);
    bool is_owner = number != object || place->kind == HG_SUSPECT_THREAD_LOCAL ||
                    place->kind == HG_SUSPECT_CONTEXT;
    const char *path = is_owner ? place->owner_path : place->path;
    words.path = path ? path : address;
    HgSuspect *suspect = make_suspect(&words, &subject);
    suspect->path = g_strdup(path);
    count_links(hunt, suspect);
    write_items(&words, suspect, type);
    bool done = read_growth(hunt, suspect, place->is_bounded, error);
    suspect->sentence = dup_what(&words, suspect);
    suspect->command = hg_hunt_dup_command(hunt, "show", number, path);
    hg_hunt_add(hunt, suspect);
    return done;
}
