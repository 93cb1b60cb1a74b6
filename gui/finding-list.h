/* finding-list.h - findings in sentences, each with what to do about it and a "Show Me": suspects,
 * advice.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gui/session.h"

#include <adwaita.h>

typedef struct {
    bool is_grave;   /* stands out */
    char *sentence;  /* what, how much */
    char *path;      /* where: "app.cache"; NULL: nowhere in particular */
    char *remedy;    /* what to do about it, or NULL */
    char *command;   /* the command line that looks closer, or NULL */
    double share;    /* of the heap; 0: not told */
    uint32_t object; /* to show, or HG_NONE */
    char *type;      /* else the type whose objects are shown, or NULL */
} HgFinding;

void hg_finding_free(void *finding);

#define HG_TYPE_FINDING_LIST (hg_finding_list_get_type())
G_DECLARE_FINAL_TYPE(HgFindingList, hg_finding_list, HG, FINDING_LIST, AdwBin)

void hg_finding_list_set_title(HgFindingList *list, const char *title);

/* What is said where nothing was found. */
void hg_finding_list_set_empty(HgFindingList *list, const char *title, const char *text);

/* Asks for an array of HgFinding about [shot] and shows it; an earlier question is forgotten.
 * [question], the argument of [ask], is handed over. */
void hg_finding_list_ask(HgFindingList *list, HgSession *session, const HgShot *shot, HgAskFunc ask,
                         void *question, GDestroyNotify free_question);
