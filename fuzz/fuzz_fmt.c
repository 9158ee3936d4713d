/* Any bytes as a project file that is formatted: what compiles must compile to
 * the same definitions and image configs afterwards, and what is wrong must be
 * left alone. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <llb/compiler.h>
#include <llb/format.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { MAX_TARGETS = 5 };

static void check(int good)
{
    if (!good)
        abort();
}

/* An open text with what it says. */
typedef struct opened {
    llbc_diags *diags;
    llbc_project *project; /* NULL: it has errors */
} opened;

static opened open_text(const char *text, size_t len)
{
    opened o = {llbc_diags_new(), NULL};

    check(o.diags != NULL);
    llb_status st =
        llbc_open_text("x.llb", text, len, NULL, o.diags, &o.project, NULL);
    check((st == LLB_OK) == (o.project != NULL));
    return o;
}

static void close_text(opened *o)
{
    llbc_project_free(o->project);
    llbc_diags_free(o->diags);
}

/* Without source places, which are what formatting changes. */
static llbc_result *compile(const opened *o, size_t target)
{
    llbc_compile_opts opts = LLBC_COMPILE_OPTS_INIT;
    llbc_result *r = NULL;

    opts.build_platform = "linux/amd64";
    opts.no_env = 1;
    opts.no_source = 1;
    llb_status st = llbc_compile(o->project, target, &opts, &r, NULL);
    check((st == LLB_OK) == (r != NULL));
    return r;
}

static void check_equal(const llbc_result *a, const llbc_result *b)
{
    size_t a_len, b_len;
    const uint8_t *x = llb_def_bytes(llbc_result_def(a), &a_len);
    const uint8_t *y = llb_def_bytes(llbc_result_def(b), &b_len);

    check(a_len == b_len && (!a_len || memcmp(x, y, a_len) == 0));
    check(strcmp(llbc_result_config(a, NULL), llbc_result_config(b, NULL)) ==
          0);
}

static void check_meaning(const opened *a, const opened *b)
{
    size_t n = llbc_n_targets(a->project);

    check(n == llbc_n_targets(b->project));
    for (size_t i = 0; i < n && i < MAX_TARGETS; i++) {
        llbc_result *x = compile(a, i), *y = compile(b, i);
        check((x == NULL) == (y == NULL));
        if (x)
            check_equal(x, y);
        llbc_result_free(y);
        llbc_result_free(x);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    llbc_diags *d = llbc_diags_new();
    opened before = open_text((const char *)data, len);
    char *text = NULL;
    size_t text_len = 0;

    check(d != NULL);
    llb_status st =
        llbc_format("x.llb", (const char *)data, len, &text, &text_len, d);
    check((st == LLB_OK) == (text != NULL));
    check(st == LLB_OK || !before.project);
    if (text) {
        opened after = open_text(text, text_len);
        check((before.project == NULL) == (after.project == NULL));
        if (after.project)
            check_meaning(&before, &after);
        close_text(&after);
    }
    free(text);
    close_text(&before);
    llbc_diags_free(d);
    return 0;
}
