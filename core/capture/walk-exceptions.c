/* walk-exceptions.c - BaseException and those of its children that have fields of their own.
 * SPDX-License-Identifier: MIT */
#include "core/capture/walker.h"

typedef struct {
    HgOffset offset;
    HgWalkName name;
} Field;

static void
add_fields(HgWalker *walker, const HgWalkObject *object, const Field *field, size_t n_fields)
{
    for (size_t i = 0; i < n_fields; i++)
        hg_walker_add_field(walker, object, field[i].offset, field[i].name, HG_HOW_VISITED);
}

static void
read_exception(HgWalker *walker, const HgWalkObject *object)
{
    const HgLayout *layout = walker->layout;
    const Field field[] = {
        {layout->exception.dict, HG_NAME(__dict__)},
        {layout->exception.args, HG_NAME(args)},
        {layout->exception.notes, HG_NAME(__notes__)},
        {layout->exception.traceback, HG_NAME(__traceback__)},
        {layout->exception.context, HG_NAME(__context__)},
        {layout->exception.cause, HG_NAME(__cause__)},
    };
    add_fields(walker, object, field, G_N_ELEMENTS(field));
}

static void
read_stop_iteration(HgWalker *walker, const HgWalkObject *object)
{
    read_exception(walker, object);
    hg_walker_add_field(walker, object, walker->layout->exception.stop_iteration_value,
                        HG_NAME(value), HG_HOW_VISITED);
}

static void
read_system_exit(HgWalker *walker, const HgWalkObject *object)
{
    read_exception(walker, object);
    hg_walker_add_field(walker, object, walker->layout->exception.system_exit_code, HG_NAME(code),
                        HG_HOW_VISITED);
}

static void
read_os_error(HgWalker *walker, const HgWalkObject *object)
{
    const HgLayout *layout = walker->layout;
    const Field field[] = {
        {layout->exception.os_error_myerrno, HG_NAME(errno)},
        {layout->exception.os_error_strerror, HG_NAME(strerror)},
        {layout->exception.os_error_filename, HG_NAME(filename)},
        {layout->exception.os_error_filename2, HG_NAME(filename2)},
    };
    read_exception(walker, object);
    add_fields(walker, object, field, G_N_ELEMENTS(field));
}

static void
read_syntax_error(HgWalker *walker, const HgWalkObject *object)
{
    const HgLayout *layout = walker->layout;
    const Field field[] = {
        {layout->exception.syntax_error_msg, HG_NAME(msg)},
        {layout->exception.syntax_error_filename, HG_NAME(filename)},
        {layout->exception.syntax_error_lineno, HG_NAME(lineno)},
        {layout->exception.syntax_error_offset, HG_NAME(offset)},
        {layout->exception.syntax_error_end_lineno, HG_NAME(end_lineno)},
        {layout->exception.syntax_error_end_offset, HG_NAME(end_offset)},
        {layout->exception.syntax_error_text, HG_NAME(text)},
        {layout->exception.syntax_error_print_file_and_line, HG_NAME(print_file_and_line)},
        {layout->exception.syntax_error_metadata, HG_NAME(_metadata)},
    };
    read_exception(walker, object);
    add_fields(walker, object, field, G_N_ELEMENTS(field));
}

static void
read_import_error(HgWalker *walker, const HgWalkObject *object)
{
    const HgLayout *layout = walker->layout;
    const Field field[] = {
        {layout->exception.import_error_msg, HG_NAME(msg)},
        {layout->exception.import_error_name, HG_NAME(name)},
        {layout->exception.import_error_path, HG_NAME(path)},
        {layout->exception.import_error_name_from, HG_NAME(name_from)},
    };
    read_exception(walker, object);
    add_fields(walker, object, field, G_N_ELEMENTS(field));
}

static void
read_unicode_error(HgWalker *walker, const HgWalkObject *object)
{
    const HgLayout *layout = walker->layout;
    const Field field[] = {
        {layout->exception.unicode_error_encoding, HG_NAME(encoding)},
        {layout->exception.unicode_error_object, HG_NAME(object)},
        {layout->exception.unicode_error_reason, HG_NAME(reason)},
    };
    read_exception(walker, object);
    add_fields(walker, object, field, G_N_ELEMENTS(field));
}

static void
read_name_error(HgWalker *walker, const HgWalkObject *object)
{
    read_exception(walker, object);
    hg_walker_add_field(walker, object, walker->layout->exception.name_error_name, HG_NAME(name),
                        HG_HOW_VISITED);
}

static void
read_attribute_error(HgWalker *walker, const HgWalkObject *object)
{
    const HgLayout *layout = walker->layout;
    const Field field[] = {
        {layout->exception.attribute_error_obj, HG_NAME(obj)},
        {layout->exception.attribute_error_name, HG_NAME(name)},
    };
    read_exception(walker, object);
    add_fields(walker, object, field, G_N_ELEMENTS(field));
}

static void
read_group(HgWalker *walker, const HgWalkObject *object)
{
    const HgLayout *layout = walker->layout;
    const Field field[] = {
        {layout->exception.group_msg, HG_NAME(message)},
        {layout->exception.group_excs, HG_NAME(exceptions)},
        {layout->exception.group_excs_str, HG_NAME(excs_str)},
    };
    read_exception(walker, object);
    add_fields(walker, object, field, G_N_ELEMENTS(field));
}

const HgTypeReader hg_readers_exceptions[] = {
    {.type_name = "BaseException", .read = read_exception},
    {.type_name = "StopIteration", .read = read_stop_iteration},
    {.type_name = "SystemExit", .read = read_system_exit},
    {.type_name = "OSError", .read = read_os_error},
    {.type_name = "SyntaxError", .read = read_syntax_error},
    {.type_name = "ImportError", .read = read_import_error},
    {.type_name = "UnicodeError", .read = read_exception},
    {.type_name = "UnicodeDecodeError", .read = read_unicode_error},
    {.type_name = "UnicodeEncodeError", .read = read_unicode_error},
    {.type_name = "UnicodeTranslateError", .read = read_unicode_error},
    {.type_name = "NameError", .read = read_name_error},
    {.type_name = "AttributeError", .read = read_attribute_error},
    {.type_name = "BaseExceptionGroup", .read = read_group},
    {.type_name = NULL},
};
