/* cmd-refs.c - heapgraph refs: the picture of what an object refers to.
 * SPDX-License-Identifier: MIT */
#include "cli/command.h"
#include "cli/picture-options.h"

static bool
run(const HgInvocation *invocation, GError **error)
{
    return hg_picture_run(invocation, false, error);
}

const HgCommand cmd_refs = {
    .name = "refs",
    .arguments = "OBJ...",
    .min_arguments = 1,
    .max_arguments = UINT_MAX,
    .summary = "the picture, or a tree, of what an object refers to",
    .details =
        "An instance and its __dict__ are one node. Of many neighbours those are shown that "
        "matter:\n"
        "the holder, the next on the way from a root, then those that retain most; the others are\n"
        "one dotted node.\n"
        "\n"
        "Examples:\n"
        "  heapgraph refs Session#1\n"
        "  heapgraph refs Session#1 -o refs.png\n"
        "  heapgraph refs 0x7f3a5c021d80 -o refs.svg --depth 5 --ignore '^(frame|cell)$'\n"
        "  heapgraph refs app.cache --highlight Session --refcounts",
    .takes = HG_TAKES_STORE | HG_TAKES_SNAPSHOT,
    .options = hg_picture_options,
    .run = run,
};
