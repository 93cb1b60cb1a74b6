/* layouts.h - where the fields of CPython's structures are, version by version.
 *
 * A layout is a plain struct of offsets, named as CPython names structure and field:
 * layout->dict.ma_keys is the offset of ma_keys in PyDictObject. It is HG_ABSENT where
 * that version has no such field. `size` is the size of the structure itself.
 *
 * The tables in layouts/ are generated from the headers of real builds; layouts/README.md
 * says how to add one. They hold for the exact version they name; what a patch release
 * may have moved is checked against memory by locate.h before anything is trusted.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HG_ABSENT (-1)

/* An offset in bytes, or HG_ABSENT. */
typedef int32_t HgOffset;

/* Py_Version's first three bytes: 0x030b02 is 3.11.2. */
#define HG_PYTHON(major, minor, micro) ((major) << 16 | (minor) << 8 | (micro))

typedef struct {
    uint32_t version; /* HG_PYTHON() of the headers it was made from */

    /* _PyRuntimeState */
    struct {
        HgOffset size, interpreters_head, interpreters_main, gc, static_objects;
    } runtime;

    /* PyInterpreterState; types_builtins and types_extensions are arrays of static_type
     * (3.12 and later), indexed by what tp_subclasses of such a type holds, less one */
    struct {
        HgOffset size, next, id, threads_head, gc, ceval_gil_last_holder;
        HgOffset sysdict, sysdict_copy, builtins, builtins_copy, modules, modules_by_index;
        HgOffset importlib, import_func, dict, codec_search_path, codec_search_cache;
        HgOffset codec_error_registry, before_forkers, after_forkers_parent, after_forkers_child;
        HgOffset audit_hooks, atexit_callbacks, warnings_filters, warnings_once_registry;
        HgOffset warnings_default_action, interned_strings, static_objects;
        HgOffset types_builtins, types_builtins_count, types_extensions, types_extensions_count;
    } interpreter;

    /* managed_static_type_state: what a static type keeps in each interpreter */
    struct {
        HgOffset size, type, tp_dict, tp_subclasses, tp_weaklist;
    } static_type;

    /* struct _gc_runtime_state; three generations of `generation_size` each: next, prev,
     * threshold, count. From 3.14 some builds call them young and old */
    struct {
        HgOffset size, generations, generation_size, permanent_generation, collecting, enabled;
        HgOffset garbage, callbacks, generation_stats;
    } gc;

    /* PyThreadState; `frame` is a PyFrameObject up to 3.10; 3.11 and 3.12 have cframe, whose
     * current_frame is in `cframe`; from 3.13 on current_frame is here */
    struct {
        HgOffset size, next, interp, thread_id, native_thread_id, frame, cframe, current_frame;
        HgOffset dict, curexc_type, curexc_value, curexc_traceback, current_exception;
        HgOffset exc_state, exc_info, async_exc, context, c_profileobj, c_traceobj;
        HgOffset async_gen_firstiter, async_gen_finalizer, datastack_chunk;
    } thread;

    /* _PyCFrame, 3.11 and 3.12 */
    struct {
        HgOffset current_frame;
    } cframe;

    /* _PyErr_StackItem */
    struct {
        HgOffset size, exc_type, exc_value, exc_traceback, previous_item;
    } exc_info;

    /* _PyInterpreterFrame, 3.11 and later. f_executable is f_code up to 3.12; instr_ptr is
     * prev_instr up to 3.12; stacktop is an int up to 3.13, then stackpointer an address */
    struct {
        HgOffset size, f_executable, previous, f_funcobj, f_globals, f_builtins, f_locals;
        HgOffset frame_obj, instr_ptr, stacktop, stackpointer, owner, localsplus;
    } interpreter_frame;

    /* PyFrameObject; the fields from f_code on up to 3.10, f_frame from 3.11 on */
    struct {
        HgOffset size, f_back, f_frame, f_trace, f_lineno, f_extra_locals, f_locals_cache;
        HgOffset f_overwritten_fast_locals, frame_data;
        HgOffset f_code, f_builtins, f_globals, f_locals, f_valuestack, f_stacktop, f_stackdepth;
        HgOffset f_gen, f_lasti, f_localsplus;
    } frame;

    /* PyCodeObject; co_code is co_code_adaptive (inline) from 3.11 on */
    struct {
        HgOffset size, co_argcount, co_flags, co_nlocals, co_nlocalsplus, co_stacksize;
        HgOffset co_consts, co_names, co_varnames, co_freevars, co_cellvars, co_localsplusnames;
        HgOffset co_localspluskinds, co_exceptiontable, co_filename, co_name, co_qualname;
        HgOffset co_firstlineno, co_linetable, co_lnotab, co_code, co_weakreflist, co_extra;
        HgOffset co_zombieframe, co_cell2arg, co_cached, co_executors, co_monitoring;
        HgOffset co_code_object; /* 3.11: the bytes object, once asked for */
        HgOffset co_framesize, co_ncellvars, co_nfreevars;
    } code;

    /* _PyCoCached, which co_cached points to from 3.12 on */
    struct {
        HgOffset _co_code, _co_varnames, _co_cellvars, _co_freevars;
    } code_cached;

    /* PyDictObject; ma_values is PyDictValues* from 3.11 on, PyObject** before */
    struct {
        HgOffset size, ma_used, ma_keys, ma_values;
    } dict;

    /* PyDictKeysObject. 3.11 and later: dk_log2_size, dk_log2_index_bytes, dk_kind are bytes;
     * before: dk_size is a word, and every entry has a hash */
    struct {
        HgOffset dk_refcnt, dk_size, dk_log2_size, dk_log2_index_bytes, dk_kind, dk_usable;
        HgOffset dk_nentries, dk_indices;
    } dict_keys;

    /* PyDictValues: offset of the first value; in 3.13 and later a header of bytes precedes it */
    struct {
        HgOffset values, capacity, valid, embedded;
    } dict_values;

    struct {
        HgOffset size, fill, used, mask, table, smalltable, weakreflist;
    } set;

    struct {
        HgOffset size, ob_item, allocated;
    } list;

    struct {
        HgOffset ob_item;
    } tuple;

    /* PyASCIIObject, PyCompactUnicodeObject, PyUnicodeObject */
    struct {
        HgOffset ascii_size, compact_size, size, length, state, utf8_length, utf8, data;
        HgOffset wstr, wstr_length;
    } str;

    struct {
        HgOffset ob_sval;
    } bytes;

    struct {
        HgOffset size, ob_alloc, ob_bytes;
    } bytearray;

    /* PyLongObject: lv_tag from 3.12 on; before, the sign is ob_size's */
    struct {
        HgOffset lv_tag, ob_digit;
    } integer;

    struct {
        HgOffset ob_fval;
    } floating;

    struct {
        HgOffset cval;
    } complex_;

    struct {
        HgOffset size, func_globals, func_builtins, func_name, func_qualname, func_code;
        HgOffset func_defaults, func_kwdefaults, func_doc, func_closure, func_dict;
        HgOffset func_weakreflist, func_module, func_annotations, func_annotate;
        HgOffset func_typeparams;
    } function;

    struct {
        HgOffset size, im_func, im_self, im_weakreflist;
    } method;

    /* PyCFunctionObject and PyCMethodObject */
    struct {
        HgOffset size, m_ml, m_self, m_module, m_weakreflist, mm_class;
    } builtin;

    struct {
        HgOffset ob_ref;
    } cell;

    struct {
        HgOffset size, md_dict, md_def, md_state, md_weaklist, md_name;
    } module;

    struct {
        HgOffset size, tp_name, tp_basicsize, tp_itemsize, tp_dealloc, tp_repr, tp_call;
        HgOffset tp_flags, tp_doc, tp_traverse, tp_clear, tp_weaklistoffset, tp_iter, tp_iternext;
        HgOffset tp_methods, tp_members, tp_getset, tp_base, tp_dict, tp_descr_get, tp_dictoffset;
        HgOffset tp_init, tp_alloc, tp_new, tp_free, tp_is_gc, tp_bases, tp_mro, tp_cache;
        HgOffset tp_subclasses, tp_weaklist, tp_del, tp_version_tag, tp_finalize;
    } type;

    struct {
        HgOffset size, ht_name, ht_slots, ht_qualname, ht_cached_keys, ht_module;
    } heap_type;

    /* PyDescrObject and its kinds */
    struct {
        HgOffset d_type, d_name, d_qualname;
        HgOffset method_size, member_size, getset_size, wrapper_size;
    } descriptor;

    struct {
        HgOffset size, wr_object, wr_callback, hash, wr_prev, wr_next;
    } weakref;

    /* PyGenObject, and what coroutines and asynchronous generators add. gi_iframe is the
     * frame itself, inside the object, from 3.11 on */
    struct {
        HgOffset size, gi_frame, gi_code, gi_weakreflist, gi_name, gi_qualname, gi_exc_state;
        HgOffset gi_frame_state, gi_iframe, gi_running, coroutine_size, cr_origin;
        HgOffset async_size, ag_finalizer, ag_origin_or_finalizer;
    } generator;

    /* PyBaseExceptionObject, then those with more fields */
    struct {
        HgOffset size, dict, args, notes, traceback, context, cause;
        HgOffset stop_iteration_size, stop_iteration_value, system_exit_size, system_exit_code;
        HgOffset os_error_size, os_error_myerrno, os_error_strerror, os_error_filename;
        HgOffset os_error_filename2;
        HgOffset syntax_error_size, syntax_error_msg, syntax_error_filename, syntax_error_lineno;
        HgOffset syntax_error_offset, syntax_error_end_lineno, syntax_error_end_offset;
        HgOffset syntax_error_text, syntax_error_print_file_and_line, syntax_error_metadata;
        HgOffset import_error_size, import_error_msg, import_error_name, import_error_path;
        HgOffset import_error_name_from;
        HgOffset unicode_error_size, unicode_error_encoding, unicode_error_object;
        HgOffset unicode_error_reason;
        HgOffset name_error_size, name_error_name;
        HgOffset attribute_error_size, attribute_error_obj, attribute_error_name;
        HgOffset group_size, group_msg, group_excs, group_excs_str;
    } exception;

    struct {
        HgOffset size, tb_next, tb_frame, tb_lasti, tb_lineno;
    } traceback;

    struct {
        HgOffset start, stop, step;
    } slice;

    struct {
        HgOffset size, mbuf, view_obj, weakreflist, mbuf_size, mbuf_master_obj;
    } memoryview;

    /* PyContext, PyContextVar, PyContextToken and the HAMT behind a context */
    struct {
        HgOffset size, ctx_prev, ctx_vars, ctx_weakreflist;
        HgOffset var_size, var_name, var_default, var_cached;
        HgOffset token_size, tok_ctx, tok_var, tok_oldval;
        HgOffset hamt_size, h_root, h_count;
    } context;

    /* What no header names as a field */
    struct {
        /* bytes before an instance: 3.11 dict -24 and values -32, later one word at -24 */
        HgOffset managed_dict, managed_values, managed_weaklist;
        bool immortal_refcounts;      /* 3.12: the low half of ob_refcnt negative, see walk */
        bool tagged_stack_references; /* 3.14: low bits of a frame's locals are tags */
        bool inline_values;           /* 3.13: Py_TPFLAGS_INLINE_VALUES, behind basicsize */
        HgOffset gc_head_size;        /* before each collector object */
    } traits;
} HgLayout;

/* Returns: the layout made from exactly [version], or NULL. The layout is static. */
const HgLayout *hg_layouts_find(uint32_t version);

/* Writes into [layout] every table of the same minor version as [version], the nearest
 * patch release first, at most [max] (not 0). Returns: how many. */
size_t hg_layouts_list_neighbours(uint32_t version, const HgLayout **layout, size_t max);

/* Returns: the tables there are, oldest first; [n_layouts] tells how many. */
const HgLayout *hg_layouts_get_all(size_t *n_layouts);
