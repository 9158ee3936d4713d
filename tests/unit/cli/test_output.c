/* Tests of -o and --secret: what they mean, and what a wrong one says. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "output.h"
#include "secret.h"

static const struct good {
    const char *text, *type;
    cmd__dest_kind kind;
    const char *dest, *attrs; /* "key=value;" for each */
    bool push;
} good_outputs[] = {
    {"q", "local", CMD__DEST_FOLDER, "q", "", false},
    {"-", "tar", CMD__DEST_STDOUT, NULL, "", false},
    {"dest=q", "local", CMD__DEST_FOLDER, "q", "", false},
    {"type=local,dest=./o", "local", CMD__DEST_FOLDER, "./o", "", false},
    {"type=tar", "tar", CMD__DEST_STDOUT, NULL, "", false},
    {"type=tar,dest=-", "tar", CMD__DEST_STDOUT, NULL, "", false},
    {"TYPE=tar,DEST=x.tar", "tar", CMD__DEST_FILE, "x.tar", "", false},
    {"type=tar,\"dest=a,b.tar\"", "tar", CMD__DEST_FILE, "a,b.tar", "", false},
    {"type=tar,\"dest=a\"\"b\"", "tar", CMD__DEST_FILE, "a\"b", "", false},
    {"type=tar,dest=a\"b.tar", "tar", CMD__DEST_FILE, "a\"b.tar", "", false},
    {"type=oci,dest=i.tar,name=x:1", "oci", CMD__DEST_FILE, "i.tar",
     "name=x:1;", false},
    {"type=oci,tar=true,dest=-", "oci", CMD__DEST_STDOUT, NULL, "tar=true;",
     false},
    {"type=docker,name=x", "docker", CMD__DEST_NONE, NULL, "name=x;", false},
    {"type=docker,dest=d.tar", "docker", CMD__DEST_FILE, "d.tar", "", false},
    {"type=image,name=r/x,push=true", "image", CMD__DEST_NONE, NULL,
     "name=r/x;push=true;", true},
    {"type=image,name=r/x,push=false", "image", CMD__DEST_NONE, NULL,
     "name=r/x;push=false;", false},
    {"type=registry,name=r/x", "image", CMD__DEST_NONE, NULL,
     "name=r/x;push=true;", true},
};

static void outputs_mean_what_they_say(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(good_outputs) / sizeof(*good_outputs); i++) {
        const struct good *g = &good_outputs[i];
        llb__arena *a = llb__arena_new(1 << 20);
        char attrs[256] = "";
        cmd__output o;
        llb_error err = {0};

        if (cmd__output_parse(a, g->text, &o, &err) != LLB_OK)
            fail_msg("%s: %s", g->text, err.message);
        assert_string_equal(o.type, g->type);
        assert_int_equal(o.kind, g->kind);
        assert_int_equal(o.push, g->push);
        assert_int_equal(o.dest == NULL, g->dest == NULL);
        if (g->dest)
            assert_string_equal(o.dest, g->dest);
        for (size_t j = 0; j < o.n_attrs; j++)
            snprintf(attrs + strlen(attrs), sizeof(attrs) - strlen(attrs),
                     "%s=%s;", o.attrs[j].key, o.attrs[j].value);
        assert_string_equal(attrs, g->attrs);
        llb__arena_free(a);
    }
}

static const struct bad {
    const char *text, *said;
} bad_outputs[] = {
    {"", "a part is empty"},
    {"type=local", "needs a folder, as in type=local,dest=out"},
    {"type=local,dest=", "needs a folder"},
    {"type=local,dest=-", "needs a folder"},
    {"type=tar,dest=", "dest is empty"},
    {"type=docker,", "a part is empty, is a comma too many?"},
    {"type=docker,tar,compression", "\"tar\" has no value; write tar=VALUE"},
    {"type=tar,\"dest=x", "a quote is not closed"},
    {"type=tar,output=q", "the key is dest, as in dest=q"},
    {"type=nope,dest=q", "there is no type \"nope\"; the types are local, tar"},
    {"type=imag,name=x", "did you mean \"image\"?"},
    {"type=image,dest=q", "an image has no dest"},
    {"type=oci,tar=false", "tar=false writes a folder"},
    {"type=oci,dest=d,compresion=zstd", "did you mean \"compression\"?"},
    {"type=oci,tar=maybe,dest=d", "tar is true or false, not \"maybe\""},
    {"type=image,push=true", "a push needs name="},
    {"type=tar,push=true,dest=x", "only type=image can push"},
};

static void wrong_outputs_are_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(bad_outputs) / sizeof(*bad_outputs); i++) {
        llb__arena *a = llb__arena_new(1 << 20);
        cmd__output o;
        llb_error err = {0};

        assert_int_equal(cmd__output_parse(a, bad_outputs[i].text, &o, &err),
                         LLB_EINVAL);
        if (!strstr(err.message, bad_outputs[i].said))
            fail_msg("\"%s\" says: %s", bad_outputs[i].text, err.message);
        llb__arena_free(a);
    }
}

static void destinations_are_looked_at(void **state)
{
    char dir[] = "/tmp/llb-output-XXXXXX", path[128], text[256];
    llb__arena *a = llb__arena_new(1 << 20);
    llb_error err = {0};
    cmd__output o;
    bool usage;
    (void)state;

    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof(path), "%s/file", dir);
    close(open(path, O_CREAT | O_WRONLY, 0600));

    snprintf(text, sizeof(text), "type=tar,dest=%s", dir);
    assert_int_equal(cmd__output_parse(a, text, &o, &err), LLB_OK);
    assert_int_equal(cmd__output_check(&o, &usage, &err), LLB_EINVAL);
    assert_true(usage);
    assert_non_null(strstr(err.message, "is a folder"));

    assert_int_equal(cmd__output_parse(a, path, &o, &err), LLB_OK);
    assert_int_equal(cmd__output_check(&o, &usage, &err), LLB_EINVAL);
    assert_false(usage);
    assert_non_null(strstr(err.message, "is no folder"));

    snprintf(text, sizeof(text), "type=tar,dest=%s/none/x.tar", dir);
    assert_int_equal(cmd__output_parse(a, text, &o, &err), LLB_OK);
    assert_int_equal(cmd__output_check(&o, &usage, &err), LLB_ENOENT);
    assert_non_null(strstr(err.message, "/none is no folder"));

    snprintf(text, sizeof(text), "type=tar,dest=%s/x.tar", dir);
    assert_int_equal(cmd__output_parse(a, text, &o, &err), LLB_OK);
    assert_int_equal(cmd__output_check(&o, &usage, &err), LLB_OK);
    snprintf(text, sizeof(text), "%s/new", dir);
    assert_int_equal(cmd__output_parse(a, text, &o, &err), LLB_OK);
    assert_int_equal(cmd__output_check(&o, &usage, &err), LLB_OK);

    unlink(path);
    rmdir(dir);
    llb__arena_free(a);
}

static const struct secret_case {
    const char *text;
    llb_status status;
    const char *id, *path, *env, *said;
} secrets[] = {
    {"id=a,src=small", LLB_OK, "a", "small", NULL, NULL},
    {"id=a,source=small", LLB_OK, "a", "small", NULL, NULL},
    {"id=a,type=file,src=small", LLB_OK, "a", "small", NULL, NULL},
    {"id=small", LLB_OK, "small", "small", NULL, NULL},
    {"id=LLB_TEST_SET", LLB_OK, "LLB_TEST_SET", NULL, "LLB_TEST_SET", NULL},
    {"id=a,env=LLB_TEST_SET", LLB_OK, "a", NULL, "LLB_TEST_SET", NULL},
    {"id=a,env=LLB_TEST_EMPTY", LLB_OK, "a", NULL, "LLB_TEST_EMPTY", NULL},
    {"type=env,id=a,src=LLB_TEST_SET", LLB_OK, "a", NULL, "LLB_TEST_SET", NULL},
    {"type=env,id=LLB_TEST_SET", LLB_OK, "LLB_TEST_SET", NULL, "LLB_TEST_SET",
     NULL},
    {"id=a,src=limit", LLB_OK, "a", "limit", NULL, NULL},
    {"id=a,src=large", LLB_ELIMIT, NULL, NULL, NULL, "at most 500 KiB"},
    {"id=a,env=LLB_TEST_UNSET", LLB_EINVAL, NULL, NULL, NULL,
     "LLB_TEST_UNSET is not set"},
    {"env=LLB_TEST_SET", LLB_EINVAL, NULL, NULL, NULL, "id= is missing"},
    {"id=,src=small", LLB_EINVAL, NULL, NULL, NULL, "id= is missing"},
    {"id=a,src=none", LLB_ENOENT, NULL, NULL, NULL, "cannot read none"},
    {"id=a,src=.", LLB_EINVAL, NULL, NULL, NULL, ". is no file"},
    {"id=a,foo=b", LLB_EINVAL, NULL, NULL, NULL, "\"foo\" is none of"},
    {"a", LLB_EINVAL, NULL, NULL, NULL, "\"a\" is none of"},
    {"", LLB_EINVAL, NULL, NULL, NULL, "say id=NAME"},
    {"id=a,type=vault,src=x", LLB_EINVAL, NULL, NULL, NULL,
     "no type \"vault\"; the types are file, env and exec"},
    {"id=a,src=small,env=LLB_TEST_SET", LLB_EINVAL, NULL, NULL, NULL,
     "not both"},
};

static void make_file(const char *path, off_t size)
{
    int fd = open(path, O_CREAT | O_WRONLY, 0600);

    assert_int_equal(ftruncate(fd, size), 0);
    close(fd);
}

static void check_text(const char *got, const char *want)
{
    assert_int_equal(got == NULL, want == NULL);
    if (want)
        assert_string_equal(got, want);
}

static void secrets_are_files_or_variables(void **state)
{
    char dir[] = "/tmp/llb-secret-XXXXXX";
    (void)state;

    assert_non_null(mkdtemp(dir));
    assert_int_equal(chdir(dir), 0);
    setenv("LLB_TEST_SET", "v", 1);
    setenv("LLB_TEST_EMPTY", "", 1);
    unsetenv("LLB_TEST_UNSET");
    make_file("small", 3);
    make_file("limit", 512000);
    make_file("large", 512001);
    for (size_t i = 0; i < sizeof(secrets) / sizeof(*secrets); i++) {
        const struct secret_case *c = &secrets[i];
        llb__arena *a = llb__arena_new(1 << 20);
        cmd__secret s;
        llb_error err = {0};

        if (cmd__secret_parse(a, c->text, &s, &err) != c->status)
            fail_msg("\"%s\": %s", c->text, err.message);
        if (c->said && !strstr(err.message, c->said))
            fail_msg("\"%s\" says: %s", c->text, err.message);
        if (c->status == LLB_OK) {
            check_text(s.id, c->id);
            check_text(s.path, c->path);
            check_text(s.env, c->env);
        }
        llb__arena_free(a);
    }
    unlink("small");
    unlink("limit");
    unlink("large");
    assert_int_equal(chdir("/"), 0);
    rmdir(dir);
}

static void a_secret_from_a_pipe_is_read_once(void **state)
{
    llb__arena *a = llb__arena_new(1 << 20);
    llb_error err = {0};
    cmd__secret s;
    char text[64];
    int p[2];
    (void)state;

    assert_int_equal(pipe(p), 0);
    assert_int_equal(write(p[1], "from pipe", 9), 9);
    close(p[1]);
    snprintf(text, sizeof(text), "id=a,src=/dev/fd/%d", p[0]);
    assert_int_equal(cmd__secret_parse(a, text, &s, &err), LLB_OK);
    assert_null(s.path);
    assert_int_equal(s.len, 9);
    assert_memory_equal(s.data, "from pipe", 9);
    close(p[0]);
    llb__arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outputs_mean_what_they_say),
        cmocka_unit_test(wrong_outputs_are_named),
        cmocka_unit_test(destinations_are_looked_at),
        cmocka_unit_test(secrets_are_files_or_variables),
        cmocka_unit_test(a_secret_from_a_pipe_is_read_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
