/* The pages about the language know every code and every built-in, and their
 * examples say what they mean. */
#include "golden.h"

#include <llb/reference.h>

#include "builtins.h"
#include "diag_codes.h"

static void every_code_is_explained(void **state)
{
    char *page = golden_read(LLB_SOURCE_DIR "/docs/diagnostics.md");
    char entry[64];

    (void)state;
    for (int i = 0; i < LLBC__N_CODES; i++) {
        snprintf(entry, sizeof(entry), "\n**%s** ",
                 llbc__code_text((llbc__code)i));
        if (!strstr(page, entry))
            fail_msg("docs/diagnostics.md has no paragraph for %s", entry);
    }
    free(page);
}

static void every_built_in_is_described(void **state)
{
    char *page = golden_read(LLB_SOURCE_DIR "/docs/language.md");
    char word[64];

    (void)state;
    for (size_t i = 0; i < llbc__n_builtins; i++) {
        const char *ends[] = {" ", "(", "`"};
        bool found = false;
        for (size_t k = 0; k < 3 && !found; k++) {
            snprintf(word, sizeof(word), "`%s%s", llbc__builtins[i].name,
                     ends[k]);
            found = strstr(page, word) != NULL;
        }
        if (!found)
            fail_msg("docs/language.md does not know \"%s\"",
                     llbc__builtins[i].name);
        assert_true(llbc__builtins[i].doc[0]);
        assert_true(llbc__builtins[i].example[0]);
    }
    free(page);
}

/* Names that examples take for granted. */
static const char surroundings[] =
    "let src = local(\".\")\nlet packages = [\"a\"]\nlet version = \"1\"\n"
    "let name = \"n\"\nlet text = \"t\"\nlet base = scratch()\n"
    "let tools = scratch()\nlet versions = {node: \"20\"}\n"
    "def tests() { }\n";

static void check_example(const llbc__builtin *b)
{
    llbc_diags *d = llbc_diags_new();
    llbc_project *p = NULL;
    llb_error err = {0};
    char text[2048];

    /* An expression, or the statement in which one makes sense. */
    size_t word = strcspn(b->example, " (");
    const char *shape = b->role == LLBC__IN_RUN   ? "run \"x\" { %s }"
                        : b->example[word] == '(' ? "let x = %s"
                                                  : "%s";
    int n =
        snprintf(text, sizeof(text), "%starget t {\nfrom src\n", surroundings);
    n += snprintf(text + n, sizeof(text) - (size_t)n, shape, b->example);
    snprintf(text + n, sizeof(text) - (size_t)n, "\n}\n");
    llb_status st =
        llbc_open_text("x.llb", text, strlen(text), NULL, d, &p, &err);
    if (st != LLB_OK) {
        const llbc_diag *first = llbc_diags_get(d, 0);
        fail_msg("%s: %s", b->example, first ? first->message : err.message);
    }
    llbc_project_free(p);
    llbc_diags_free(d);
}

static void every_example_is_a_program(void **state)
{
    (void)state;
    for (size_t i = 0; i < llbc__n_builtins; i++)
        check_example(&llbc__builtins[i]);
}

/* LLB_UPDATE_GOLDEN=1 rewrites the reference, which is all from its first
 * section on. */
static void the_reference_is_that_of_the_table(void **state)
{
    static const char path[] = LLB_SOURCE_DIR "/docs/reference.md";
    char *page = golden_read(path), *text, *json;
    char *start = strstr(page, "\n## Steps\n");

    (void)state;
    assert_non_null(start);
    assert_int_equal(llbc_reference(&text, NULL, NULL), LLB_OK);
    if (getenv("LLB_UPDATE_GOLDEN")) {
        *start = '\0';
        FILE *f = fopen(path, "wb");
        assert_non_null(f);
        fprintf(f, "%s%s", page, text);
        assert_int_equal(fclose(f), 0);
    } else {
        assert_string_equal(start, text);
    }
    assert_int_equal(llbc_reference_json(&json, NULL, NULL), LLB_OK);
    free(json);
    free(text);
    free(page);
}

static void each_built_in_explains_itself(void **state)
{
    llb_error err = {0};
    char *text;

    (void)state;
    for (size_t i = 0; i < llbc__n_builtins; i++) {
        const llbc__builtin *b = &llbc__builtins[i];
        assert_int_equal(llbc_explain(b->name, &text, NULL, NULL), LLB_OK);
        assert_non_null(strstr(text, b->example));
        free(text);
    }
    assert_int_equal(llbc_explain("cpy", &text, NULL, &err), LLB_ENOENT);
    assert_non_null(strstr(err.message, "\"copy\""));
}

static void the_first_look_compiles(void **state)
{
    char *page = golden_read(LLB_SOURCE_DIR "/docs/language.md");
    char *start = strstr(page, "```\n"), *end;
    llbc_diags *d = llbc_diags_new();
    llbc_project *p = NULL;
    llbc_result *r = NULL;
    golden_opts o;

    (void)state;
    assert_non_null(start);
    start += 4;
    end = strstr(start, "```");
    assert_non_null(end);
    assert_int_equal(llbc_open_text("x.llb", start, (size_t)(end - start), NULL,
                                    d, &p, NULL),
                     LLB_OK);
    golden_opts_read(&o, p, "");
    assert_int_equal(llbc_compile(p, 0, &o.compile, &r, NULL), LLB_OK);
    assert_int_equal(llbc_diags_count(d), 0);
    llbc_result_free(r);
    llbc_project_free(p);
    llbc_diags_free(d);
    free(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_is_explained),
        cmocka_unit_test(every_built_in_is_described),
        cmocka_unit_test(every_example_is_a_program),
        cmocka_unit_test(the_reference_is_that_of_the_table),
        cmocka_unit_test(each_built_in_explains_itself),
        cmocka_unit_test(the_first_look_compiles),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
