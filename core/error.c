/* error.c - the one error domain.
 * SPDX-License-Identifier: MIT */
#include "core/error.h"

GQuark
hg_error_quark(void)
{
    return g_quark_from_static_string("hg-error-quark");
}
