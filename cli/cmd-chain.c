/* cmd-chain.c - heapgraph chain: the shortest way from a root to an object.
 * SPDX-License-Identifier: MIT */
#include "cli/command.h"
#include "cli/json.h"
#include "cli/session.h"
#include "cli/text.h"
#include "core/questions/chain.h"
#include "core/questions/resolve.h"

#include <inttypes.h>

#define LINE_STEPS 60  /* steps in the line at most */
#define TREE_STEPS 200 /* and below it */

static bool
print_step(HgSnapshot *snapshot, uint32_t number, const char *label, unsigned depth, GError **error)
{
    HgObject object;
    g_autofree char *caption = hg_object_dup_caption(snapshot, number, false, error);
    if (!caption || !hg_object_read(snapshot, number, &object, error))
        return false;
    g_autofree char *shown = hg_text_dup_escaped(caption);
    g_autofree char *shown_label = hg_text_dup_escaped(label);
    printf("%*s%s%s%s  0x%" PRIx64 "  %s\n", (int)MIN(depth, 30) * 2, "",
           hg_output_get_style(HG_STYLE_NAME), shown_label, hg_output_get_style(HG_STYLE_PLAIN),
           object.address, shown);
    return true;
}

/* Steps [first] to [end] of the chain; step 0 is the root itself. */
static bool
print_steps(HgSnapshot *snapshot, const GArray *chain, unsigned first, unsigned end,
            const char *root, GError **error)
{
    unsigned before = first ? first - 1 : 0;
    g_autoptr(GPtrArray) labels =
        hg_chain_read_labels(snapshot, chain, before, end - before, error);
    for (unsigned i = first; labels && i < end; i++) {
        const char *label = i ? labels->pdata[i - 1 - before] : root;
        if (!print_step(snapshot, g_array_index(chain, uint32_t, i), label, i, error))
            return false;
    }
    return labels;
}

static bool
print_tree(HgSnapshot *snapshot, const GArray *chain, const char *root, GError **error)
{
    if (chain->len <= TREE_STEPS)
        return print_steps(snapshot, chain, 0, chain->len, root, error);
    if (!print_steps(snapshot, chain, 0, TREE_STEPS / 2, root, error))
        return false;
    printf("%*s... %u more ...\n", 60, "", chain->len - TREE_STEPS);
    return print_steps(snapshot, chain, chain->len - TREE_STEPS / 2, chain->len, root, error);
}

/* Returns: the root the chain begins with, as people read it; g_free(). */
static char *
dup_root(HgSnapshot *snapshot, const GArray *chain, GError **error)
{
    HgRootRow *const *roots;
    unsigned count;
    if (!hg_roots_find(snapshot, g_array_index(chain, uint32_t, 0), &roots, &count, error))
        return NULL;
    return count ? hg_root_dup_text(snapshot, roots[0], error) : g_strdup("root");
}

static bool
write_step(HgJson *json, HgSnapshot *snapshot, uint32_t number, const char *label, GError **error)
{
    HgObject object;
    if (!hg_object_read(snapshot, number, &object, error))
        return false;
    g_autofree char *value = hg_object_dup_value(snapshot, &object, error);
    if (!value)
        return false;
    hg_json_begin_object(json, NULL);
    hg_json_add_text(json, "label", label);
    hg_json_add_address(json, "address", object.address);
    hg_json_add_text(json, "type", object.type->name);
    hg_json_add_text(json, "value", value);
    hg_json_end_object(json);
    return true;
}

static bool
write_chain(HgSnapshot *snapshot, const GArray *chain, const char *text, const char *root,
            GError **error)
{
    g_autoptr(GPtrArray) labels = hg_chain_read_labels(snapshot, chain, 0, chain->len, error);
    if (!labels)
        return false;
    HgJson json = {.file = stdout};
    hg_json_begin_object(&json, NULL);
    hg_json_add_text(&json, "chain", text);
    hg_json_add_text(&json, "root", root);
    hg_json_add_number(&json, "steps", chain->len - 1);
    hg_json_begin_array(&json, "objects");
    bool done = true;
    for (unsigned i = 0; i < chain->len && done; i++)
        done = write_step(&json, snapshot, g_array_index(chain, uint32_t, i),
                          i ? labels->pdata[i - 1] : NULL, error);
    hg_json_end_array(&json);
    hg_json_end_object(&json);
    return done;
}

static bool
print_chain(HgSnapshot *snapshot, const GArray *chain, const char *text, const char *root,
            GError **error)
{
    g_autofree char *shown = hg_text_dup_escaped(text);
    printf("%s%s%s\n", hg_output_get_style(HG_STYLE_HEADING), shown,
           hg_output_get_style(HG_STYLE_PLAIN));
    return print_tree(snapshot, chain, root, error);
}

static bool
run(const HgInvocation *invocation, GError **error)
{
    g_auto(HgSession) session = {0};
    uint32_t object;
    if (invocation->format == HG_FORMAT_CSV) {
        g_set_error_literal(error, HG_ERROR, HG_ERROR_USAGE,
                            "chain prints one way, which is no list: --format table or json");
        return false;
    }
    if (!hg_session_open(&session, invocation, error) ||
        !hg_resolve(session.snapshot, invocation->arguments[0], &object, error))
        return false;
    HgSnapshot *snapshot = session.snapshot;
    bool is_json = invocation->format == HG_FORMAT_JSON;
    g_autoptr(GArray) chain = hg_chain_find(snapshot, object, error);
    g_autofree char *root = chain ? dup_root(snapshot, chain, error) : NULL;
    g_autofree char *text = root ? hg_chain_dup_text(snapshot, chain, LINE_STEPS, error) : NULL;
    return text && (is_json ? write_chain : print_chain)(snapshot, chain, text, root, error);
}

const HgCommand cmd_chain = {
    .name = "chain",
    .arguments = "OBJ",
    .min_arguments = 1,
    .max_arguments = 1,
    .summary = "why an object is alive: the shortest way from a root to it",
    .details = "Weak references are not followed. An object that no root reaches is garbage: that "
               "is said,\n"
               "with exit status 1.\n"
               "\n"
               "Examples:\n"
               "  heapgraph chain Session#1\n"
               "  heapgraph chain 0x7f3a5c021d80 --format json",
    .takes = HG_TAKES_STORE | HG_TAKES_SNAPSHOT | HG_TAKES_FORMAT,
    .run = run,
};
