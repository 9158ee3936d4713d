/* Which files are Dockerfiles, and what a frontend is told of one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "dockerfile.h"

static void write_file(const char *name, const char *text)
{
    FILE *f = fopen(name, "w");

    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void names_and_first_lines_tell_a_dockerfile(void **state)
{
    (void)state;
    static const struct {
        const char *path, *text;
        bool yes;
    } cases[] = {
        {"Dockerfile", NULL, true},
        {"a/b/dockerfile", NULL, true},
        {"Containerfile", NULL, true},
        {"Dockerfile.dev", NULL, true},
        {"app.Dockerfile", NULL, true},
        {"app.dockerfile", NULL, true},
        {"MyDockerfile", NULL, false},
        {"build.llb", NULL, false},
        {"-", NULL, false},
        {"one", "# syntax=docker/dockerfile:1\nFROM x\n", true},
        {"two", "#escape=`\n#  Syntax = x\nFROM x\n", true},
        {"three", "# a comment\nllb 1\n# syntax=x\n", false},
        {"four", "llb 1\n", false},
        {"five", "# syntaxes\n", false},
        {"six", "", false},
        {"seven.llb", "# syntax=x\n", false},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (cases[i].text)
            write_file(cases[i].path, cases[i].text);
        if (cmd__is_dockerfile(cases[i].path) != cases[i].yes)
            fail_msg("%s", cases[i].path);
    }
    assert_false(cmd__is_dockerfile(NULL));
    assert_false(cmd__is_dockerfile("nowhere"));
    assert_false(cmd__is_dockerfile("."));
}

static const char *attr(const cmd__dockerfile *d, const char *key)
{
    for (size_t i = 0; i < d->n_attrs; i++)
        if (strcmp(d->attrs[i].key, key) == 0)
            return d->attrs[i].value;
    return NULL;
}

static void options_become_the_frontends_words(void **state)
{
    (void)state;
    llb__arena *a = llb__arena_new(1 << 20);
    const char *args[] = {"A=b=c", "EMPTY="};
    const char *contexts[] = {"ctx=.", "img=docker-image://alpine",
                              "src=https://example.org/x.git"};
    cmd__file_opts file = {
        .file = "./Dockerfile", .args = {args, 2}, .contexts = {contexts, 3}};
    cmd__dockerfile_opts o = {&file, "stage", "linux/arm64", true, 1, NULL};
    cmd__dockerfile d;
    llb_error err = {0};

    write_file("Dockerfile", "FROM scratch\n");
    assert_int_equal(cmd__dockerfile_read(a, &o, &d, &err), LLB_OK);
    assert_string_equal(attr(&d, "filename"), "Dockerfile");
    assert_string_equal(attr(&d, "target"), "stage");
    assert_string_equal(attr(&d, "platform"), "linux/arm64");
    assert_string_equal(attr(&d, "no-cache"), "");
    assert_string_equal(attr(&d, "force-network-mode"), "host");
    assert_string_equal(attr(&d, "build-arg:A"), "b=c");
    assert_string_equal(attr(&d, "build-arg:EMPTY"), "");
    assert_string_equal(attr(&d, "context:ctx"), "local:_ctx");
    assert_string_equal(attr(&d, "context:img"), "docker-image://alpine");
    assert_string_equal(attr(&d, "context:src"), "https://example.org/x.git");
    assert_int_equal(d.n_locals, 3);
    assert_string_equal(d.locals[0].name, "dockerfile");
    assert_string_equal(d.locals[0].path, ".");
    assert_string_equal(d.locals[1].name, "context");
    assert_string_equal(d.locals[2].name, "_ctx");
    llb__arena_free(a);
}

static void what_cannot_be_a_context_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *context, *says;
        llb_status status;
    } cases[] = {
        {"context=docker-image://alpine", "main context", LLB_EINVAL},
        {"x=oci-layout://d:1", "image layout", LLB_EUNSUPPORTED},
        {"x=nowhere", "cannot read the folder nowhere", LLB_ENOENT},
        {"context=Dockerfile", "Not a directory", LLB_ENOENT},
    };

    write_file("Dockerfile", "FROM scratch\n");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        llb__arena *a = llb__arena_new(1 << 20);
        const char *list[] = {cases[i].context};
        cmd__file_opts file = {.file = "Dockerfile", .contexts = {list, 1}};
        cmd__dockerfile_opts o = {.file = &file};
        cmd__dockerfile d;
        llb_error err = {0};

        assert_int_equal(cmd__dockerfile_read(a, &o, &d, &err),
                         cases[i].status);
        assert_non_null(strstr(err.message, cases[i].says));
        llb__arena_free(a);
    }
}

int main(void)
{
    char folder[] = "/tmp/llb-dockerfile.XXXXXX", remove[64];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_first_lines_tell_a_dockerfile),
        cmocka_unit_test(options_become_the_frontends_words),
        cmocka_unit_test(what_cannot_be_a_context_is_refused),
    };

    if (!mkdtemp(folder) || chdir(folder) != 0)
        return 1;
    int rc = cmocka_run_group_tests(tests, NULL, NULL);
    snprintf(remove, sizeof remove, "rm -rf %s", folder);
    return system(remove) == 0 ? rc : 1;
}
