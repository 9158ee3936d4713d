/* The parser: what texts mean as trees, and tests/golden/syntax, what is said
 * about texts that are none. */
#include "buf.h"
#include "fail_alloc.h"
#include "golden.h"
#include "parse.h"

struct parsed {
    llbc_diags *d;
    llb__arena *a;
    const llbc__file *file;
};

static struct parsed parse_bytes(const char *text, size_t len)
{
    struct parsed p = {llbc_diags_new(), llb__arena_new(1 << 26), NULL};
    uint32_t number;

    assert_non_null(p.d);
    assert_non_null(p.a);
    assert_int_equal(llbc_diags_add_file(p.d, "t.llb", text, len, &number),
                     LLB_OK);
    p.file = llbc__parse(llbc__source_get(p.d, number), p.a, p.d);
    return p;
}

static struct parsed parse(const char *text)
{
    return parse_bytes(text, strlen(text));
}

static void drop(struct parsed p)
{
    llb__arena_free(p.a);
    llbc_diags_free(p.d);
}

/* --- trees, written out ------------------------------------------------ */

static void expr_text(llb__buf *b, const llbc__expr *e);
static void stmts_text(llb__buf *b, const llbc__stmt *s);

static void args_text(llb__buf *b, const llbc__arg *a)
{
    for (; a; a = a->next) {
        llb__buf_adds(b, " ");
        if (a->key) {
            expr_text(b, a->key);
            llb__buf_adds(b, "=");
        }
        expr_text(b, a->value);
        llb__buf_adds(b, a->spread ? "..." : "");
    }
}

static void string_text(llb__buf *b, const llbc__expr *e)
{
    llb__buf_adds(b, "'");
    for (const llbc__part *p = e->u.string.parts; p; p = p->next) {
        if (!p->expr) {
            llb__buf_add(b, p->text, p->len);
            continue;
        }
        llb__buf_adds(b, "<");
        expr_text(b, p->expr);
        llb__buf_adds(b, ">");
    }
    llb__buf_adds(b, "'");
}

static void op_text(llb__buf *b, const llbc__expr *e)
{
    static const char *const names[] = {"||", "&&", "==", "!=", "<",
                                        "<=", ">",  ">=", "+",  "-",
                                        "*",  "/",  "%",  "!",  "neg"};

    llb__buf_printf(b, "(%s ", names[e->u.op.op]);
    expr_text(b, e->u.op.a);
    if (e->u.op.b) {
        llb__buf_adds(b, " ");
        expr_text(b, e->u.op.b);
    }
    llb__buf_adds(b, ")");
}

/* Each node as (KIND children): enough to see what stands where. */
static void expr_text(llb__buf *b, const llbc__expr *e)
{
    switch (e->kind) {
    case LLBC__EXPR_STRING:
        string_text(b, e);
        break;
    case LLBC__EXPR_INT:
        llb__buf_printf(b, "%lld", (long long)e->u.integer);
        break;
    case LLBC__EXPR_BOOL:
        llb__buf_adds(b, e->u.boolean ? "true" : "false");
        break;
    case LLBC__EXPR_NAME:
        llb__buf_adds(b, e->u.name.text);
        break;
    case LLBC__EXPR_CALL:
        llb__buf_adds(b, "(call ");
        expr_text(b, e->u.call.callee);
        args_text(b, e->u.call.args.first);
        llb__buf_adds(b, ")");
        break;
    case LLBC__EXPR_MEMBER:
        expr_text(b, e->u.member.base);
        llb__buf_printf(b, ".%s", e->u.member.name.text);
        break;
    case LLBC__EXPR_INDEX:
        llb__buf_adds(b, "(at ");
        expr_text(b, e->u.index.base);
        llb__buf_adds(b, " ");
        expr_text(b, e->u.index.index);
        llb__buf_adds(b, ")");
        break;
    case LLBC__EXPR_LIST:
        llb__buf_adds(b, "[");
        for (const llbc__expr *i = e->u.list.first; i; i = i->next) {
            llb__buf_adds(b, i == e->u.list.first ? "" : " ");
            expr_text(b, i);
        }
        llb__buf_adds(b, "]");
        break;
    case LLBC__EXPR_COMP:
        llb__buf_printf(b, "(comp %s ", e->u.comp.name.text);
        expr_text(b, e->u.comp.in);
        if (e->u.comp.cond) {
            llb__buf_adds(b, " if ");
            expr_text(b, e->u.comp.cond);
        }
        llb__buf_adds(b, " : ");
        expr_text(b, e->u.comp.value);
        llb__buf_adds(b, ")");
        break;
    case LLBC__EXPR_MAP:
        llb__buf_adds(b, "(map");
        args_text(b, e->u.map.first);
        llb__buf_adds(b, ")");
        break;
    case LLBC__EXPR_FS:
        llb__buf_adds(b, "fs{");
        stmts_text(b, e->u.fs->first);
        llb__buf_adds(b, "}");
        break;
    case LLBC__EXPR_UNARY:
    case LLBC__EXPR_BINARY:
        op_text(b, e);
        break;
    case LLBC__EXPR_IF:
        llb__buf_adds(b, "(if ");
        expr_text(b, e->u.cond.cond);
        llb__buf_adds(b, " ");
        expr_text(b, e->u.cond.then);
        llb__buf_adds(b, " ");
        expr_text(b, e->u.cond.otherwise);
        llb__buf_adds(b, ")");
        break;
    }
}

static void block_text(llb__buf *b, const llbc__block *block)
{
    if (!block)
        return;
    llb__buf_adds(b, "{");
    stmts_text(b, block->first);
    llb__buf_adds(b, "}");
}

static void stmts_text(llb__buf *b, const llbc__stmt *s)
{
    for (; s; s = s->next) {
        switch (s->kind) {
        case LLBC__STMT_CALL:
            expr_text(b, s->u.call.callee);
            args_text(b, s->u.call.args.first);
            if (s->u.call.as.text)
                llb__buf_printf(b, " as %s", s->u.call.as.text);
            block_text(b, s->u.call.block);
            break;
        case LLBC__STMT_LET:
            llb__buf_printf(b, "let %s ", s->u.let.name.text);
            expr_text(b, s->u.let.value);
            break;
        case LLBC__STMT_IF:
            llb__buf_adds(b, "if ");
            expr_text(b, s->u.cond.cond);
            block_text(b, s->u.cond.then);
            if (s->u.cond.else_if) {
                llb__buf_adds(b, "else ");
                stmts_text(b, s->u.cond.else_if);
            }
            if (s->u.cond.otherwise)
                llb__buf_adds(b, "else");
            block_text(b, s->u.cond.otherwise);
            break;
        case LLBC__STMT_FOR:
            llb__buf_printf(b, "for %s", s->u.loop.name.text);
            if (s->u.loop.name2.text)
                llb__buf_printf(b, ",%s", s->u.loop.name2.text);
            llb__buf_adds(b, " ");
            expr_text(b, s->u.loop.in);
            block_text(b, s->u.loop.body);
            break;
        }
        llb__buf_adds(b, s->next ? "; " : "");
    }
}

static struct case_ {
    const char *name, *text, *tree;
} expressions[] = {
    {"products bind closer than sums", "1 + 2 * 3", "(+ 1 (* 2 3))"},
    {"sums are grouped from the left", "1 - 2 - 3", "(- (- 1 2) 3)"},
    {"comparisons bind closer than and", "a < 1 && b || c",
     "(|| (&& (< a 1) b) c)"},
    {"not binds closest", "!a == b", "(== (! a) b)"},
    {"a minus before a name negates it", "-a + -2", "(+ (neg a) (neg 2))"},
    {"a minus with one blank subtracts too", "a -1", "(- a 1)"},
    {"if takes all to its right", "if a then b else c + 1", "(if a b (+ c 1))"},
    {"else may start a line", "if a then b\nelse c", "(if a b c)"},
    {"a newline behind an operator is a blank", "1 +\n\n # c\n 2", "(+ 1 2)"},
    {"a newline in brackets is a blank", "[1,\n2\n,3,\n]", "[1 2 3]"},
    {"members, indices and calls touch", "a.b(1)[2].c",
     "(at (call a.b 1) 2).c"},
    {"options of calls are told by =", "f(a, b=1, \"c\"=2, if=3)",
     "(call f a b=1 'c'=2 if=3)"},
    {"a list is spread by ...", "f(a...)", "(call f a...)"},
    {"maps keep their order", "{b: 1, \"a\": {c: 2}}",
     "(map b=1 'a'=(map c=2))"},
    {"a comprehension with a condition", "[for x in y if x != 1 : x + 1]",
     "(comp x y if (!= x 1) : (+ x 1))"},
    {"fs is an expression", "fs { run \"a\"; run \"b\" }",
     "fs{run 'a'; run 'b'}"},
    {"numbers of three bases", "[10, 0x1F, 0o755, 0]", "[10 31 493 0]"},
    {"the largest number", "9223372036854775807", "9223372036854775807"},
    {"escapes", "\"a\\n\\t\\\\\\\"\\u{e9}\\u{1F600}\"",
     "'a\n\t\\\"\xc3\xa9\xf0\x9f\x98\x80'"},
    {"a dollar is a dollar", "\"$x $ $$\"", "'$x $ $$'"},
    {"${ starts an expression, $${ does not", "\"a${b + 1}c$${d}\"",
     "'a<(+ b 1)>c${d}'"},
    {"a number in ${} is no shell parameter", "\"${1 + 2}${1}\"",
     "'<(+ 1 2)><1>'"},
    {"quotes stand inside of ${}", "\"${f(\"x\", \"${y}\")}\"",
     "'<(call f 'x' '<y>')>'"},
    {"raw strings are raw", "'a\\n${b}\"'", "'a\\n${b}\"'"},
    {"the closing quotes' indentation is cut",
     "\"\"\"\n    a\n      b\n    \"\"\"", "'a\n  b\n'"},
    {"blank lines may be shorter", "\"\"\"\n    a\n\n  \n    b\n    \"\"\"",
     "'a\n\n\nb\n'"},
    {"no newline before the quotes, none in the text", "\"\"\"\n  a\n  b\"\"\"",
     "'a\nb'"},
    {"three quotes on one line", "\"\"\"a \"b\" \\n\"\"\"", "'a \"b\" \\n'"},
    {"cutting comes before interpolation",
     "\"\"\"\n  ${x}\n   y ${z}\n  \"\"\"", "'<x>\n y <z>\n'"},
    {"${} of several lines has no lines of text",
     "\"\"\"\n  a ${f(\nx)}\n  \"\"\"", "'a <(call f x)>\n'"},
    {"raw lines keep ${", "'''\n  ${a} $${b}\n  '''", "'${a} $${b}\n'"},
    {"CRLF is a newline", "\"\"\"\r\n  a\r\n  b\r\n  \"\"\"", "'a\nb\n'"},
    {"tabs are cut as they are", "\"\"\"\n\ta\n\t\tb\n\t\"\"\"", "'a\n\tb\n'"},
    {"an empty string", "\"\"", "''"},
    {"empty lines", "\"\"\"\n\"\"\"", "''"},
    {"parentheses group", "(1 + 2) * 3", "(* (+ 1 2) 3)"},
};

static void reads_the_expression(void **state)
{
    const struct case_ *c = *state;
    char text[512];
    llb__buf b = LLB__BUF_INIT;

    snprintf(text, sizeof text, "let x = %s\n", c->text);
    struct parsed p = parse(text);
    assert_non_null(p.file);
    assert_int_equal(p.file->n, 1);
    expr_text(&b, p.file->first->u.let.value);
    assert_string_equal(b.data, c->tree);
    llb__buf_clear(&b);
    drop(p);
}

static struct case_ statements[] = {
    {"operands and options in any order", "run \"a\" x=1 b c=[2] -3",
     "run 'a' x=1 b c=[2] (neg 3)"},
    {"a touching parenthesis makes a call", "run(a, b); run (a) (b)",
     "run a b; run a b"},
    {"blanks part what does not touch", "f a [1] (b) g(c) d[0]",
     "f a [1] b (call g c) (at d 0)"},
    {"names of modules", "m.f a", "m.f a"},
    {"a keyword that touches = is an option", "f target=1 in=2",
     "f target=1 in=2"},
    {"a semicolon ends a statement", "a; b;; c", "a; b; c"},
    {"a backslash goes on", "a \\\n  b \\\n c", "a b c"},
    {"comments end nothing", "a # x\n# y\nb", "a; b"},
    {"a block without newlines", "run a { mount b \"/c\" as d }",
     "run a{mount b '/c' as d}"},
    {"else behind blank and comment lines", "if a { b }\n\n# c\nelse { d }",
     "if a{b}else{d}"},
    {"else if", "if a { b } else if c { d } else { e }",
     "if a{b}else if c{d}else{e}"},
    {"for with two names", "for k, v in m { run(k) }", "for k,v m{run k}"},
    {"a map in parentheses is an operand", "env ({A: 1})", "env (map A=1)"},
    {"a map stands behind =", "f x={a: 1} y={}", "f x=(map a=1) y=(map)"},
    {"let in a block", "let a = b\nrun a", "let a b; run a"},
    {"fs as an operand", "copy fs { run x } \"/\"", "copy fs{run x} '/'"},
};

static void reads_the_statements(void **state)
{
    const struct case_ *c = *state;
    char text[512];
    llb__buf b = LLB__BUF_INIT;

    snprintf(text, sizeof text, "target t {\n%s\n}\n", c->text);
    struct parsed p = parse(text);
    assert_non_null(p.file);
    stmts_text(&b, p.file->first->u.target.block->first);
    assert_string_equal(b.data, c->tree);
    llb__buf_clear(&b);
    drop(p);
}

/* --- files ------------------------------------------------------------- */

static void every_declaration_has_its_node(void **state)
{
    static const char text[] =
        "llb 1\n"
        "import \"a.llb\" as a\n"
        "import git(\"u\", ref=\"r\") \"b.llb\" as b\n"
        "arg v: [string] = [\"x\"] env=\"V\"\n"
        "arg w: int\n"
        "let l: {string} = {a: \"b\"}\n"
        "def f(a, b: int = 1, c: fs...) -> mounts { }\n"
        "def g() = 1\n"
        "target \"x-y\"(s: string) matrix={s: [\"a\"]} { }\n"
        "group all = [f, a.t]";
    static const llbc__decl_kind kinds[] = {
        LLBC__DECL_IMPORT, LLBC__DECL_IMPORT, LLBC__DECL_ARG,
        LLBC__DECL_ARG,    LLBC__DECL_LET,    LLBC__DECL_DEF,
        LLBC__DECL_DEF,    LLBC__DECL_TARGET, LLBC__DECL_GROUP};
    static const char *const names[] = {"a", "b", "v",   "w",  "l",
                                        "f", "g", "x-y", "all"};
    struct parsed p = parse(text);
    const llbc__decl *d = p.file->first, *def = NULL;

    (void)state;
    assert_int_equal(p.file->edition, 1);
    assert_int_equal(p.file->n, 9);
    for (size_t i = 0; i < 9; i++, d = d->next) {
        assert_int_equal(d->kind, kinds[i]);
        assert_string_equal(d->name.text, names[i]);
        assert_int_equal(text[d->span.start - 1], '\n');
        def = i == 5 ? d : def;
    }
    assert_null(d);
    assert_int_equal(def->u.def.params.n, 3);
    assert_true(def->u.def.params.last->rest);
    assert_string_equal(def->u.def.type->name.text, "mounts");
    drop(p);
}

static void comments_above_document(void **state)
{
    static const struct {
        const char *text, *doc;
    } cases[] = {
        {"## one\n##  two\nlet a = 1", "one\n two"},
        {"## one\n\n## two\nlet a = 1", "two"},
        {"## one\n\nlet a = 1", NULL},
        {"# one\nlet a = 1", NULL},
        {"### one\nlet a = 1", NULL},
        {"##\nlet a = 1", NULL},
        {"## one\n##\n## two\nlet a = 1", "two"},
        {"let b = 1 ## one\nlet a = 1", NULL},
        {"let b = [\n## one\n]; let a = 1", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct parsed p = parse(cases[i].text);
        const llbc__decl *d = p.file->first;

        while (d->next)
            d = d->next;
        if (cases[i].doc)
            assert_string_equal(d->doc, cases[i].doc);
        else
            assert_null(d->doc);
        drop(p);
    }
}

static void spans_have_the_text(void **state)
{
    static const char text[] = "target t {\n  run f(\"a\")[0] x=(b) { c }\n}";
    struct parsed p = parse(text);
    const llbc__stmt *s = p.file->first->u.target.block->first;
    const llbc__arg *a = s->u.call.args.first;

    (void)state;
    assert_memory_equal(text + s->span.start, "run f", 5);
    assert_int_equal(text[s->span.end - 1], '}');
    assert_int_equal(s->u.call.head.end, strstr(text, " { c") - text);
    assert_int_equal(a->span.end - a->span.start, strlen("f(\"a\")[0]"));
    assert_memory_equal(text + a->next->span.start, "x=(b)", 5);
    assert_memory_equal(text + a->next->value->span.start, "b", 1);
    drop(p);
}

/* --- bad bytes, bad sizes ---------------------------------------------- */

static void expect_code(struct parsed p, const char *code)
{
    assert_null(p.file);
    assert_int_equal(llbc_diags_status(p.d), LLB_EINVAL);
    assert_int_equal(llbc_diags_count(p.d), 1);
    assert_string_equal(llbc_diags_get(p.d, 0)->code, code);
    drop(p);
}

static void odd_bytes_are_one_error(void **state)
{
    (void)state;
    expect_code(parse_bytes("let a = 1\0", 10), "E0103");
    expect_code(parse("let a = \"\xff\""), "E0104");
    expect_code(parse("let a = \"\xed\xa0\x80\""), "E0104");
    expect_code(parse("let a = \"\x80\"\n\xff"), "E0104");
    drop(parse("\xef\xbb\xbflet a = 1"));
}

/* text: head, n times repeat, tail. */
static struct parsed parse_many(const char *head, const char *repeat, size_t n,
                                const char *tail)
{
    llb__buf b = LLB__BUF_INIT;

    llb__buf_adds(&b, head);
    while (n--)
        llb__buf_adds(&b, repeat);
    llb__buf_adds(&b, tail);
    assert_false(b.failed);
    struct parsed p = parse_bytes(b.data, b.len);
    llb__buf_clear(&b);
    return p;
}

static void nesting_has_an_end(void **state)
{
    static const struct {
        const char *head, *repeat;
    } cases[] = {
        {"let a = ", "("},
        {"let a = ", "["},
        {"let a = ", "f("},
        {"let a = ", "\"${"},
        {"let a = ", "!"},
        {"let a = ", "- "},
        {"let a = ", "if a then "},
        {"let a = 1", " + 1"},
        {"let a = b", ".b"},
        {"let a = b", "(1)"},
        {"let a: ", "["},
        {"target t {", "if a {\n"},
        {"target t {\nif a { }", " else if a { }"},
        {"let a = ", "fs { from "},
        {"let a = if a then b ", "else if a then b "},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_code(parse_many(cases[i].head, cases[i].repeat, 100000, ""),
                    "E0501");
}

static void long_lines_and_files_are_read(void **state)
{
    struct parsed p = parse_many("let a = \"", "0123456789", 100000, "\"");

    (void)state;
    assert_non_null(p.file);
    drop(p);
    p = parse_many("", "let a = 1;", 20000, "");
    assert_non_null(p.file);
    assert_int_equal(p.file->n, 20000);
    drop(p);
    p = parse_many("", "## doc\nlet a = 1 # c\n", 10000, "");
    assert_non_null(p.file);
    drop(p);
    p = parse_many("let a = [", "1,", 100000, "]");
    assert_non_null(p.file);
    assert_int_equal(p.file->first->u.let.value->u.list.n, 100000);
    drop(p);
}

static void errors_have_an_end(void **state)
{
    struct parsed p = parse_many("", "let = 1\n", 100, "");

    (void)state;
    assert_null(p.file);
    assert_int_equal(llbc_diags_count(p.d), 20);
    drop(p);
}

static void lack_of_memory_is_told(void **state)
{
    static const char text[] =
        "## doc\nlet a = \"x${b}\\n\"\ntarget t {\n  run \"\"\"\n    a\n    "
        "\"\"\" x=[1, 2] {\n    mount f(a) 'b' as c\n  }\n  if a { b } else "
        "{ c }\n}\nlet b = (\n";
    bool failed = true;

    (void)state;
    for (long n = 0; failed; n++) {
        llbc_diags *d = llbc_diags_new();
        uint32_t number;

        assert_int_equal(
            llbc_diags_add_file(d, "t", text, strlen(text), &number), LLB_OK);
        fail_alloc_at(n);
        llb__arena *a = llb__arena_new(1 << 26);
        const llbc__file *file =
            a ? llbc__parse(llbc__source_get(d, number), a, d) : NULL;
        failed = fail_alloc_done();
        assert_null(file);
        if (a)
            assert_int_equal(llbc_diags_status(d),
                             failed ? LLB_ENOMEM : LLB_EINVAL);
        llb__arena_free(a);
        llbc_diags_free(d);
    }
}

static void a_full_arena_is_told(void **state)
{
    static const char text[] = "let a = [1, 2, f(\"x${y}\")]\n";

    (void)state;
    for (size_t limit = 0;; limit += 512) {
        llbc_diags *d = llbc_diags_new();
        llb__arena *a = llb__arena_new(limit);
        uint32_t number;

        llbc_diags_add_file(d, "t", text, strlen(text), &number);
        const llbc__file *file =
            a ? llbc__parse(llbc__source_get(d, number), a, d) : NULL;
        assert_int_equal(llbc_diags_status(d),
                         file || !a ? LLB_OK : LLB_ENOMEM);
        llb__arena_free(a);
        llbc_diags_free(d);
        if (file)
            break;
        assert_true(limit < 1 << 20);
    }
}

/* --- golden cases ------------------------------------------------------ */

static void says_what_its_file_says(void **state)
{
    const char *name = *state;
    char golden[512];
    char *text = golden_read(name), *said;
    struct parsed p = {llbc_diags_new(), llb__arena_new(1 << 26), NULL};
    uint32_t number;

    assert_int_equal(
        llbc_diags_add_file(p.d, name, text, strlen(text), &number), LLB_OK);
    assert_null(llbc__parse(llbc__source_get(p.d, number), p.a, p.d));
    assert_int_equal(llbc_diags_render(p.d, 0, &said, NULL), LLB_OK);
    snprintf(golden, sizeof golden, "%.*s.err", (int)strlen(name) - 4, name);
    golden_compare(golden, said);
    free(said);
    free(text);
    drop(p);
}

#define N(array) (sizeof(array) / sizeof *(array))

int main(void)
{
    static const struct CMUnitTest fixed[] = {
        cmocka_unit_test(every_declaration_has_its_node),
        cmocka_unit_test(comments_above_document),
        cmocka_unit_test(spans_have_the_text),
        cmocka_unit_test(odd_bytes_are_one_error),
        cmocka_unit_test(nesting_has_an_end),
        cmocka_unit_test(long_lines_and_files_are_read),
        cmocka_unit_test(errors_have_an_end),
        cmocka_unit_test(lack_of_memory_is_told),
        cmocka_unit_test(a_full_arena_is_told),
    };
    static struct CMUnitTest tests[N(fixed) + N(expressions) + N(statements)];
    size_t n = N(fixed);

    memcpy(tests, fixed, sizeof fixed);
    for (size_t i = 0; i < N(expressions); i++)
        tests[n++] = (struct CMUnitTest){.name = expressions[i].name,
                                         .test_func = reads_the_expression,
                                         .initial_state = &expressions[i]};
    for (size_t i = 0; i < N(statements); i++)
        tests[n++] = (struct CMUnitTest){.name = statements[i].name,
                                         .test_func = reads_the_statements,
                                         .initial_state = &statements[i]};
    int failed = _cmocka_run_group_tests("parse", tests, n, NULL, NULL);

    return golden_run(LLB_SOURCE_DIR "/tests/golden/syntax",
                      says_what_its_file_says) ||
           failed;
}
