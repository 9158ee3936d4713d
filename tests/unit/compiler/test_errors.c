/* tests/golden/errors: what is said about programs that are wrong, and about
 * those that are suspicious. */
#include "golden.h"

#include "diag_codes.h"

/* Compiles a target, for all of its platforms where cases are linted. */
static void compile(llbc_project *p, size_t i, golden_opts *o, llb_error *err)
{
    const llbc_target *t = llbc_target_at(p, i);
    size_t n = o->lint && t->n_platforms ? t->n_platforms : 1;

    for (size_t k = 0; k < n; k++) {
        llbc_result *r = NULL;
        if (n > 1)
            o->compile.platform = t->platforms[k];
        llbc_compile(p, i, &o->compile, &r, err);
        llbc_result_free(r);
    }
}

/* Everything that opening and compiling all targets says. */
static char *diagnostics(const char *name, const char *text)
{
    llbc_diags *d = llbc_diags_new();
    llbc_project *p = NULL;
    llb_error err = {0};
    llbc_open_opts open = LLBC_OPEN_OPTS_INIT;
    golden_opts o;
    char *said;

    golden_opts_read(&o, NULL, text);
    open.lint = o.lint;
    open.resolver = &o.resolver;
    llb_status st =
        llbc_open_text(name, text, strlen(text), &open, d, &p, &err);
    golden_opts_read(&o, p, text);
    assert_true(st == LLB_OK || err.message[0]);
    for (size_t i = 0; st == LLB_OK && i < llbc_n_targets(p); i++)
        compile(p, i, &o, &err);
    assert_int_equal(llbc_diags_render(d, 0, &said, NULL), LLB_OK);
    llbc_project_free(p);
    llbc_diags_free(d);
    return said;
}

static void says_what_its_file_says(void **state)
{
    const char *name = *state;
    char golden[512];
    char *text = golden_read(name);
    char *said = diagnostics(name, text);

    assert_true(said[0]);
    snprintf(golden, sizeof(golden), "%.*s.err", (int)strlen(name) - 4, name);
    golden_compare(golden, said);
    free(said);
    free(text);
}

static int is_golden(const struct dirent *d)
{
    size_t n = strlen(d->d_name);

    return n > 4 && strcmp(d->d_name + n - 4, ".err") == 0;
}

/* Codes of the text have their cases beside the parser's. */
static void every_code_has_a_case(void **state)
{
    struct dirent **cases;
    int n = scandir(".", &cases, is_golden, alphasort);
    bool found[LLBC__N_CODES] = {false};
    int missing = 0;

    (void)state;
    assert_true(n > 0);
    for (int i = 0; i < n; i++) {
        char *text = golden_read(cases[i]->d_name);
        for (int code = 0; code < LLBC__N_CODES; code++)
            found[code] =
                found[code] || strstr(text, llbc__code_text((llbc__code)code));
        free(text);
        free(cases[i]);
    }
    free(cases);
    for (int code = 0; code < LLBC__N_CODES; code++) {
        const char *text = llbc__code_text((llbc__code)code);
        if (found[code] || strncmp(text, "E01", 3) == 0 ||
            strcmp(text, "E0501") == 0 || strcmp(text, "E0502") == 0)
            continue;
        print_error("no case for %s (%s)\n", text,
                    llbc__code_title((llbc__code)code));
        missing++;
    }
    assert_int_equal(missing, 0);
}

int main(void)
{
    const struct CMUnitTest all[] = {cmocka_unit_test(every_code_has_a_case)};
    int failed = golden_run(LLB_SOURCE_DIR "/tests/golden/errors",
                            says_what_its_file_says);

    return failed + cmocka_run_group_tests(all, NULL, NULL);
}
