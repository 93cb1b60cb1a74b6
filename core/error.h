/* error.h - the one error domain.
 *
 * A code exists only where a caller acts on it; everything else is HG_ERROR_FAILED.
 * Messages are lower case without a full stop and say place and expectation; the
 * name of the file is added once, by whoever opened it, with g_prefix_error().
 * SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>

#define HG_ERROR (hg_error_quark())

typedef enum {
    HG_ERROR_FAILED,    /* the message says it all */
    HG_ERROR_USAGE,     /* the command line is wrong: exit status 2 */
    HG_ERROR_FORMAT,    /* a file is not what it should be */
    HG_ERROR_TRUNCATED, /* a dump ends early: --salvage may help */
    HG_ERROR_NEWER,     /* a file comes from a newer version of this program */
    HG_ERROR_NOT_FOUND, /* what was asked for is not there */
    HG_ERROR_MEMORY,    /* an array as large as the file asks for cannot be had */
    HG_ERROR_BUSY,      /* somebody else holds the store */
    HG_ERROR_CANCELLED, /* the progress callback said stop */
    HG_ERROR_RULE,      /* a --fail-if held, a line each: exit status 3 */
} HgError;

GQuark hg_error_quark(void);
