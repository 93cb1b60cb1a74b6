/* holder.c - holds objects as C code does: in a global variable, on its stack.
 * For test-roots.py, which loads it with ctypes; it needs no header of Python.
 * SPDX-License-Identifier: MIT */
#include <unistd.h>

extern void *kept_global;
void *kept_global;

int keep_on_stack(void *object, int told, int end);

/* Keeps [object] on the stack, says so to the file [told], until something can be read from [end].
 */
int
keep_on_stack(void *object, int told, int end)
{
    void *volatile kept[2] = {object, 0};
    char byte = 0;
    return write(told, &byte, 1) == 1 && read(end, &byte, 1) == 1 && kept[0] == object;
}
