/* advice-values.h - which objects that cannot change are equal.
 *
 * Every object gets the number of the first that equals it: its own if there is none before it, or
 * if it can change. Of texts, bytes and numbers the dump must have the whole value; tuples are
 * equal when their items are.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/questions/advice-private.h"

typedef enum {
    HG_VALUE_OTHER, /* not compared */
    HG_VALUE_STR,
    HG_VALUE_BYTES,
    HG_VALUE_INT,
    HG_VALUE_FLOAT,
    HG_VALUE_COMPLEX,
    HG_VALUE_TUPLE,
    HG_N_VALUES
} HgValueKind;

typedef struct {
    uint32_t *same;   /* [object]: the first one equal to it */
    uint32_t *n_same; /* [object that is the first]: how many are equal, itself included */
    uint8_t *kind;    /* [type]: HgValueKind */
} HgAdviceValues;

void hg_advice_values_clear(HgAdviceValues *values);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HgAdviceValues, hg_advice_values_clear)

bool hg_advice_values_find(HgAdviceHeap *heap, HgAdviceValues *values, GError **error);
