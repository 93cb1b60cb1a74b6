/* json.h - writes JSON.
 *
 * The members of the outermost array or object stand on a line each, so that a list of rows can
 * be read by eye and by line. Texts are escaped so that no byte of them reaches a terminal raw.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

typedef struct {
    FILE *file;
    unsigned depth;
    bool is_first; /* nothing yet in the array or object that is open */
} HgJson;

/* A key, or NULL inside of an array, comes first in every call. */
void hg_json_begin_array(HgJson *json, const char *key);
void hg_json_end_array(HgJson *json);
void hg_json_begin_object(HgJson *json, const char *key);
void hg_json_end_object(HgJson *json);
void hg_json_add_text(HgJson *json, const char *key, const char *text); /* NULL: null */
void hg_json_add_bytes(HgJson *json, const char *key, const char *text, size_t size);
void hg_json_add_number(HgJson *json, const char *key, uint64_t number);
void hg_json_add_signed(HgJson *json, const char *key, int64_t number);
void hg_json_add_real(HgJson *json, const char *key, double number);
void hg_json_add_bool(HgJson *json, const char *key, bool value);
void hg_json_add_null(HgJson *json, const char *key);
/* "0x7f..." as a text: numbers beyond 2^53 do not survive every reader of JSON. */
void hg_json_add_address(HgJson *json, const char *key, uint64_t address);
