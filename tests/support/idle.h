/* idle.h - a sink that does nothing, for measuring what speaks to it.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/dump/dump.h"

/* Returns: a sink that takes everything and keeps nothing; there is nothing to free. */
HgSink idle_sink(void);
