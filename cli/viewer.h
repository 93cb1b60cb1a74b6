/* viewer.h - handing over to the window, heapgraph-viewer.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "cli/command.h"

/* The viewer takes the place of this program: on the store of -d, or the default one, at the
 * snapshot of -s, and at [object] unless that is NULL. Returns only if that fails: false. */
bool hg_viewer_become(const HgInvocation *invocation, const char *object, GError **error);
