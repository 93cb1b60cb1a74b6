/* cmd-backrefs.c - heapgraph backrefs: the picture of what refers to an object.
 * SPDX-License-Identifier: MIT */
#include "cli/command.h"
#include "cli/picture-options.h"

static bool
run(const HgInvocation *invocation, GError **error)
{
    return hg_picture_run(invocation, true, error);
}

const HgCommand cmd_backrefs = {
    .name = "backrefs",
    .arguments = "OBJ...",
    .min_arguments = 1,
    .max_arguments = UINT_MAX,
    .summary = "the picture, or a tree, of what refers to an object",
    .details =
        "An instance and its __dict__ are one node. Of many neighbours those are shown that "
        "matter:\n"
        "the holder, the next on the way from a root, then those that retain most; the others are\n"
        "one dotted node. Modules are not followed.\n"
        "\n"
        "Examples:\n"
        "  heapgraph backrefs Session#1\n"
        "  heapgraph backrefs Session#1 -o refs.png\n"
        "  heapgraph backrefs 0x7f3a5c021d80 -o refs.svg --depth 5 --ignore '^(frame|cell)$'\n"
        "  heapgraph backrefs app.cache --highlight Session --refcounts",
    .takes = HG_TAKES_STORE | HG_TAKES_SNAPSHOT,
    .options = hg_picture_options,
    .run = run,
};
