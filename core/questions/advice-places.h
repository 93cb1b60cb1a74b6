/* advice-places.h - where in a program objects stand, the same for all that stand alike.
 *
 *      app.Order.status       an attribute of instances of a class
 *      app.orders[]           items of a container that a module has
 *      app.Order.tags[]       items of containers that instances have
 *
 * Of several references to an object one counts.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/questions/advice-private.h"

typedef struct HgAdvicePlaces HgAdvicePlaces;

/* Borrows [heap]. */
HgAdvicePlaces *hg_advice_places_new(HgAdviceHeap *heap);
void hg_advice_places_free(HgAdvicePlaces *places);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HgAdvicePlaces, hg_advice_places_free)

/* Sets *place to the number of the place of [object], from 0 on; HG_NONE if nothing keeps it, or
 * only what the compiler made. */
bool hg_advice_places_find(HgAdvicePlaces *places, uint32_t object, uint32_t *place,
                           GError **error);

/* Returns: the name of a place; g_free(). */
char *hg_advice_places_dup_name(HgAdvicePlaces *places, uint32_t place, GError **error);
