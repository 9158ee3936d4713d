/* Tests of the option table: what is parsed, and what each wrong call says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "capture.h"
#include "commands.h"
#include "help.h"
#include "options.h"
#include "report.h"

struct opts {
    bool flag;
    const char *text;
    int choice;
    long number;
    cmd__list list, pairs;
};

static const char *const words[] = {"auto", "plain", "json", NULL};

static const cmd__option table[] = {
    {"flag", 'q', CMD__FLAG, offsetof(struct opts, flag), NULL, "a flag", NULL},
    {"file", 'f', CMD__TEXT, offsetof(struct opts, text), "FILE", "a file",
     NULL},
    {"progress", 0, CMD__CHOICE, offsetof(struct opts, choice), "WORD",
     "a word", words},
    {"jobs", 'j', CMD__NUMBER, offsetof(struct opts, number), "N", "a number",
     NULL},
    {"output", 'o', CMD__LIST, offsetof(struct opts, list), "OUT", "outputs",
     NULL},
    {"arg", 0, CMD__PAIRS, offsetof(struct opts, pairs), "NAME=VALUE", "args",
     NULL},
};

static const cmd__command command = {
    .name = "try",
    .operands = "FILE [FILE]",
    .min_operands = 1,
    .max_operands = 2,
    .summary = "try options",
    .about = "A command of the tests.",
    .options = table,
    .n_options = sizeof(table) / sizeof(*table),
    .opts_size = sizeof(struct opts),
};

enum { MAX_WORDS = 32 };

/* Splits line at blanks and parses it; what was said goes into said. */
static int parse(const char *line, cmd__args *args, char *said, size_t size)
{
    static char copy[512];
    static char *argv[MAX_WORDS + 1];
    int argc = 0;

    snprintf(copy, sizeof(copy), "llb try %s", line);
    for (char *w = strtok(copy, " "); w && argc < MAX_WORDS;
         w = strtok(NULL, " "))
        argv[argc++] = w;
    argv[argc] = NULL;
    struct capture c = capture_begin(STDERR_FILENO);
    int rc = cmd__parse(args, argc, argv, 2);
    capture_end(&c, said, size);
    return rc;
}

static void each_kind_of_option_is_parsed(void **state)
{
    cmd__args args = {.command = &command, .arena = llb__arena_new(1 << 20)};
    const struct opts *o;
    char said[1024];
    (void)state;

    assert_int_equal(parse("in -q --file=a -f b --progress json -j7 -o x "
                           "--output y -oz --arg a=b --arg c= second",
                           &args, said, sizeof(said)),
                     CMD__DONE);
    assert_string_equal(said, "");
    o = args.opts;
    assert_true(o->flag);
    assert_string_equal(o->text, "b");
    assert_int_equal(o->choice, 2);
    assert_int_equal(o->number, 7);
    assert_int_equal(o->list.n, 3);
    assert_string_equal(o->list.items[0], "x");
    assert_string_equal(o->list.items[1], "y");
    assert_string_equal(o->list.items[2], "z");
    assert_int_equal(o->pairs.n, 2);
    assert_string_equal(o->pairs.items[1], "c=");
    assert_int_equal(args.n_operands, 2);
    assert_string_equal(args.operands[0], "in");
    assert_string_equal(args.operands[1], "second");
    llb__arena_free(args.arena);
}

static void options_end_at_two_dashes(void **state)
{
    cmd__args args = {.command = &command, .arena = llb__arena_new(1 << 20)};
    char said[1024];
    (void)state;

    assert_int_equal(parse("-- -q --file", &args, said, sizeof(said)),
                     CMD__DONE);
    assert_false(((struct opts *)args.opts)->flag);
    assert_int_equal(args.n_operands, 2);
    assert_string_equal(args.operands[1], "--file");
    llb__arena_free(args.arena);
}

static void help_needs_no_operands(void **state)
{
    cmd__args args = {.command = &command, .arena = llb__arena_new(1 << 20)};
    char said[1024];
    (void)state;

    assert_int_equal(parse("--help", &args, said, sizeof(said)), CMD__DONE);
    assert_true(args.help);
    llb__arena_free(args.arena);
}

static const struct wrong {
    const char *line, *said;
} wrong_calls[] = {
    {"in --fil x", "unknown option \"--fil\"; did you mean \"--file\"?"},
    {"in --prog=json", "unknown option \"--prog\""},
    {"in --progres plain", "did you mean \"--progress\"?"},
    {"in --xyzzy", "unknown option \"--xyzzy\"\n"},
    {"in -x", "unknown option \"-x\""},
    {"in -qx", "unknown option \"-x\""},
    {"in --flag=yes", "--flag takes no value"},
    {"in --help=yes", "--help takes no value"},
    {"in --file", "--file needs a value: FILE"},
    {"in -f", "--file needs a value: FILE"},
    {"in --progress fancy", "\"fancy\" is none of auto, plain, json"},
    {"in --jobs many", "\"many\" is no number"},
    {"in --jobs -1", "\"-1\" is no number"},
    {"in --jobs 99999999999999999999", "is no number"},
    {"in --arg x", "--arg: \"x\" is not NAME=VALUE"},
    {"in --arg =x", "--arg: \"=x\" is not NAME=VALUE"},
    {"", "llb try needs FILE [FILE]"},
    {"a b c", "unexpected \"c\""},
};

static void wrong_calls_are_named_and_exit_2(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(wrong_calls) / sizeof(*wrong_calls); i++) {
        const struct wrong *w = &wrong_calls[i];
        cmd__args args = {.command = &command,
                          .arena = llb__arena_new(1 << 20)};
        char said[1024];

        assert_int_equal(parse(w->line, &args, said, sizeof(said)), CMD__USAGE);
        if (!strstr(said, w->said))
            fail_msg("\"%s\" says: %s", w->line, said);
        assert_non_null(strstr(said, "see llb try --help"));
        llb__arena_free(args.arena);
    }
}

static const struct call {
    const char *words[4];
    int rc;
    const char *said; /* on stderr, or on stdout with exit code 0 */
} calls[] = {
    {{NULL}, 2, "usage: llb COMMAND"},
    {{"--help"}, 0, "usage: llb COMMAND"},
    {{"--version"}, 0, "llb 0."},
    {{"engin"}, 2, "did you mean \"engine\"?"},
    {{"nonsense"}, 2, "there is no command \"nonsense\""},
    {{"engine"}, 2, "needs one of start, status and stop"},
    {{"engine", "go"}, 2, "but no \"go\""},
    {{"engine", "start", "--help"}, 0, "usage: llb engine start"},
    {{"engine", "start", "here"}, 2, "unexpected \"here\""},
    {{"help", "engine", "stop"}, 0, "usage: llb engine stop"},
    {{"help", "--man", "--markdown"}, 2, "give one"},
    {{"help", "--man"}, 0, ".Sh EXIT STATUS"},
    {{"build", "--progres", "json"}, 2, "did you mean \"--progress\"?"},
    {{"build", "--progress", "fancy"}, 2, "none of auto, tty, plain, json"},
    {{"build", "-o", "type=nope,dest=q"}, 2, "no type \"nope\""},
    {{"build", "-o", "type=local"}, 2, "needs a folder"},
    {{"build", "--secret", "a"}, 2, "is none of id="},
    {{"build", "--secret", "id=a,src=/none"}, 2, "cannot read /none"},
    {{"build", "--allow", "everything"}, 2, "what can be allowed is"},
    {{"build", "--arg", "novalue"}, 2, "is not NAME=VALUE"},
    {{"build", "--network-default", "x"}, 2, "default, host, none"},
    {{"build", "--cache-to", "type=registry"}, 2, "needs ref="},
    {{"build", "--metadata-file", "/none/m"}, 1, "--metadata-file: cannot"},
    {{"build", "-f", "/none.llb"}, 1, "/none.llb"},
    {{"compile", "-f", "/none.llb"}, 1, "/none.llb"},
    {{"targets", "-f", "/none.llb"}, 1, "/none.llb"},
    {{"fmt", "/none.llb"}, 1, "/none.llb"},
    {{"inspect", "/none.pb"}, 1, "/none.pb"},
    {{"inspect", "/dev/null"}, 1, "is empty and holds no ops"},
    {{"inspect", "a", "b"}, 2, "unexpected \"b\""},
    {{"inspect", "--op=1", "--format=dot"}, 2, "leave out --format dot"},
    {{"diff", "a"}, 2, "needs FILE FILE"},
    {{"diff", "-", "-"}, 2, "only one of the two"},
    {{"diff", "/none.pb", "/none.pb"}, 2, "/none.pb"},
    {{"solve", "/none.pb"}, 1, "/none.pb"},
    {{"solve", "--local", "x"}, 2, "is not NAME=PATH"},
    {{"info", "--addr", "foo://x"}, 2, "foo://x"},
    {{"info", "--addr", "unix:///none.sock"}, 3, "comes from --addr"},
    {{"help", "nope"}, 2, "there is no command \"nope\""},
};

static void commands_are_found_by_their_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
        char *argv[6] = {"llb"};
        char said[1 << 15];
        int argc = 1;

        for (; argc < 5 && calls[i].words[argc - 1]; argc++)
            argv[argc] = (char *)calls[i].words[argc - 1];
        struct capture c =
            capture_begin(calls[i].rc ? STDERR_FILENO : STDOUT_FILENO);
        int rc = cmd__main(argc, argv);
        capture_end(&c, said, sizeof(said));
        assert_int_equal(rc, calls[i].rc);
        if (!strstr(said, calls[i].said))
            fail_msg("%s %s says: %s", argv[1] ? argv[1] : "",
                     argc > 2 ? argv[2] : "", said);
    }
}

/* Whatever a table says must be in each text that is made from it. */
static void every_option_is_in_every_text(void **state)
{
    llb__buf markdown = LLB__BUF_INIT, completion = LLB__BUF_INIT;
    (void)state;

    cmd__markdown(&markdown);
    cmd__completion(&completion);
    for (size_t i = 0; i < cmd__n_commands; i++) {
        const cmd__command *c = cmd__commands[i];
        llb__buf help = LLB__BUF_INIT, man = LLB__BUF_INIT;

        cmd__help_one(&help, c);
        cmd__man_one(&man, c);
        for (size_t j = 0; j < c->n_options; j++) {
            char text[128];
            snprintf(text, sizeof(text), "--%s", c->options[j].name);
            assert_non_null(strstr(help.data, text));
            assert_non_null(strstr(markdown.data, text));
            assert_non_null(strstr(completion.data, text));
            snprintf(text, sizeof(text), "Fl Fl %s", c->options[j].name);
            assert_non_null(strstr(man.data, text));
        }
        for (char *line = help.data; *line; line += strcspn(line, "\n") + 1)
            assert_true(strcspn(line, "\n") <= 80);
        llb__buf_clear(&help);
        llb__buf_clear(&man);
    }
    llb__buf_clear(&markdown);
    llb__buf_clear(&completion);
}

/* LLB_UPDATE_GOLDEN=1 rewrites the reference, which is all from its title. */
static void the_reference_is_up_to_date(void **state)
{
    static const char path[] = LLB_SOURCE_DIR "/docs/cli.md";
    static char text[1 << 17];
    llb__buf markdown = LLB__BUF_INIT;
    FILE *f = fopen(path, "r");
    (void)state;

    assert_non_null(f);
    size_t n = fread(text, 1, sizeof(text) - 1, f);
    fclose(f);
    text[n] = '\0';
    char *reference = strstr(text, "\n## Commands\n");
    assert_non_null(reference);
    cmd__markdown(&markdown);
    if (getenv("LLB_UPDATE_GOLDEN") &&
        strcmp(reference + 1, markdown.data) != 0) {
        f = fopen(path, "w");
        assert_non_null(f);
        fwrite(text, 1, (size_t)(reference + 1 - text), f);
        fwrite(markdown.data, 1, markdown.len, f);
        assert_int_equal(fclose(f), 0);
    } else {
        assert_string_equal(reference + 1, markdown.data);
    }
    llb__buf_clear(&markdown);
}

/* Two options of a command with one letter or name would hide each other. */
static void tables_have_no_doubles(void **state)
{
    (void)state;
    for (size_t i = 0; i < cmd__n_commands; i++) {
        const cmd__command *c = cmd__commands[i];
        for (size_t j = 0; j < c->n_options; j++) {
            const cmd__option *a = &c->options[j];
            assert_true((a->kind == CMD__FLAG) == (a->value == NULL));
            assert_true((a->kind == CMD__CHOICE) == (a->choices != NULL));
            assert_true(a->offset < c->opts_size);
            assert_int_not_equal(a->letter, 'h');
            for (size_t k = 0; k < j; k++) {
                const cmd__option *b = &c->options[k];
                assert_string_not_equal(a->name, b->name);
                assert_true(!a->letter || a->letter != b->letter);
                assert_int_not_equal(a->offset, b->offset);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_of_option_is_parsed),
        cmocka_unit_test(options_end_at_two_dashes),
        cmocka_unit_test(help_needs_no_operands),
        cmocka_unit_test(wrong_calls_are_named_and_exit_2),
        cmocka_unit_test(commands_are_found_by_their_names),
        cmocka_unit_test(every_option_is_in_every_text),
        cmocka_unit_test(the_reference_is_up_to_date),
        cmocka_unit_test(tables_have_no_doubles),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
