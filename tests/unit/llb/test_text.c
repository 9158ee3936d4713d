/* Texts that Go's packages rewrite: image references, git remotes, paths, IP
 * addresses, command lines. */
#include "helpers.h"

#include "giturl.h"
#include "ip.h"
#include "path.h"

#define HEX64 "4bcff63911fcb4448bd4fdacec207030997caf25e9bea4045fa6c8c44de311d1"

static const struct {
    const char *ref, *full; /* full NULL: refused */
} refs[] = {
    {"alpine", "docker.io/library/alpine:latest"},
    {"foo/bar", "docker.io/foo/bar:latest"},
    {"index.docker.io/x", "docker.io/library/x:latest"},
    {"localhost/x", "localhost/x:latest"},
    {"Reg/x", "Reg/x:latest"},
    {"a:1@sha256:" HEX64, "docker.io/library/a:1@sha256:" HEX64},
    {"[::1]:5000/x", "[::1]:5000/x:latest"},
    {"h:80/a__b/c-d.e", "h:80/a__b/c-d.e:latest"},
    {"", NULL},
    {"UPPER", NULL},
    {"a b", NULL},
    {"a//b", NULL},
    {"a:", NULL},
    {"a@", NULL},
    {"a@sha256:12", NULL},
    {"a@md5:d41d8cd98f00b204e9800998ecf8427e", NULL},
    {"a___b", NULL},
    {"-a", NULL},
    {"a-", NULL},
    {"h:port/a", NULL},
    {"-h.x/a", NULL},
    {HEX64, NULL},
    {"a:b:c", NULL},
    {"a/", NULL},
    {"/a", NULL},
};

static void references_are_written_in_full(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refs / sizeof *refs; i++) {
        char *full = NULL;
        llb_error err = {0};
        llb_status st = llb_image_ref_normalize(refs[i].ref, &full, &err);
        if (!refs[i].full) {
            if (st != LLB_EINVAL)
                fail_msg("\"%s\" was accepted as %s", refs[i].ref, full);
            continue;
        }
        if (st != LLB_OK)
            fail_msg("%s", err.message);
        assert_string_equal(full, refs[i].full);
        free(full);
    }
}

static const struct {
    const char *text;
    bool ok, ssh;
    const char *remote, *host, *path;
} remotes[] = {
    {"https://h/p.git", true, false, "https://h/p.git", "h", "/p.git"},
    {"HTTPS://H/a%20b", true, false, "https://H/a%20b", "H", "/a b"},
    {"https://h/a b.git", true, false, "https://h/a%20b.git", "h", "/a b.git"},
    {"https://h", true, false, "https://h", "h", "/"},
    {"https://#f", true, false, "https:", "", "/"},
    {"https://@", true, false, "https://@", "", "/"},
    {"https://u:p%40@h:8/x?q=1#f", true, false, "https://u:p%40@h:8/x", "h:8",
     "/x"},
    {"https://h/a%2fb/../c", true, false, "https://h/a%2fb/../c", "h", "/a/c"},
    {"ssh://git@h:22/x", true, true, "ssh://git@h:22/x", "h:22", "/x"},
    {"git@h:a/b?x#y", true, true, "git@h:a/b", "h", "/a/b"},
    {"h/p", true, false, "https://h/p", "h", "/p"},
    {"https://[::1]:80/x", true, false, "https://[::1]:80/x", "[::1]:80", "/x"},
    {"https://h/\xc3\xa9", true, false, "https://h/%C3%A9", "h", "/\xc3\xa9"},
    {"https://h/a!(b)", true, false, "https://h/a!(b)", "h", "/a!(b)"},
    {"ftp://h/x", false, false, "ftp://h/x", NULL, NULL},
    {"https://h/%zz", false, false, "https://h/%zz", NULL, NULL},
    {"https://h/a%2", false, false, "https://h/a%2", NULL, NULL},
    {"https://h:x/a", false, false, "https://h:x/a", NULL, NULL},
    {"https://a b/c", false, false, "https://a b/c", NULL, NULL},
    {"https://h/\x01", false, false, "https://h/\x01", NULL, NULL},
    {"https://[fe80::1%25eth0]/x", true, false, "https://[fe80::1%25eth0]/x",
     "[fe80::1%eth0]", "/x"},
    {"ssh://[fe80::1%25a%20b]:2/x", true, true, "ssh://[fe80::1%25a%20b]:2/x",
     "[fe80::1%a b]:2", "/x"},
    {"https://[fe80::1%25%2f]/x", false, false, "https://[fe80::1%25%2f]/x",
     NULL, NULL},
    {"https://[::ffff:1.2.3.4]/x", true, false, "https://[::ffff:1.2.3.4]/x",
     "[::ffff:1.2.3.4]", "/x"},
    {"ssh://h:1:2/x", true, true, "ssh://h:1:2/x", "h:1:2", "/x"},
    {"https://h:1:2/x", false, false, "https://h:1:2/x", NULL, NULL},
    {"https://[1.2.3.4]/x", false, false, "https://[1.2.3.4]/x", NULL, NULL},
    {"https://[x]/x", false, false, "https://[x]/x", NULL, NULL},
    {"https://[::1%25]/x", false, false, "https://[::1%25]/x", NULL, NULL},
    {"https://h[::1]/x", false, false, "https://h[::1]/x", NULL, NULL},
    {"https://[::1/x", false, false, "https://[::1/x", NULL, NULL},
    {"a b/c", false, false, "https://a b/c", NULL, NULL},
};

static void check_buf(const llb__buf *b, const char *want)
{
    assert_int_equal(b->len, strlen(want));
    assert_memory_equal(b->data, want, b->len);
}

static void remotes_are_read_as_urls(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof remotes / sizeof *remotes; i++) {
        llb__giturl u;
        llb__giturl_parse(remotes[i].text, &u);
        if (u.ok != remotes[i].ok)
            fail_msg("%s: ok is %d", remotes[i].text, u.ok);
        assert_int_equal(u.ssh, remotes[i].ssh);
        check_buf(&u.remote, remotes[i].remote);
        if (u.ok) {
            check_buf(&u.host, remotes[i].host);
            check_buf(&u.path, remotes[i].path);
        }
        llb__giturl_clear(&u);
    }
}

static const struct {
    const char *base, *rest, *clean;
} paths[] = {
    {"", "", "."},
    {"", "a/../..", ".."},
    {"", "/../a", "/a"},
    {"/", "x", "/x"},
    {"/a", "../b", "/b"},
    {"/a", "../../..", "/"},
    {"", "a//b/./c/", "a/b/c"},
    {"/x/../y", "z", "/y/z"},
    {"", "../../a", "../../a"},
    {"", "a/b/../../..", ".."},
    {"/", "", "/"},
    {"", "/", "/"},
};

static void paths_are_cleaned(void **state)
{
    char out[64];

    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        size_t n = llb__path_clean(paths[i].base, paths[i].rest,
                                   strlen(paths[i].rest), out);
        out[n] = '\0';
        assert_string_equal(out, paths[i].clean);
    }
}

static const struct {
    const char *text, *normal; /* NULL: refused */
} addresses[] = {
    {"10.0.0.1", "10.0.0.1"},
    {"::ffff:1.2.3.4", "1.2.3.4"},
    {"2001:DB8::1", "2001:db8::1"},
    {"1:0:0:2:0:0:0:3", "1:0:0:2::3"},
    {"1:0:0:2:3:0:0:4", "1::2:3:0:0:4"},
    {"::", "::"},
    {"::1", "::1"},
    {"fe80::", "fe80::"},
    {"::1.2.3.4", "::102:304"},
    {"1:2:3:4:5:6:7:0", "1:2:3:4:5:6:7:0"},
    {"", NULL},
    {"1.2.3", NULL},
    {"1.2.3.04", NULL},
    {"host", NULL},
};

static void addresses_are_written_as_by_go(void **state)
{
    char out[LLB__IP_TEXT];

    (void)state;
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
        bool ok = llb__ip_normalize(addresses[i].text, out);
        assert_int_equal(ok, addresses[i].normal != NULL);
        if (ok)
            assert_string_equal(out, addresses[i].normal);
    }
}

static const struct {
    const char *text;
    const char *words[5];
} lines[] = {
    {"a b\tc", {"a", "b", "c"}},     {"'a b' \"c \\\" d\"", {"a b", "c \" d"}},
    {"\"\\n\" a\\ b", {"n", "a b"}}, {"a#b # comment\nc", {"a#b", "c"}},
    {"'' x\"y\"'z'", {"", "xyz"}},   {"$A ; 'b'", {"$A", ";", "b"}},
};

static void command_lines_are_split(void **state)
{
    llb_graph *g = *state;
    const llb_state *base = llb_image(g, "alpine", NULL);

    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        llb_run_opts split = LLB_RUN_OPTS_INIT, given = LLB_RUN_OPTS_INIT;
        split.shlex = lines[i].text;
        given.args = lines[i].words;
        while (lines[i].words[given.n_args])
            given.n_args++;
        assert_true(same_def(llb_exec_root(llb_run(base, &split)),
                             llb_exec_root(llb_run(base, &given))));
    }
}

static void broken_command_lines_are_errors(void **state)
{
    const char *const broken[] = {"a 'b", "a \"b", "a \\", "\"a\\"};
    const llb_state *base = llb_image(*state, "alpine", NULL);
    llb_run_opts o = LLB_RUN_OPTS_INIT;

    for (size_t i = 0; i < 4; i++) {
        o.shlex = broken[i];
        refuse(llb_exec_root(llb_run(base, &o)), LLB_EINVAL, "shlex ends");
    }
    o.shlex = " # nothing";
    refuse(llb_exec_root(llb_run(base, &o)), LLB_EINVAL, "no arguments");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(references_are_written_in_full),
        cmocka_unit_test(remotes_are_read_as_urls),
        cmocka_unit_test(paths_are_cleaned),
        cmocka_unit_test(addresses_are_written_as_by_go),
        GRAPH_TEST(command_lines_are_split),
        GRAPH_TEST(broken_command_lines_are_errors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
