/* application.h - the program heapgraph-viewer: one process, its windows, its shortcuts.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <adwaita.h>

#define HG_TYPE_APPLICATION (hg_application_get_type())
G_DECLARE_FINAL_TYPE(HgApplication, hg_application, HG, APPLICATION, AdwApplication)

HgApplication *hg_application_new(void);
