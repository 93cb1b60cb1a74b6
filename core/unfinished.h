/* unfinished.h - files that are of no use until they are whole: Ctrl+C takes them along.
 * SPDX-License-Identifier: MIT */
#pragma once

/* From now on the file is removed if SIGINT, SIGTERM or SIGHUP ends the program. Signals that the
 * program handles or ignores are left alone. */
void hg_unfinished_begin(const char *path);

/* It is whole, or gone. */
void hg_unfinished_end(const char *path);
