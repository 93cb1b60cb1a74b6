-- schema.sql - the tables of a heapgraph store, version 1 (PRAGMA user_version).
--
-- A snapshot is one heap at one moment. What is small stands in the tables all_*, for every
-- snapshot; what is as long as the heap stands in `chunk` (chunk.h says how). Sizes are bytes,
-- addresses are id(object) as a signed number, `nr` is the number of an object in its snapshot.
--
-- A statement here must stand in a file letter for letter, or the file is refused: a change
-- needs a new user_version and a migration in store.c.

CREATE TABLE snapshot (
    id INTEGER PRIMARY KEY AUTOINCREMENT, -- 1, 2, ... in the order of loading, never used again
    name TEXT NOT NULL UNIQUE,
    taken INTEGER NOT NULL,         -- microseconds since 1970
    source TEXT NOT NULL,           -- 'pure-python', 'process', 'core'
    python TEXT NOT NULL,           -- '3.11.2'
    objects INTEGER NOT NULL,
    refs INTEGER NOT NULL,
    size INTEGER NOT NULL,          -- of all objects
    process TEXT NOT NULL,          -- boot id, pid and start time, '' if unknown
    stored INTEGER NOT NULL,        -- bytes of its chunks
    instant INTEGER NOT NULL,       -- 0: the program ran while the dump was taken
    knows_garbage INTEGER NOT NULL, -- 0: unreached objects are unknown, not garbage
    live INTEGER NOT NULL,          -- objects reached from a root
    dropped INTEGER NOT NULL,       -- references whose target was in no object record
    load INTEGER NOT NULL UNIQUE    -- chunk.load of its chunks
);

-- The loads that are under way, and those that died: the next load sweeps them.
CREATE TABLE load (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    boot TEXT NOT NULL,             -- who loads: the boot's id,
    namespace TEXT NOT NULL,        -- its namespace of process ids,
    pid INTEGER NOT NULL,           -- the process
    start INTEGER NOT NULL,         -- and when it started, in ticks after boot
    begun INTEGER NOT NULL          -- seconds since 1970
);

CREATE TABLE chunk (
    id INTEGER PRIMARY KEY,
    data BLOB NOT NULL,
    load INTEGER AS (id >> 40),
    "column" INTEGER AS ((id >> 32) & 255), -- HgColumn in store.h, all_column.number
    number INTEGER AS (id & 4294967295)     -- 0, 1, ... within the column
);

-- How many numbers each column of a snapshot has.
CREATE TABLE all_column (
    snapshot INTEGER NOT NULL,
    number INTEGER NOT NULL,
    name TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (snapshot, number)
) WITHOUT ROWID;

-- Names, each once for all snapshots; references name them by number.
CREATE TABLE text (
    number INTEGER PRIMARY KEY,
    content TEXT NOT NULL UNIQUE
);

CREATE TABLE all_type (
    snapshot INTEGER NOT NULL,
    type_id INTEGER NOT NULL,
    name TEXT NOT NULL,             -- 'module.qualname', without 'builtins.'
    module TEXT NOT NULL,
    qualname TEXT NOT NULL,
    count INTEGER NOT NULL,         -- objects of exactly this type
    garbage INTEGER NOT NULL,       -- of these not live
    size INTEGER NOT NULL,
    retained INTEGER NOT NULL,      -- of all its objects, nested ones once
    sizeof INTEGER NOT NULL,        -- what sys.getsizeof says, where known
    address INTEGER NOT NULL,       -- of the type object
    nr INTEGER,                     -- of the type object, if the dump has it
    basicsize INTEGER NOT NULL,
    itemsize INTEGER NOT NULL,
    flags INTEGER NOT NULL,         -- HG_TYPE_* in dump.h
    first INTEGER NOT NULL,         -- where its objects start in the column by_type
    slots TEXT,                     -- names of its own __slots__, one a line
    bases TEXT NOT NULL,            -- addresses, separated by spaces
    PRIMARY KEY (snapshot, type_id)
) WITHOUT ROWID;

CREATE TABLE all_root (
    snapshot INTEGER NOT NULL,
    nr INTEGER NOT NULL,            -- the object
    position INTEGER NOT NULL,      -- an object may be a root for several reasons
    kind TEXT NOT NULL,             -- 'module', 'frame', 'interpreter', 'static', 'external'
    name TEXT,
    frame INTEGER,                  -- all_frame.number
    interpreter INTEGER NOT NULL,
    PRIMARY KEY (snapshot, nr, position)
) WITHOUT ROWID;

CREATE TABLE all_thread (
    snapshot INTEGER NOT NULL,
    number INTEGER NOT NULL,
    id INTEGER NOT NULL,            -- threading.get_ident()
    name TEXT,
    interpreter INTEGER NOT NULL,
    PRIMARY KEY (snapshot, number)
) WITHOUT ROWID;

CREATE TABLE all_frame (
    snapshot INTEGER NOT NULL,
    number INTEGER NOT NULL,
    thread INTEGER NOT NULL,        -- all_thread.number
    depth INTEGER NOT NULL,         -- 0: innermost
    function TEXT NOT NULL,
    file TEXT NOT NULL,
    line INTEGER,
    nr INTEGER,                     -- of the frame object
    PRIMARY KEY (snapshot, number)
) WITHOUT ROWID;

CREATE TABLE all_site (
    snapshot INTEGER NOT NULL,
    number INTEGER NOT NULL,
    lines TEXT NOT NULL,            -- 'file:line', one a line, innermost first
    objects INTEGER NOT NULL,
    size INTEGER NOT NULL,
    PRIMARY KEY (snapshot, number)
) WITHOUT ROWID;

CREATE TABLE all_fact (
    snapshot INTEGER NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (snapshot, key)
) WITHOUT ROWID;

CREATE TABLE bookmark (
    snapshot INTEGER NOT NULL,
    name TEXT NOT NULL,
    address INTEGER NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (snapshot, name)
) WITHOUT ROWID;
