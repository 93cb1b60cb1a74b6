/* threads-page.h - the stacks of the threads, their locals and what each retains.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gui/list-page.h"

#define HG_TYPE_THREADS_PAGE (hg_threads_page_get_type())
G_DECLARE_FINAL_TYPE(HgThreadsPage, hg_threads_page, HG, THREADS_PAGE, HgListPage)
