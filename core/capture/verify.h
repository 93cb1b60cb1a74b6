/* verify.h - does memory look as a layout says?
 *
 * A table that is wrong by one field would make a graph of nonsense. So before a layout is
 * trusted it has to lead from an interpreter to its sys module, and there by dict, str and int
 * to the version the target calls its own; and to the collector's lists, which are circular.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/capture/image.h"
#include "core/capture/layouts.h"

/* What an interpreter says of itself. */
typedef struct {
    uint32_t version;  /* sys.hexversion, without its last byte */
    char abi_flags[4]; /* sys.abiflags: "d" is a debug build, "t" a free-threaded one */
} HgSelfReport;

/* Returns: whether the PyInterpreterState at [state] is one by [layout]; fills [report]. */
bool hg_verify_interpreter(HgImage *image, const HgLayout *layout, uint64_t state,
                           HgSelfReport *report);

/* Finds the three lists of the collector's state at [gc]: where [layout] says, or close by, which
 * is then corrected in it. With [collecting] lists may be in pieces.
 * Returns: whether they are there. */
bool hg_verify_collector(HgImage *image, HgLayout *layout, uint64_t gc, bool collecting);

/* Returns: whether the object at [address] has a type of that name. */
bool hg_verify_type_name(HgImage *image, const HgLayout *layout, uint64_t address,
                         const char *name);
