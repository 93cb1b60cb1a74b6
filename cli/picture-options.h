/* picture-options.h - what refs and backrefs share: their options, the tree and the picture.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "cli/command.h"

extern const GOptionEntry hg_picture_options[];

/* Shows the neighbours of the objects that are named. */
bool hg_picture_run(const HgInvocation *invocation, bool is_backward, GError **error);
