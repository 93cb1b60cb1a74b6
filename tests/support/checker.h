/* checker.h - a sink that aborts where a reader breaks its promises (core/dump/reader.h).
 *
 * It looks at every byte it is given, so that a sanitizer sees what is not the reader's.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/dump/dump.h"

/* Returns: free with checker_free(). */
HgSink *checker_new(void);

void checker_free(HgSink *checker);
