/* choice.h - a few buttons of which one is pressed: which of several lists a page shows.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <gtk/gtk.h>

typedef struct {
    const char *title;
    const char *tooltip;
} HgChoiceOption;

/* Returns: a box of buttons; [options] end with an empty one. [on_changed] is called with
 * [swapped_data] alone. */
GtkWidget *hg_choice_new(const HgChoiceOption *options, GCallback on_changed, void *swapped_data);

unsigned hg_choice_get(GtkWidget *choice);
void hg_choice_set(GtkWidget *choice, unsigned option);
/* Gives a button another text: "Fields (12)". */
void hg_choice_set_title(GtkWidget *choice, unsigned option, const char *title);
