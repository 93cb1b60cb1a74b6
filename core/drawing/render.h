/* render.h - a picture laid out and rendered by Graphviz.
 *
 * Graphviz keeps state of its own: one picture at a time in a process, and a layout cannot be
 * interrupted. Where somebody waits for it, run it in a helper process.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/drawing/picture.h"
#include "core/error.h"

typedef enum {
    HG_RENDER_PNG,
    HG_RENDER_SVG,
    HG_RENDER_PDF,
    HG_RENDER_DOT,  /* the source, not laid out */
    HG_RENDER_JSON, /* laid out: positions of nodes and references */
    HG_N_RENDER_FORMATS
} HgRenderFormat;

/* Sets *format by the ending of [path]; an unknown one is HG_ERROR_USAGE. */
bool hg_render_find_format(const char *path, HgRenderFormat *format, GError **error);

/* Returns: the rendered picture, NULL with [error] set. */
GBytes *hg_render_picture(const HgPicture *picture, HgRenderFormat format, GError **error);

/* Returns: the same of a picture that is DOT already (hg_dot_write()). */
GBytes *hg_render_dot(const char *dot, HgRenderFormat format, GError **error);

/* Writes the picture to [path], in the format of its ending; the file is there whole or not
 * at all. */
bool hg_render_write(const HgPicture *picture, const char *path, GError **error);
