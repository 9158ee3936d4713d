/* conformance [--expected FILE | --bytes] GOLDEN.jsonl...
 *
 * Plays each scenario and prints those that fail, with the first difference;
 * with --bytes no more than the definition is compared while it is equal.
 * Exit 0: all passed; with --expected, exactly the cases named in FILE failed.
 * Exit 1: otherwise. Exit 2: wrong usage, or a file that cannot be read. */
#include "driver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct value *value_of(struct play *p, const char *id)
{
    for (size_t i = 0; i < p->n_values; i++)
        if (strcmp(p->values[i].id, id) == 0)
            return &p->values[i];
    play_fail(p, "no statement before this one has the id \"%s\"", id);
}

const llb_state *state_of(struct play *p, const char *id)
{
    const struct value *v = value_of(p, id);

    if (!v->state)
        play_fail(p, "%s is no state", id);
    return v->state;
}

const llb_state *take_state(struct play *p, json_t *object, const char *name)
{
    json_t *v = take(p, object, name);

    if (!v)
        play_fail(p, "%s: the id of a state expected", name);
    return json_is_null(v) ? NULL : state_of(p, text_of(p, v));
}

static void play_statement(struct play *p, json_t *st)
{
    struct value v = {.id = need_text(p, st, "id")};
    const char *op = need_text(p, st, "op");

    if (!play_source(p, op, st, &v) && !play_exec(p, op, st, &v) &&
        !play_file(p, op, st, &v) && !play_graph(p, op, st, &v))
        play_fail(p, "unknown op \"%s\"", op);
    done(p, st, op);
    p->values[p->n_values++] = v;
}

static void check_members(struct play *p)
{
    static const char *const known[] = {
        "name",     "doc", "graph",  "result",     "marshal",
        "error",    "ops", "source", "definition", "definition_sha256",
        "metadata",
    };
    const char *key;
    json_t *v;

    json_object_foreach(p->scenario, key, v)
    {
        size_t i = 0, n = sizeof known / sizeof *known;
        while (i < n && strcmp(key, known[i]) != 0)
            i++;
        if (i == n)
            play_fail(p, "unknown member \"%s\" of the scenario", key);
    }
}

/* Builds and marshals; what went wrong on the way is an llb_error. */
static llb_status build(struct play *p, llb_def **ret_def, llb_error *err)
{
    json_t *graph = json_object_get(p->scenario, "graph");
    llb_marshal_opts opts;

    for (size_t i = 0; i < json_array_size(graph); i++)
        play_statement(p, json_array_get(graph, i));
    marshal_opts(p, json_object_get(p->scenario, "marshal"), &opts);
    const char *result = text_of(p, json_object_get(p->scenario, "result"));
    return llb_marshal(state_of(p, result), &opts, ret_def, err);
}

static void play_scenario(struct play *p)
{
    llb_error err = {0};
    json_t *expected = json_object_get(p->scenario, "error");

    check_members(p);
    llb_status st = build(p, &p->def, &err);
    if (st == LLB_OK && expected)
        play_fail(p, "no error, but Go says: %s", json_string_value(expected));
    if (st != LLB_OK && p->def)
        play_fail(p, "an error and a definition");
    if (st != LLB_OK && !*err.message)
        play_fail(p, "%s without a message", llb_status_name(st));
    if (st != LLB_OK && !expected)
        play_fail(p, "%s: %s", llb_status_name(st), err.message);
    if (st == LLB_OK)
        compare(p, p->def, p->bytes_do);
}

static void play_free(struct play *p)
{
    llb_def_free(p->def);
    llb_graph_free(p->graph);
    json_decref(p->kept);
    free(p->values);
    play_free_all(p);
    free(p);
}

/* Plays one scenario; false, and why in why, if it fails. */
static bool passes(json_t *scenario, bool bytes_do, char *why, size_t size)
{
    size_t n = json_array_size(json_object_get(scenario, "graph"));
    struct play *p = calloc(1, sizeof *p); /* survives longjmp as it is */
    bool good;

    if (!p)
        return false;
    p->scenario = scenario;
    p->bytes_do = bytes_do;
    p->graph = llb_graph_new(NULL);
    p->kept = json_array();
    p->values = calloc(n + 1, sizeof *p->values);
    if (setjmp(p->stop) == 0) {
        if (!p->graph || !p->kept || !p->values)
            play_fail(p, "out of memory");
        play_scenario(p);
    }
    good = !*p->why;
    snprintf(why, size, "%s", p->why);
    play_free(p);
    return good;
}

/* The names in the file of expected failures, one a line; # starts a comment.
 * Freed with json_decref. */
static json_t *read_expected(const char *path)
{
    FILE *f = fopen(path, "r");
    json_t *names = json_object();
    char *line = NULL;
    size_t cap = 0;

    if (!f) {
        perror(path);
        exit(2);
    }
    while (getline(&line, &cap, f) >= 0) {
        line[strcspn(line, "#\n")] = '\0';
        line[strcspn(line, " \t")] = '\0';
        if (*line)
            json_object_set_new(names, line, json_false());
    }
    free(line);
    fclose(f);
    return names;
}

struct totals {
    size_t passed, failed;
    json_t *expected; /* NULL, or names of cases; true: it failed */
    bool surprise, bytes_do;
};

static void play_line(const char *line, struct totals *t)
{
    json_t *s = json_loads(line, JSON_ALLOW_NUL, NULL);
    const char *name = json_string_value(json_object_get(s, "name"));
    char why[2048] = "the line is no scenario";
    bool good = name && passes(s, t->bytes_do, why, sizeof why);
    bool listed = name && json_object_get(t->expected, name);

    if (!name)
        name = "(no name)";
    if (good)
        t->passed++;
    else
        t->failed++;
    if (!good)
        printf("FAIL%s %s: %s\n", listed ? " (expected)" : "", name, why);
    if (good && listed)
        printf("PASS %s, which is listed as failing\n", name);
    t->surprise |= good == listed;
    json_object_del(t->expected, name); /* what is left was never played */
    json_decref(s);
}

static void play_file_of(const char *path, struct totals *t)
{
    FILE *f = fopen(path, "r");
    char *line = NULL;
    size_t cap = 0;

    if (!f) {
        perror(path);
        exit(2);
    }
    while (getline(&line, &cap, f) >= 0)
        play_line(line, t);
    free(line);
    fclose(f);
}

int main(int argc, char **argv)
{
    struct totals t = {0};
    const char *key;
    json_t *v;
    int i = 1;

    if (argc > 2 && strcmp(argv[1], "--expected") == 0) {
        t.expected = read_expected(argv[2]);
        i = 3;
    } else if (argc > 1 && strcmp(argv[1], "--bytes") == 0) {
        t.bytes_do = true;
        i = 2;
    }
    if (i >= argc || argv[i][0] == '-') {
        fprintf(stderr, "usage: conformance [--expected FILE | --bytes] "
                        "GOLDEN.jsonl...\n");
        return 2;
    }
    for (; i < argc; i++)
        play_file_of(argv[i], &t);
    json_object_foreach(t.expected, key, v)
    {
        printf("%s is listed as failing, and there is no such case\n", key);
        t.surprise = true;
    }
    json_decref(t.expected);
    printf("%zu passed, %zu failed\n", t.passed, t.failed);
    return t.surprise;
}
