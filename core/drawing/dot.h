/* dot.h - a picture in Graphviz's language.
 *
 * How each kind of node looks is decided here (dot.c, `looks`).
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/drawing/picture.h"

#include <graphviz/cgraph.h>

/* Returns: the picture as a graph of Graphviz, to be closed with agclose(). */
Agraph_t *hg_dot_new_graph(const HgPicture *picture);

/* Returns: the picture as DOT text, owned by the caller. */
char *hg_dot_write(const HgPicture *picture);
