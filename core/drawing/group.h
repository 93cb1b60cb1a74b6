/* group.h - a picture with fewer nodes: what is alike, and then what is far away, drawn as one.
 *
 *      list ──▶ Session ×40            list ──▶ "40 Session"
 *           ──▶ dict                        ──▶ dict, "3 more"
 *
 * A layout takes time, and a reader gives up, past some hundred nodes. What was asked for, what is
 * highlighted, and roots always stay.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "core/drawing/picture.h"

/* Returns: a picture of at most [most] nodes and three times as many references, or as near to that
 * as grouping comes; NULL if [picture] has no more than that. Owned by the caller. */
HgPicture *hg_picture_group(const HgPicture *picture, uint32_t most);
