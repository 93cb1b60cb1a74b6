/* sql-page.h - questions in SQL, and their answers as a list.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gui/page.h"

#define HG_TYPE_SQL_PAGE (hg_sql_page_get_type())
G_DECLARE_FINAL_TYPE(HgSqlPage, hg_sql_page, HG, SQL_PAGE, HgPage)
