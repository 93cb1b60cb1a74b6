/* text.h - texts from the heap, made fit to be shown.
 *
 * Nothing in a dump can be trusted: a value may hold escape sequences, newlines, or marks that
 * turn the direction of writing. Whatever is not plainly printable is shown as \n, \x1b, \u202e.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>
#include <stddef.h>

/* Appends [size] bytes of [text] with everything escaped that is not printable. */
void hg_text_append_escaped(GString *out, const char *text, size_t size);

/* Returns: [text] escaped, g_free(). */
char *hg_text_dup_escaped(const char *text);
