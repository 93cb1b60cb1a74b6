/* picture.h - what a picture of a part of the graph shows, before anybody lays it out.
 *
 *      neighbours (or a chain) ──▶ picture: nodes, references, caption ──▶ dot, text tree, window
 *
 * A picture is words, not shapes: texts are complete and short enough to be drawn, each node says
 * what it is (an object, a type, a module, a frame, a root, or the many that are not drawn), and
 * how it looks is decided where it is drawn. The same question gives the same picture.
 *
 * Names come from somebody's heap and may hold anything: newlines, NUL, half characters, marks that
 * turn the direction of writing. What a reader could not see stands in a picture as an escape
 * (`\n`, `\x00`, `\u202e`), and what is too long is cut with an ellipsis.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum {
    HG_PICTURE_OBJECT,
    HG_PICTURE_TYPE,
    HG_PICTURE_MODULE,
    HG_PICTURE_FRAME,
    HG_PICTURE_ROOT, /* no object: why the runtime holds one */
    HG_PICTURE_MORE, /* no object: the neighbours that are too many */
    HG_N_PICTURE_KINDS
} HgPictureKind;

typedef struct {
    HgPictureKind kind;
    uint64_t address; /* of an object; 0 for roots and "more" */
    char *title;      /* "Session", "module app.cache", "1,204 more" */
    char *detail;     /* "3 items", "'abc'", "1,200 Session, 4 dict"; may be NULL */
    char *facts;      /* "1.2 MB retained, 3 references"; may be NULL */
    uint32_t depth;   /* references away from what was asked for */
    bool is_asked;    /* this is what was asked for */
    bool is_highlighted;
    bool has_del;        /* its type has __del__ */
    uint64_t stands_for; /* objects, of "more" */
    uint64_t more;       /* neighbours that are not drawn, where no node stands for them */
} HgPictureNode;

typedef struct {
    uint32_t source, target; /* nodes */
    char *label;             /* ".handlers", "[3]", "['key']"; NULL for none */
    bool is_weak, is_guessed;
} HgPictureReference;

typedef struct {
    GPtrArray *nodes;      /* HgPictureNode */
    GPtrArray *references; /* HgPictureReference */
    char *caption;         /* may be NULL */
    uint32_t depth;        /* of the node farthest away */
} HgPicture;

/* Returns: an empty picture, owned by the caller. */
HgPicture *hg_picture_new(void);
void hg_picture_free(HgPicture *picture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HgPicture, hg_picture_free)

/* Returns: [text] on one line of visible characters, at most [most] of them, the last an ellipsis
 * if it was longer; owned by the caller. [size] is -1 for a NUL-terminated text. */
char *hg_picture_make_visible(const char *text, gssize size, size_t most);

/* Adds a copy of [node], its texts made visible.
 * Returns: its number. */
uint32_t hg_picture_add_node(HgPicture *picture, const HgPictureNode *node);

void hg_picture_set_caption(HgPicture *picture, const char *caption);

/* Adds a copy of [reference]; its nodes must be there already. */
void hg_picture_add_reference(HgPicture *picture, const HgPictureReference *reference);

const HgPictureNode *hg_picture_get_node(const HgPicture *picture, uint32_t number);
const HgPictureReference *hg_picture_get_reference(const HgPicture *picture, uint32_t number);
