/* sqlite.h - SQLite's interface, for this folder.
 *
 * These files are compiled twice: into libheapgraph, linked with SQLite, and into the loadable
 * extension, which must use the SQLite of the program that loads it.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>

#ifdef HG_SQLITE_EXTENSION
#include <sqlite3ext.h>
SQLITE_EXTENSION_INIT3
#else
#include <sqlite3.h>
#endif

G_DEFINE_AUTOPTR_CLEANUP_FUNC(sqlite3_stmt, sqlite3_finalize)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(sqlite3, sqlite3_close)
