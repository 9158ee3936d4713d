/* Diagnostics: order, limits, places and how they are shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <jansson.h>

#include "diag_list.h"
#include "fail_alloc.h"

static llbc_diags *with_text(const char *text)
{
    llbc_diags *d = llbc_diags_new();
    uint32_t file;

    assert_non_null(d);
    assert_int_equal(llbc_diags_add_file(d, "t.llb", text, strlen(text), &file),
                     LLB_OK);
    assert_int_equal(file, 1);
    return d;
}

static llb_span at(uint32_t start, uint32_t end)
{
    return (llb_span){1, start, end};
}

static void expect_render(llbc_diags *d, const char *want)
{
    char *text;
    size_t len;

    assert_int_equal(llbc_diags_render(d, 0, &text, &len), LLB_OK);
    assert_int_equal(len, strlen(text));
    assert_string_equal(text, want);
    free(text);
    llbc_diags_free(d);
}

/* --- the collection ---------------------------------------------------- */

static void they_come_by_place(void **state)
{
    llbc_diags *d = with_text("abc\ndef\n");
    uint32_t second;

    (void)state;
    assert_int_equal(llbc_diags_add_file(d, "u.llb", "x", 1, &second), LLB_OK);
    assert_int_equal(second, 2);
    llbc__report(d, LLBC__E_SYNTAX, (llb_span){2, 0, 1}, "four");
    llbc__report(d, LLBC__E_SYNTAX, at(4, 5), "two");
    llbc__report(d, LLBC__E_NUMBER, at(4, 5), "three");
    llbc__report(d, LLBC__E_SYNTAX, (llb_span){0, 0, 0}, "nowhere");
    llbc__report(d, LLBC__E_SYNTAX, at(0, 1), "one");
    static const char *const want[] = {"nowhere", "one", "two", "three",
                                       "four"};
    assert_int_equal(llbc_diags_count(d), 5);
    for (size_t i = 0; i < 5; i++)
        assert_string_equal(llbc_diags_get(d, i)->message, want[i]);
    assert_null(llbc_diags_get(d, 5));
    llbc_diags_free(d);
}

static void the_same_is_said_once(void **state)
{
    llbc_diags *d = with_text("abc");

    (void)state;
    assert_non_null(llbc__report(d, LLBC__E_SYNTAX, at(0, 1), "a"));
    assert_null(llbc__report(d, LLBC__E_SYNTAX, at(0, 1), "b"));
    assert_non_null(llbc__report(d, LLBC__E_SYNTAX, at(0, 2), "c"));
    assert_int_equal(llbc_diags_n_errors(d), 2);
    llbc_diags_free(d);
}

static void errors_beyond_twenty_are_counted(void **state)
{
    llbc_diags *d = with_text("0123456789012345678901234567890");
    char *text;

    (void)state;
    for (uint32_t i = 0; i < 25; i++)
        llbc__report(d, LLBC__E_SYNTAX, at(i, i + 1), "no %u", i);
    assert_int_equal(llbc_diags_count(d), 20);
    assert_int_equal(llbc_diags_n_errors(d), 25);
    assert_true(llbc__diags_full(d));
    assert_int_equal(llbc_diags_render(d, 0, &text, NULL), LLB_OK);
    assert_non_null(strstr(text, "\nand 5 more\n"));
    free(text);
    llbc_diags_free(d);
}

static void status_tells_the_worst(void **state)
{
    llbc_diags *d = with_text("a");

    (void)state;
    assert_int_equal(llbc_diags_status(d), LLB_OK);
    llbc__report(d, LLBC__E_SYNTAX, at(0, 1), "a");
    assert_int_equal(llbc_diags_status(d), LLB_EINVAL);
    llbc__diags_nomem(d);
    assert_int_equal(llbc_diags_status(d), LLB_ENOMEM);
    llbc_diags_free(d);
}

static void files_too_large_are_refused(void **state)
{
    size_t len = ((size_t)16 << 20) + 1;
    char *text = calloc(1, len);
    llbc_diags *d = llbc_diags_new();
    uint32_t file = 7;

    (void)state;
    assert_int_equal(llbc_diags_add_file(d, "t", text, len, &file), LLB_ELIMIT);
    assert_int_equal(file, 7);
    assert_int_equal(llbc_diags_add_file(d, "t", text, len - 1, &file), LLB_OK);
    assert_int_equal(file, 1);
    llbc_diags_free(d);
    free(text);
}

static void places_count_characters(void **state)
{
    llbc_diags *d = with_text("a\n\xc3\xa9\xc3\xa9x\ty\r\n\xff\xffz");
    static const struct {
        uint32_t offset, line, column;
    } cases[] = {{0, 1, 1}, {1, 1, 2}, {2, 2, 1},  {4, 2, 2},  {6, 2, 3},
                 {7, 2, 4}, {8, 2, 5}, {11, 3, 1}, {13, 3, 3}, {99, 3, 4}};
    uint32_t line, column;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_true(llbc_diags_place(d, 1, cases[i].offset, &line, &column));
        assert_int_equal(line, cases[i].line);
        assert_int_equal(column, cases[i].column);
    }
    assert_false(llbc_diags_place(d, 2, 0, &line, &column));
    assert_false(llbc_diags_place(d, 0, 0, &line, &column));
    assert_null(llbc_diags_file_name(d, 0));
    assert_string_equal(llbc_diags_file_name(d, 1), "t.llb");
    llbc_diags_free(d);
}

/* --- shown ------------------------------------------------------------- */

static void an_error_shows_its_line(void **state)
{
    llbc_diags *d = with_text("one\n  run \"make\" netwrok=host\n");
    llbc__note *n = llbc__report(d, LLBC__E_SYNTAX, at(17, 24),
                                 "unknown option \"%s\"", "netwrok");

    (void)state;
    llbc__help(n, "did you mean \"network\"?");
    llbc__related(n, at(0, 3), "seen here");
    expect_render(d, "t.llb:2:14: error[E0101]: unknown option \"netwrok\"\n"
                     "    2 |   run \"make\" netwrok=host\n"
                     "      |              ^~~~~~~\n"
                     "      = help: did you mean \"network\"?\n"
                     "t.llb:1:1: note: seen here\n"
                     "    1 | one\n"
                     "      | ^~~\n");
}

static void a_place_at_the_end_has_a_caret(void **state)
{
    llbc_diags *d = with_text("ab\n");

    (void)state;
    llbc__report(d, LLBC__E_SYNTAX, at(2, 2), "more");
    llbc__report(d, LLBC__E_SYNTAX, at(3, 3), "end");
    expect_render(d, "t.llb:1:3: error[E0101]: more\n"
                     "    1 | ab\n"
                     "      |   ^\n"
                     "t.llb:2:1: error[E0101]: end\n"
                     "    2 |\n"
                     "      | ^\n");
}

static void no_place_shows_no_line(void **state)
{
    llbc_diags *d = llbc_diags_new();

    (void)state;
    llbc__report(d, LLBC__E_SYNTAX, (llb_span){0, 0, 0}, "so it is");
    expect_render(d, "error[E0101]: so it is\n");
}

static void odd_characters_are_escaped_and_aligned(void **state)
{
    llbc_diags *d = with_text("\t\x1b[31m\xff\xe4\xb8\xad\xe2\x80\xae! x");
    const char *bad = "a\nb\x1b[0m\xfe";

    (void)state;
    llbc__report(d, LLBC__E_SYNTAX, at(1, 2), "raw: %s", bad);
    llbc__report(d, LLBC__E_SYNTAX, at(15, 16), "x");
    expect_render(d, "t.llb:1:2: error[E0101]: raw: a\\x0ab\\x1b[0m\\xfe\n"
                     "    1 |     \\x1b[31m\\xff\xe4\xb8\xad\\u{202e}! x\n"
                     "      |     ^~~~\n"
                     "t.llb:1:12: error[E0101]: x\n"
                     "    1 |     \\x1b[31m\\xff\xe4\xb8\xad\\u{202e}! x\n"
                     "      |                             ^\n");
}

static void a_megabyte_of_line_is_clipped(void **state)
{
    size_t len = 1 << 20;
    char *text = malloc(len), *shown;
    llbc_diags *d = llbc_diags_new();
    uint32_t file;

    (void)state;
    memset(text, 'a', len);
    assert_int_equal(llbc_diags_add_file(d, "t.llb", text, len, &file), LLB_OK);
    llbc__report(d, LLBC__E_SYNTAX, at(500000, 1000000), "%.700s", text);
    assert_int_equal(llbc_diags_render(d, 0, &shown, &len), LLB_OK);
    assert_true(len < 1000);
    assert_non_null(strstr(shown, "...aaaa"));
    assert_non_null(strstr(shown, "   ^~~~"));
    free(shown);
    llbc_diags_free(d);
    free(text);
}

static void colours_come_when_asked_for(void **state)
{
    llbc_diags *d = with_text("ab");
    char *text;

    (void)state;
    llbc__report(d, LLBC__E_SYNTAX, at(0, 1), "x");
    assert_int_equal(llbc_diags_render(d, LLBC_RENDER_COLOR, &text, NULL),
                     LLB_OK);
    assert_non_null(strstr(text, "\33[1;31merror[E0101]\33[0m"));
    free(text);
    llbc_diags_free(d);
}

static void json_has_all_of_it(void **state)
{
    llbc_diags *d = llbc_diags_new();
    uint32_t file;
    char *text;
    size_t len;
    const char *message, *help, *name, *note;
    int line, column, end_column, start;

    (void)state;
    assert_int_equal(
        llbc_diags_add_file(d, "\xff.llb", "a\n\xc3\xa9 x", 6, &file), LLB_OK);
    llbc__note *n = llbc__report(d, LLBC__E_SYNTAX, at(5, 6), "\"m\"");
    llbc__help(n, "h");
    llbc__related(n, at(0, 1), "r");
    llbc__report(d, LLBC__E_SYNTAX, (llb_span){0, 0, 0}, "nowhere");
    assert_int_equal(llbc_diags_json(d, &text, &len), LLB_OK);
    json_t *list = json_loadb(text, len, 0, NULL);
    assert_int_equal(json_array_size(list), 2);
    assert_null(json_object_get(json_array_get(list, 0), "place"));
    assert_int_equal(
        json_unpack(json_array_get(list, 1),
                    "{s:s, s:s, s:{s:s, s:i, s:i, s:i, s:i}, s:[{s:s}]}",
                    "message", &message, "help", &help, "place", "file", &name,
                    "line", &line, "column", &column, "end_column", &end_column,
                    "start", &start, "related", "message", &note),
        0);
    assert_string_equal(message, "\"m\"");
    assert_string_equal(help, "h");
    assert_string_equal(name, "\xef\xbf\xbd.llb");
    assert_string_equal(note, "r");
    assert_int_equal(line, 2);
    assert_int_equal(column, 3);
    assert_int_equal(end_column, 4);
    assert_int_equal(start, 5);
    json_decref(list);
    free(text);
    llbc_diags_free(d);
}

/* --- nearest words ----------------------------------------------------- */

static void mistyped_words_find_the_meant_one(void **state)
{
    static const char *const words[] = {"network",  "name", "no_cache",
                                        "security", "env",  "to"};
    static const struct {
        const char *word, *nearest;
    } cases[] = {
        {"netwrok", "network"},
        {"nmae", "name"},
        {"nocache", "no_cache"},
        {"securty", "security"},
        {"evn", "env"},
        {"xyz", NULL},
        {"", NULL},
        {"q", NULL},
        {"mode", NULL},
        {"ot", "to"},
        {"network", "network"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *found = llbc__nearest(cases[i].word, words, 6);

        if (cases[i].nearest)
            assert_string_equal(found ? found : "(none)", cases[i].nearest);
        else
            assert_null(found);
    }
    assert_null(llbc__nearest(
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", words, 6));
}

static void every_code_is_there_once(void **state)
{
    (void)state;
    for (int i = 0; i < LLBC__N_CODES; i++) {
        const char *code = llbc__code_text((llbc__code)i);

        assert_int_equal(strlen(code), 5);
        assert_true(code[0] == 'E' || code[0] == 'W');
        assert_true(llbc__code_title((llbc__code)i)[0] != '\0');
        for (int k = 0; k < i; k++)
            assert_string_not_equal(code, llbc__code_text((llbc__code)k));
    }
}

/* Everything a run does with diagnostics; LLB_OK if all of it worked. */
static llb_status all_of_it(void)
{
    llbc_diags *d = llbc_diags_new();
    char *text = NULL;
    uint32_t file;

    if (!d)
        return LLB_ENOMEM;
    llb_status st = llbc_diags_add_file(d, "t", "abc\n", 4, &file);
    if (st == LLB_OK) {
        llbc__note *n = llbc__report(d, LLBC__E_SYNTAX, at(0, 1), "a");
        llbc__help(n, "b");
        llbc__related(n, at(1, 2), "c");
        st = llbc_diags_render(d, 0, &text, NULL);
        free(text);
    }
    if (st == LLB_OK && llbc_diags_status(d) == LLB_ENOMEM)
        st = LLB_ENOMEM;
    llbc_diags_free(d);
    return st;
}

static void lack_of_memory_is_told(void **state)
{
    bool failed = true;

    (void)state;
    for (long n = 0; failed; n++) {
        fail_alloc_at(n);
        llb_status st = all_of_it();
        failed = fail_alloc_done();
        assert_int_equal(st, failed ? LLB_ENOMEM : LLB_OK);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_come_by_place),
        cmocka_unit_test(the_same_is_said_once),
        cmocka_unit_test(errors_beyond_twenty_are_counted),
        cmocka_unit_test(status_tells_the_worst),
        cmocka_unit_test(files_too_large_are_refused),
        cmocka_unit_test(places_count_characters),
        cmocka_unit_test(an_error_shows_its_line),
        cmocka_unit_test(a_place_at_the_end_has_a_caret),
        cmocka_unit_test(no_place_shows_no_line),
        cmocka_unit_test(odd_characters_are_escaped_and_aligned),
        cmocka_unit_test(a_megabyte_of_line_is_clipped),
        cmocka_unit_test(colours_come_when_asked_for),
        cmocka_unit_test(json_has_all_of_it),
        cmocka_unit_test(mistyped_words_find_the_meant_one),
        cmocka_unit_test(every_code_is_there_once),
        cmocka_unit_test(lack_of_memory_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
