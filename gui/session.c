/* session.c - what all pages of a window share.
 * SPDX-License-Identifier: MIT */
#include "gui/session.h"

enum {
    SHOTS_CHANGED,
    SHOT_CHANGED,
    SELECTION_CHANGED,
    GO,
    MESSAGE,
    N_SIGNALS
};

static unsigned signals[N_SIGNALS];

struct _HgSession {
    GObject parent;
    HgWork *work;
    GPtrArray *shots; /* HgShot */
    HgShot *shot, *earlier;
    HgShot *selected_shot;
    uint32_t selected;
};

G_DEFINE_FINAL_TYPE(HgSession, hg_session, G_TYPE_OBJECT)

HgSession *
hg_session_new(void)
{
    return g_object_new(HG_TYPE_SESSION, NULL);
}

HgWork *
hg_session_get_work(HgSession *session)
{
    return session->work;
}

void
hg_session_close(HgSession *session)
{
    hg_work_close(session->work);
}

/* ---- snapshots ------------------------------------------------------------------------------ */

static int
compare_shots(const void *one, const void *other)
{
    const HgShot *a = *(HgShot *const *)one, *b = *(HgShot *const *)other;
    if (a->info.taken != b->info.taken)
        return a->info.taken < b->info.taken ? -1 : 1;
    return a->id < b->id ? -1 : a->id > b->id;
}

static unsigned
find_shot(HgSession *session, const HgShot *shot)
{
    unsigned i = 0;
    while (i < session->shots->len && !hg_shot_equal(session->shots->pdata[i], shot))
        i++;
    return i;
}

/* Returns: the one before [shot], or after it if that is the first; NULL if it is alone. */
static const HgShot *
find_earlier(HgSession *session, const HgShot *shot)
{
    unsigned place = find_shot(session, shot);
    if (session->shots->len < 2)
        return NULL;
    return session->shots->pdata[place > 0 ? place - 1 : 1];
}

static void
set_both(HgSession *session, const HgShot *shot, const HgShot *earlier)
{
    HgShot *old_shot = session->shot, *old_earlier = session->earlier;
    session->shot = hg_shot_ref(shot);
    session->earlier = hg_shot_ref(earlier);
    hg_shot_unref(old_shot);
    hg_shot_unref(old_earlier);
    g_signal_emit(session, signals[SHOT_CHANGED], 0);
}

void
hg_session_add_shots(HgSession *session, const GPtrArray *shots)
{
    for (unsigned i = 0; i < shots->len; i++)
        if (find_shot(session, shots->pdata[i]) == session->shots->len)
            g_ptr_array_add(session->shots, hg_shot_ref(shots->pdata[i]));
    g_ptr_array_sort(session->shots, compare_shots);
    g_signal_emit(session, signals[SHOTS_CHANGED], 0);
    if (shots->len > 0)
        hg_session_set_shot(session, shots->pdata[shots->len - 1]);
}

void
hg_session_remove_shot(HgSession *session, const HgShot *shot)
{
    unsigned place = find_shot(session, shot);
    if (place == session->shots->len)
        return;
    g_autoptr(HgShot) removed = g_ptr_array_steal_index(session->shots, place);
    const HgShot *next =
        session->shots->len ? session->shots->pdata[MIN(place, session->shots->len - 1)] : NULL;
    g_signal_emit(session, signals[SHOTS_CHANGED], 0);
    if (hg_shot_equal(session->selected_shot, removed))
        hg_session_select(session, NULL, HG_NONE);
    if (hg_shot_equal(session->shot, removed) || hg_shot_equal(session->earlier, removed))
        set_both(session, next, next ? find_earlier(session, next) : NULL);
}

const GPtrArray *
hg_session_get_shots(HgSession *session)
{
    return session->shots;
}

const HgShot *
hg_session_get_shot(HgSession *session)
{
    return session->shot;
}

const HgShot *
hg_session_get_earlier(HgSession *session)
{
    return session->earlier;
}

void
hg_session_set_shot(HgSession *session, const HgShot *shot)
{
    if (!hg_shot_equal(session->shot, shot))
        set_both(session, shot, find_earlier(session, shot));
}

void
hg_session_set_earlier(HgSession *session, const HgShot *shot)
{
    if (!hg_shot_equal(session->earlier, shot))
        set_both(session, session->shot, shot);
}

static bool
is_last_of_file(HgSession *session, const HgShot *shot)
{
    for (unsigned i = 0; i < session->shots->len; i++) {
        const HgShot *other = session->shots->pdata[i];
        if (g_str_equal(other->path, shot->path) && other->id > shot->id)
            return false;
    }
    return true;
}

char *
hg_session_dup_names(HgSession *session, const GPtrArray *shots)
{
    const HgShot *first = shots->len ? shots->pdata[0] : NULL;
    bool are_of_one_file = true, are_last = true;
    g_autoptr(GString) names = g_string_new(NULL);
    for (unsigned i = 0; i < shots->len; i++) {
        const HgShot *shot = shots->pdata[i];
        are_of_one_file = are_of_one_file && g_str_equal(shot->path, first->path);
        are_last = are_last && is_last_of_file(session, shot);
    }
    if (!first || (!are_of_one_file && !are_last))
        return NULL;
    for (unsigned i = 0; i < shots->len; i++) {
        const HgShot *shot = shots->pdata[i];
        g_autofree char *path = g_shell_quote(shot->path);
        if (are_of_one_file)
            g_string_append_printf(names, "%u ", shot->id);
        else
            g_string_append_printf(names, "%s%s", i ? " " : "", path);
    }
    if (are_of_one_file) {
        g_autofree char *path = g_shell_quote(first->path);
        g_string_append_printf(names, "-d %s", path);
    }
    return g_string_free(g_steal_pointer(&names), FALSE);
}

/* ---- the selected object ---------------------------------------------------------------------
 */

void
hg_session_select(HgSession *session, const HgShot *shot, uint32_t object)
{
    if (session->selected == object && hg_shot_equal(session->selected_shot, shot))
        return;
    HgShot *old = session->selected_shot;
    session->selected_shot = hg_shot_ref(shot);
    session->selected = shot ? object : HG_NONE;
    hg_shot_unref(old);
    g_signal_emit(session, signals[SELECTION_CHANGED], 0);
}

uint32_t
hg_session_get_selected(HgSession *session, const HgShot **shot)
{
    *shot = session->selected_shot;
    return session->selected;
}

/* ---- going places ---------------------------------------------------------------------------- */

void
hg_session_go(HgSession *session, const HgPlace *place, bool in_new_tab)
{
    g_autoptr(HgPlace) target = hg_place_ref(place);
    if (!place->shot && session->shot) {
        hg_place_unref(target);
        target = hg_place_new(place->page, session->shot, place->object, place->argument);
    }
    g_signal_emit(session, signals[GO], 0, target, in_new_tab);
}

void
hg_session_go_to(HgSession *session, const char *page, const HgShot *shot, uint32_t object,
                 const char *argument)
{
    g_autoptr(HgPlace) place = hg_place_new(page, shot, object, argument);
    hg_session_go(session, place, false);
}

void
hg_session_say(HgSession *session, const char *message)
{
    g_signal_emit(session, signals[MESSAGE], 0, message);
}

/* ---- the object ------------------------------------------------------------------------------ */

static void
hg_session_init(HgSession *session)
{
    session->work = hg_work_new();
    session->shots = g_ptr_array_new_with_free_func(hg_shot_unref);
    session->selected = HG_NONE;
}

static void
finalize(GObject *object)
{
    HgSession *session = HG_SESSION(object);
    hg_work_free(session->work);
    g_ptr_array_unref(session->shots);
    hg_shot_unref(session->shot);
    hg_shot_unref(session->earlier);
    hg_shot_unref(session->selected_shot);
    G_OBJECT_CLASS(hg_session_parent_class)->finalize(object);
}

static unsigned
add_signal(const char *name, unsigned n_parameters, GType first, GType second)
{
    return g_signal_new(name, HG_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                        n_parameters, first, second);
}

static void
hg_session_class_init(HgSessionClass *class)
{
    G_OBJECT_CLASS(class)->finalize = finalize;
    signals[SHOTS_CHANGED] = add_signal("shots-changed", 0, 0, 0);
    signals[SHOT_CHANGED] = add_signal("shot-changed", 0, 0, 0);
    signals[SELECTION_CHANGED] = add_signal("selection-changed", 0, 0, 0);
    signals[GO] = add_signal("go", 2, G_TYPE_POINTER, G_TYPE_BOOLEAN);
    signals[MESSAGE] = add_signal("message", 1, G_TYPE_STRING, 0);
}
