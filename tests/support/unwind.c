/* unwind.c - who allocated what, told to AddressSanitizer: quickly, and whether we had a part.
 *
 * To recognise leaks of libraries by those who called them, AddressSanitizer goes through the stack
 * of each allocation: by frame pointers, which GLib and GTK do not have, or by _Unwind_Backtrace()
 * of the compiler, which reads tables for each frame and makes a window nine times slower. That of
 * libunwind remembers what it has read: twice. A program that holds this file asks it instead.
 *
 * GTK loses things of its own, in functions without names that a suppression could tell. Where no
 * function of the program but main() is on the stack, one more is told that lsan.supp knows.
 *
 * SPDX-License-Identifier: MIT */
#define UNW_LOCAL_ONLY
#include <dlfcn.h>
#include <libunwind.h>
#include <stdbool.h>
#include <unwind.h>

#define DEPTH 100
#define OF_START 4 /* main(), two of the C library, _start() */
#define SIGN 12    /* frames before the sign: AddressSanitizer keeps 30, below a few of its own */

#define NOT_WATCHED __attribute__((no_sanitize("address", "undefined")))

typedef _Unwind_Ptr (*GetAddress)(struct _Unwind_Context *context);

/* Of the program, by the linker. */
extern char __executable_start, etext;

/* The address that is told in this thread: where it lies stands for a context. */
static __thread void **told;

void hg_libraries_alone(void);
_Unwind_Reason_Code _Unwind_Backtrace(_Unwind_Trace_Fn tell, void *data);
_Unwind_Ptr _Unwind_GetIP(struct _Unwind_Context *context);

/* Is never called: a name for what the program had no part in. */
NOT_WATCHED void
hg_libraries_alone(void)
{
    __asm__ volatile("nop; nop; nop; nop; nop; nop; nop; nop");
}

NOT_WATCHED static bool
is_ours(const void *address)
{
    return (const char *)address >= &__executable_start && (const char *)address < &etext;
}

/* The first address is in this file. */
NOT_WATCHED static bool
had_a_part(void **addresses, int depth)
{
    int end = depth;
    if (depth < DEPTH && depth > OF_START && is_ours(addresses[depth - 1]))
        end -= OF_START;
    for (int frame = 1; frame < end; frame++)
        if (is_ours(addresses[frame]))
            return true;
    return false;
}

NOT_WATCHED _Unwind_Reason_Code
_Unwind_Backtrace(_Unwind_Trace_Fn tell, void *data)
{
    void *addresses[DEPTH], *sign = (char *)hg_libraries_alone + 4;
    void **outer = told;
    int depth = unw_backtrace(addresses, DEPTH);
    int at_sign = had_a_part(addresses, depth) ? -1 : depth < SIGN ? depth : SIGN;
    _Unwind_Reason_Code answer = _URC_NO_REASON;
    for (int frame = 0; frame <= depth && answer == _URC_NO_REASON; frame++) {
        if (frame == at_sign) {
            told = &sign;
            answer = tell((struct _Unwind_Context *)told, data);
        }
        told = &addresses[frame];
        if (frame < depth && answer == _URC_NO_REASON)
            answer = tell((struct _Unwind_Context *)told, data);
    }
    told = outer;
    return answer == _URC_NO_REASON ? _URC_END_OF_STACK : answer;
}

/* Of a context of the compiler, as exceptions of C++ have, the function of the compiler tells. */
NOT_WATCHED _Unwind_Ptr
_Unwind_GetIP(struct _Unwind_Context *context)
{
    if ((void **)context == told)
        return (_Unwind_Ptr)*told;
    GetAddress get_address = (GetAddress)dlsym(RTLD_NEXT, "_Unwind_GetIP");
    return get_address(context);
}
