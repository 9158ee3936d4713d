/* llb diff: in what two definitions differ. */
#include "commands.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "input.h"
#include "progress.h"
#include "report.h"

/* As diff(1) and cmp(1) have it: 1 is an answer, so what is none is 2. */
enum { EQUAL = CMD__DONE, DIFFERENT = 1, TROUBLE = CMD__USAGE };

struct opts {
    bool json;
};

static const char *const kind_words[] = {
    [LLB_CHANGE_OP] = "op",       [LLB_CHANGE_REMOVED] = "removed",
    [LLB_CHANGE_ADDED] = "added", [LLB_CHANGE_METADATA] = "metadata",
    [LLB_CHANGE_FILE] = "file",   [LLB_CHANGE_PLACES] = "places",
};

/* Op or source file number i, as an object; null: there is none. */
static json_t *side_json(const llb_def *def, llb_change_kind kind, size_t i)
{
    if (i == LLB_DEF_NONE)
        return json_null();
    if (kind == LLB_CHANGE_FILE) {
        llb_def_info info = llb_def_info_at(def, i);
        return json_pack("{s:I,s:o}", "number", (json_int_t)i, "filename",
                         cmd__json_text(info.filename, info.filename_len));
    }
    llb_def_op op = llb_def_op_at(def, i);
    char *name = llb_def_op_name(def, i);
    json_t *o =
        name ? json_pack("{s:I,s:s,s:s,s:o}", "number", (json_int_t)i, "digest",
                         op.digest, "kind", llb_op_kind_name(op.kind), "name",
                         cmd__json_text(name, strlen(name)))
             : NULL;
    free(name);
    return o;
}

static json_t *value_json(const char *text)
{
    return json_loads(text, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
}

static json_t *change_json(const llb_def *a, const llb_def *b,
                           const llb_def_change *c)
{
    json_t *o = json_object();
    bool bad =
        json_object_set_new(o, "kind", json_string(kind_words[c->kind])) ||
        json_object_set_new(o, "a", side_json(a, c->kind, c->a)) ||
        json_object_set_new(o, "b", side_json(b, c->kind, c->b));

    if (c->field[0])
        bad |= json_object_set_new(
                   o, "field", cmd__json_text(c->field, strlen(c->field))) != 0;
    if (c->a_value)
        bad |= json_object_set_new(o, "a_value", value_json(c->a_value)) != 0;
    if (c->b_value)
        bad |= json_object_set_new(o, "b_value", value_json(c->b_value)) != 0;
    if (!bad)
        return o;
    json_decref(o);
    return NULL;
}

static char *all_json(const llb_def *a, const llb_def *b,
                      const llb_def_changes *changes)
{
    json_t *list = json_array();
    bool bad = false;

    for (size_t i = 0; i < changes->n && !bad; i++)
        bad = json_array_append_new(list,
                                    change_json(a, b, &changes->list[i])) != 0;
    json_t *o = json_pack("{s:b,s:s,s:s,s:o,s:I}", "equal", changes->n == 0,
                          "a", llb_def_digest(a), "b", llb_def_digest(b),
                          "changes", list, "more", (json_int_t)changes->n_more);
    char *text = o && !bad ? json_dumps(o, JSON_INDENT(2)) : NULL;
    json_decref(o);
    return text;
}

/* The text to print, freed with free(); NULL: no memory. */
static char *tell(const llb_def *a, const llb_def *b, bool json,
                  bool *ret_equal, llb_error *err)
{
    llb_def_changes *changes;
    char *text = NULL;

    if (!json) {
        if (llb_def_diff(a, b, &text, err) == LLB_OK)
            *ret_equal = text[0] == '\0';
        return text;
    }
    if (llb_def_changes_of(a, b, &changes, err) != LLB_OK)
        return NULL;
    *ret_equal = changes->n == 0;
    text = all_json(a, b, changes);
    llb_def_changes_free(changes);
    return text;
}

/* Equal ones are not worth a word to people. */
static int compare(const llb_def *a, const llb_def *b, bool json)
{
    llb_error err = {0};
    bool equal = false;
    char *text = tell(a, b, json, &equal, &err);

    if (!text) {
        llb__fail_nomem(&err);
        cmd__fail(&err);
        return TROUBLE;
    }
    int rc = cmd__print(text, strlen(text));
    if (rc == CMD__DONE && json)
        rc = cmd__print("\n", 1);
    free(text);
    if (rc != CMD__DONE)
        return TROUBLE;
    return equal ? EQUAL : DIFFERENT;
}

static bool read_one(const char *path, llb_def **ret_def)
{
    llb_error err = {0};
    bool usage = false;

    if (cmd__read_def(path, ret_def, &usage, &err) == LLB_OK)
        return true;
    if (usage)
        cmd__usage("diff", "%s", err.message);
    else
        cmd__fail(&err);
    return false;
}

static int run(const cmd__args *args)
{
    const struct opts *o = args->opts;
    llb_def *a = NULL, *b = NULL;
    int rc = TROUBLE;

    if (strcmp(args->operands[0], "-") == 0 &&
        strcmp(args->operands[1], "-") == 0)
        return cmd__usage("diff", "standard input can be only one of the two");
    if (read_one(args->operands[0], &a) && read_one(args->operands[1], &b))
        rc = compare(a, b, o->json);
    llb_def_free(a);
    llb_def_free(b);
    return rc;
}

static const cmd__option options[] = {
    {.name = "json",
     .kind = CMD__FLAG,
     .offset = offsetof(struct opts, json),
     .help = "write one JSON object, with whole values"},
};

const cmd__command cmd_diff = {
    .name = "diff",
    .operands = "FILE FILE",
    .min_operands = 2,
    .max_operands = 2,
    .summary = "say in what two definitions differ",
    .about =
        "Compares two definitions and names each op that differs by itself, "
        "with the field and both values; the first one named is the cause of "
        "the others. Ops that only build on a changed one are left out. Then "
        "come metadata, source files and places, which are no part of any "
        "digest. - is standard input.\n"
        "\n"
        "The exit code is 0 when they are equal, 1 when they differ, and 2 "
        "when that cannot be said: a wrong call, or a file that is no "
        "definition. The order in which ops are listed makes no difference.",
    .examples = "    llb diff before.pb after.pb\n"
                "    llb compile | llb diff last.pb -\n"
                "    llb diff --json a.pb b.pb | jq -r '.changes[0].field'\n",
    .options = options,
    .n_options = sizeof(options) / sizeof(*options),
    .opts_size = sizeof(struct opts),
    .run = run,
};
