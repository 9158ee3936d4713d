/* llb inspect: a look into a definition. */
#include "commands.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "input.h"
#include "report.h"

enum { AUTO, TREE, JSON, DOT };
static const char *const formats[] = {"auto", "tree", "json", "dot", NULL};

struct opts {
    int format;
    const char *op;
};

/* Finds the op that text means: its number, its digest, or the start of that.
 * LLB_ENOENT or LLB_EINVAL say what is wrong. */
static llb_status find_op(const llb_def *def, const char *text, size_t *ret_i,
                          llb_error *err)
{
    size_t n = llb_def_n_ops(def), found = n, len;
    char *end;
    unsigned long number = strtoul(text, &end, 10);

    if (*text >= '0' && *text <= '9' && !*end) {
        if (number >= n)
            return llb__fail(err, LLB_ENOENT, LLB__NOWHERE,
                             "--op %s: there are %zu ops, from 0", text, n);
        *ret_i = number;
        return LLB_OK;
    }
    const char *hex = strncmp(text, "sha256:", 7) == 0 ? text + 7 : text;
    len = strlen(hex);
    for (size_t i = 0; i < n; i++) {
        if (strncmp(llb_def_op_at(def, i).digest + 7, hex, len) != 0)
            continue;
        if (found < n && strcmp(llb_def_op_at(def, found).digest,
                                llb_def_op_at(def, i).digest) == 0)
            continue; /* listed twice */
        if (found < n)
            return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                             "--op %s: several digests begin so", text);
        found = i;
    }
    if (found == n || len == 0)
        return llb__fail(err, LLB_ENOENT, LLB__NOWHERE,
                         "--op %s: no op has that digest", text);
    *ret_i = found;
    return LLB_OK;
}

static int print_op(const llb_def *def, const char *which, llb_error *err)
{
    size_t i = 0, len;
    char *text;
    llb_status st = find_op(def, which, &i, err);

    if (st != LLB_OK)
        return cmd__usage("inspect", "%s", err->message);
    if (llb_def_print_op(def, i, &text, &len, err) != LLB_OK)
        return cmd__fail(err);
    int rc = cmd__print(text, len);
    free(text);
    return rc;
}

static bool write_out(void *ctx, const char *text, size_t len)
{
    int *rc = ctx;

    *rc = cmd__print(text, len);
    return *rc == CMD__DONE;
}

static int print_all(const llb_def *def, int format, llb_error *err)
{
    static const llb_def_format by_word[] = {
        [AUTO] = LLB_DEF_TREE,
        [TREE] = LLB_DEF_TREE,
        [JSON] = LLB_DEF_JSON,
        [DOT] = LLB_DEF_DOT,
    };
    int rc = CMD__DONE;
    llb_status st = llb_def_print_to(def, by_word[format], write_out, &rc, err);

    /* A writer that failed has said why. */
    return st == LLB_OK || st == LLB_ECANCELED ? rc : cmd__fail(err);
}

static int run(const cmd__args *args)
{
    const struct opts *o = args->opts;
    llb_def *def;
    llb_error err = {0};
    bool usage = false;

    if (o->op && (o->format == TREE || o->format == DOT))
        return cmd__usage("inspect",
                          "--op shows one op as JSON: leave out "
                          "--format %s",
                          formats[o->format]);
    if (cmd__read_def(args->n_operands ? args->operands[0] : NULL, &def, &usage,
                      &err) != LLB_OK)
        return usage ? cmd__usage("inspect", "%s", err.message)
                     : cmd__fail(&err);
    int rc =
        o->op ? print_op(def, o->op, &err) : print_all(def, o->format, &err);
    llb_def_free(def);
    return rc;
}

static const cmd__option options[] = {
    {.name = "format",
     .kind = CMD__CHOICE,
     .offset = offsetof(struct opts, format),
     .value = "WORD",
     .choices = formats,
     .help = "tree for people, json for programs, dot for Graphviz (json with "
             "--op, tree without)"},
    {.name = "op",
     .kind = CMD__TEXT,
     .offset = offsetof(struct opts, op),
     .value = "OP",
     .help = "show one op, by its number or the start of its digest, as JSON"},
};

const cmd__command cmd_inspect = {
    .name = "inspect",
    .operands = "[FILE]",
    .max_operands = 1,
    .summary = "look into a definition",
    .about = "Reads a definition from a file or standard input, checks it "
             "with the rules by which a daemon would, and shows what is in "
             "it. No daemon is asked.",
    .examples = "    llb inspect app.pb\n"
                "    llb compile app | llb inspect --format json | jq .ops\n"
                "    llb inspect app.pb --op sha256:3fa1\n",
    .options = options,
    .n_options = sizeof(options) / sizeof(*options),
    .opts_size = sizeof(struct opts),
    .run = run,
};
