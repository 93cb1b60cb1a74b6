/* generate.h - every structure of CPython the tables name, whatever the version.
 *
 * Compiled by generate.py against the headers of one Python, never into heapgraph.
 * SPDX-License-Identifier: MIT */
#define PY_SSIZE_T_CLEAN
#define Py_BUILD_CORE 1
#include <Python.h>
#include <frameobject.h>
#include <stddef.h>
#undef HAVE_STD_ATOMIC

#define FIND(header) __has_include(header)
#include "internal/pycore_pystate.h"
#include "internal/pycore_pymem.h"
#include "internal/pycore_object.h"
#include "internal/pycore_context.h"
#if FIND("internal/pycore_hamt.h")
#include "internal/pycore_hamt.h"
#else
#include "internal/pycore_context.h"
#endif
#if FIND("internal/pycore_interp.h")
#include "internal/pycore_interp.h"
#include "internal/pycore_runtime.h"
#include "internal/pycore_gc.h"
#endif
#if FIND("internal/pycore_frame.h")
#include "internal/pycore_frame.h"
#endif
#if FIND("internal/pycore_interpframe.h")
#include "internal/pycore_interpframe.h"
#endif
#if FIND("internal/pycore_interpframe_structs.h")
#include "internal/pycore_interpframe_structs.h"
#endif
#if FIND("internal/pycore_dict.h")
#include "internal/pycore_dict.h"
#endif
#if FIND("internal/pycore_genobject.h")
#include "internal/pycore_genobject.h"
#endif
#if FIND("internal/pycore_moduleobject.h")
#include "internal/pycore_moduleobject.h"
#endif
#if FIND("internal/pycore_typeobject.h")
#include "internal/pycore_typeobject.h"
#endif
#if FIND("internal/pycore_function.h")
#include "internal/pycore_function.h"
#endif
#if FIND("internal/pycore_memoryobject.h")
#include "internal/pycore_memoryobject.h"
#endif
#if FIND("internal/pycore_stackref.h")
#include "internal/pycore_stackref.h"
#endif

/* Objects/dict-common.h, which no installed header shows up to 3.10. */
struct old_dict_keys {
    Py_ssize_t dk_refcnt, dk_size;
    void *dk_lookup;
    Py_ssize_t dk_usable, dk_nentries;
    char dk_indices[];
};

/* Objects/moduleobject.c up to 3.12. */
struct old_module {
    PyObject ob_base;
    PyObject *md_dict;
    struct PyModuleDef *md_def;
    void *md_state;
    PyObject *md_weaklist, *md_name;
};

/* What precedes an instance: Include/internal/pycore_object.h. */
#if PY_VERSION_HEX >= 0x030d0000
#define MANAGED_DICT -24
#define MANAGED_VALUES -1
#define MANAGED_WEAKLIST -32
#elif PY_VERSION_HEX >= 0x030c0000
#define MANAGED_DICT -24
#define MANAGED_VALUES -24
#define MANAGED_WEAKLIST -32
#elif PY_VERSION_HEX >= 0x030b0000
#define MANAGED_DICT -24
#define MANAGED_VALUES -32
#define MANAGED_WEAKLIST -1
#else
#define MANAGED_DICT -1
#define MANAGED_VALUES -1
#define MANAGED_WEAKLIST -1
#endif
