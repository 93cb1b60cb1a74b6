/* utf8.h - is it UTF-8? NUL counts as a character here, unlike in GLib.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

bool hg_utf8_is_ascii(const char *bytes, size_t size);
bool hg_utf8_is_valid(const char *bytes, size_t size);
