/* unwind.c - who allocated what, told quickly to AddressSanitizer.
 *
 * To recognise leaks of libraries by those who called them, AddressSanitizer goes through the stack
 * of each allocation: by frame pointers, which GLib and GTK do not have, or by _Unwind_Backtrace()
 * of the compiler, which reads tables for each frame and makes a window nine times slower. That of
 * libunwind remembers what it has read: twice. A program that holds this file asks it instead.
 *
 * SPDX-License-Identifier: MIT */
#define UNW_LOCAL_ONLY
#include <dlfcn.h>
#include <libunwind.h>
#include <unwind.h>

#define DEPTH 40 /* AddressSanitizer keeps 30, below a few of its own */

typedef _Unwind_Ptr (*GetAddress)(struct _Unwind_Context *context);

/* The address that is told in this thread: where it lies stands for a context. */
static __thread void **told;

_Unwind_Reason_Code _Unwind_Backtrace(_Unwind_Trace_Fn tell, void *data);
_Unwind_Ptr _Unwind_GetIP(struct _Unwind_Context *context);

__attribute__((no_sanitize("address", "undefined"))) _Unwind_Reason_Code
_Unwind_Backtrace(_Unwind_Trace_Fn tell, void *data)
{
    void *addresses[DEPTH];
    void **outer = told;
    int depth = unw_backtrace(addresses, DEPTH);
    _Unwind_Reason_Code answer = _URC_NO_REASON;
    for (int frame = 0; frame < depth && answer == _URC_NO_REASON; frame++) {
        told = &addresses[frame];
        answer = tell((struct _Unwind_Context *)told, data);
    }
    told = outer;
    return answer == _URC_NO_REASON ? _URC_END_OF_STACK : answer;
}

/* Of a context of the compiler's, as exceptions of C++ ask it, the compiler's own function tells.
 */
__attribute__((no_sanitize("address", "undefined"))) _Unwind_Ptr
_Unwind_GetIP(struct _Unwind_Context *context)
{
    if ((void **)context == told)
        return (_Unwind_Ptr)*told;
    GetAddress get_address = (GetAddress)dlsym(RTLD_NEXT, "_Unwind_GetIP");
    return get_address(context);
}
