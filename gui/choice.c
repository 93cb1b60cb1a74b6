/* choice.c - a few buttons of which one is pressed.
 * SPDX-License-Identifier: MIT */
#include "gui/choice.h"

typedef struct {
    void (*func)(void *data);
    void *data;
} Callback;

/* Only the button that goes down tells: each change toggles two. */
static void
on_toggled(GtkToggleButton *button, Callback *callback)
{
    if (gtk_toggle_button_get_active(button))
        callback->func(callback->data);
}

static void
free_callback(void *data, GClosure *closure)
{
    g_free(data);
}

GtkWidget *
hg_choice_new(const HgChoiceOption *options, GCallback on_changed, void *swapped_data)
{
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 0), *first = NULL;
    GtkWidget *outer = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 12);
    gtk_widget_add_css_class(box, "linked");
    gtk_box_append(GTK_BOX(outer), box);
    for (unsigned i = 0; options[i].title; i++) {
        GtkWidget *button = gtk_toggle_button_new_with_label(options[i].title);
        Callback *callback = g_new(Callback, 1);
        *callback = (Callback){(void (*)(void *))on_changed, swapped_data};
        if (first)
            gtk_toggle_button_set_group(GTK_TOGGLE_BUTTON(button), GTK_TOGGLE_BUTTON(first));
        else {
            first = button;
            gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(first), TRUE);
        }
        gtk_widget_set_tooltip_text(button, options[i].tooltip);
        g_signal_connect_data(button, "toggled", G_CALLBACK(on_toggled), callback, free_callback,
                              0);
        gtk_box_append(GTK_BOX(box), button);
    }
    return outer;
}

static GtkWidget *
get_first(GtkWidget *choice)
{
    return gtk_widget_get_first_child(gtk_widget_get_first_child(choice));
}

unsigned
hg_choice_get(GtkWidget *choice)
{
    unsigned option = 0;
    for (GtkWidget *button = get_first(choice); button;
         button = gtk_widget_get_next_sibling(button), option++)
        if (gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(button)))
            return option;
    return 0;
}

static GtkWidget *
get_button(GtkWidget *choice, unsigned option)
{
    GtkWidget *button = get_first(choice);
    while (button && option-- > 0)
        button = gtk_widget_get_next_sibling(button);
    return button;
}

void
hg_choice_set(GtkWidget *choice, unsigned option)
{
    GtkWidget *button = get_button(choice, option);
    if (button)
        gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(button), TRUE);
}

void
hg_choice_set_title(GtkWidget *choice, unsigned option, const char *title)
{
    GtkWidget *button = get_button(choice, option);
    if (button)
        gtk_button_set_label(GTK_BUTTON(button), title);
}
