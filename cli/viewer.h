/* viewer.h - handing over to the window, heapgraph-viewer.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "cli/command.h"

/* Starts the viewer on the store of -d, or the default one, and leaves it running; it shows
 * [object] unless that is NULL. */
bool hg_viewer_start(const HgInvocation *invocation, const char *object, GError **error);
