/* sql-list.h - the answer to a question in SQL, as a list.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "gui/models/job.h"
#include "gui/models/list.h"

#define HG_SQL_ROWS_MAX 1000000

/* Returns: the rows that the last statement of [sql] that gives any gives, at most
 * HG_SQL_ROWS_MAX. A column called nr, source, target, holder or object makes each row one about
 * that object. */
HgList *hg_sql_list_make(HgAsk *ask, const HgShot *shot, const char *sql, GError **error);
