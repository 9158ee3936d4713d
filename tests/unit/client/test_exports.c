/* Which exporter a wish becomes, on which kind of daemon. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "exports.h"

#define CONFIG "{\"os\":\"linux\"}"

static const bk_pair push[] = {{"name", "r/i"}, {"push", "true"}};
static const bk_pair no_push[] = {{"push", "false"}};
static const bk_pair bare_push[] = {{"push", ""}};
static const bk_pair dest[] = {{"dest", "x"}};
static const bk_pair folder[] = {{"tar", "false"}};
static const bk_pair typo[] = {{"compresion", "gzip"}};
static const bk_pair mirror[] = {{"mode", "delete"}};
static const bk_pair own_config[] = {{"containerimage.config", "{}"}};

enum on { BUILDKITD, ENGINE, OLD_ENGINE };

static struct export_case {
    const char *name;
    enum on on;
    bk_export e;
    llb_status st;
    const char *type; /* what is asked for, when it is good */
    bk__target_kind target;
    bool pushes, config, layout;
    const char *words; /* in the message, when it is not */
} cases[] = {
#define E(...)                                                                 \
    {                                                                          \
        __VA_ARGS__                                                            \
    }
    {.name = "local writes a folder",
     .e = E(.type = "local", .dest = "out"),
     .type = "local",
     .target = BK__TARGET_DIR},
    {.name = "tar writes a file",
     .e = E(.type = "tar", .dest = "out.tar"),
     .type = "tar",
     .target = BK__TARGET_FILE},
    {.name = "a dash is standard output",
     .e = E(.type = "tar", .dest = "-"),
     .type = "tar",
     .target = BK__TARGET_FD},
    {.name = "an open file is written to",
     .e = E(.type = "oci", .fd = 7),
     .type = "oci",
     .target = BK__TARGET_FD,
     .config = true},
    {.name = "docker with a place is an archive",
     .e = E(.type = "docker", .dest = "i.tar"),
     .type = "docker",
     .target = BK__TARGET_FILE,
     .config = true},
    {.name = "image stays in a buildkitd",
     .e = E(.type = "image"),
     .type = "image",
     .config = true},
    {.name = "image is pushed by a buildkitd",
     .e = E(.type = "image", .attrs = push, .n_attrs = 2),
     .type = "image",
     .pushes = true,
     .config = true},
    {.name = "push alone is true",
     .e = E(.type = "image", .attrs = bare_push, .n_attrs = 1),
     .type = "image",
     .pushes = true,
     .config = true},
    {.name = "a config of the caller's own stays",
     .e = E(.type = "image", .attrs = own_config, .n_attrs = 1),
     .type = "image"},
    {.name = "image is loaded into an engine",
     .on = OLD_ENGINE,
     .e = E(.type = "image", .attrs = no_push, .n_attrs = 1),
     .type = "moby",
     .config = true},
    {.name = "docker without a place is loaded into an engine",
     .on = ENGINE,
     .e = E(.type = "docker"),
     .type = "moby",
     .config = true},
    {.name = "an engine with containerd's store has docker archives",
     .on = ENGINE,
     .e = E(.type = "docker", .dest = "i.tar"),
     .type = "docker",
     .target = BK__TARGET_FILE,
     .config = true},
    {.name = "and pushes",
     .on = ENGINE,
     .e = E(.type = "image", .attrs = push, .n_attrs = 2),
     .type = "image",
     .pushes = true,
     .config = true},
    {.name = "local is the same on an engine",
     .on = OLD_ENGINE,
     .e = E(.type = "local", .dest = "out"),
     .type = "local",
     .target = BK__TARGET_DIR},
    {.name = "an old engine does not push",
     .on = OLD_ENGINE,
     .e = E(.type = "image", .attrs = push, .n_attrs = 2),
     .st = LLB_EUNSUPPORTED,
     .words = "cannot push"},
    {.name = "an old engine has no oci",
     .on = OLD_ENGINE,
     .e = E(.type = "oci", .dest = "i.tar"),
     .st = LLB_EUNSUPPORTED,
     .words = "type=oci"},
    {.name = "an old engine has no docker archives",
     .on = OLD_ENGINE,
     .e = E(.type = "docker", .dest = "i.tar"),
     .st = LLB_EUNSUPPORTED,
     .words = "type=docker"},
    {.name = "a buildkitd has no moby",
     .e = E(.type = "moby"),
     .st = LLB_EUNSUPPORTED,
     .words = "buildkitd"},
    {.name = "local needs a place",
     .e = E(.type = "local"),
     .st = LLB_EINVAL,
     .words = "dest=FOLDER"},
    {.name = "docker needs a place on a buildkitd",
     .e = E(.type = "docker"),
     .st = LLB_EINVAL,
     .words = "dest=FILE"},
    {.name = "a folder is no stream",
     .e = E(.type = "local", .dest = "-"),
     .st = LLB_EINVAL,
     .words = "type=tar"},
    {.name = "image has no place here",
     .e = E(.type = "image", .dest = "x"),
     .st = LLB_EINVAL,
     .words = "goes nowhere"},
    {.name = "dest is no attribute",
     .e = E(.type = "local", .dest = "x", .attrs = dest, .n_attrs = 1),
     .st = LLB_EINVAL,
     .words = "dest"},
    {.name = "an unknown type",
     .e = E(.type = "locl", .dest = "x"),
     .st = LLB_EINVAL,
     .words = "locl"},
    {.name = "a folder of blobs is a content store",
     .e = E(.type = "oci", .dest = "x", .attrs = folder, .n_attrs = 1),
     .type = "oci",
     .layout = true,
     .config = true},
    {.name = "a folder of blobs is no stream",
     .e = E(.type = "oci", .dest = "-", .attrs = folder, .n_attrs = 1),
     .st = LLB_EINVAL,
     .words = "dest=FOLDER"},
    {.name = "an attribute that is nearly one",
     .e = E(.type = "oci", .dest = "x", .attrs = typo, .n_attrs = 1),
     .st = LLB_EINVAL,
     .words = "did you mean \"compression\"?"},
    {.name = "a folder may be made a mirror",
     .e = E(.type = "local", .dest = "x", .attrs = mirror, .n_attrs = 1),
     .type = "local",
     .target = BK__TARGET_DIR},
    {.name = "not the root",
     .e = E(.type = "local", .dest = "/", .attrs = mirror, .n_attrs = 1),
     .st = LLB_EINVAL,
     .words = "a folder of the system"},
    {.name = "not a folder of the system",
     .e = E(.type = "local", .dest = "/etc/", .attrs = mirror, .n_attrs = 1),
     .st = LLB_EINVAL,
     .words = "a folder of the system"},
    {.name = "not the current folder",
     .e = E(.type = "local", .dest = "./.", .attrs = mirror, .n_attrs = 1),
     .st = LLB_EINVAL,
     .words = "give it a folder of its own"},
};

static const char *config_of(const bk__exporter *x)
{
    for (size_t i = 0; i < x->n_attrs; i++) {
        if (strcmp(x->attrs[i].key, "containerimage.config") == 0)
            return x->attrs[i].value;
    }
    return NULL;
}

static void check_export(void **state)
{
    const struct export_case *c = *state;
    llb__arena *a = llb__arena_new(1 << 20);
    bk_solve_opts o = {
        .exports = &c->e, .n_exports = 1, .image_config = CONFIG};
    bk__exports x = {0};
    llb_error err = {0};

    assert_int_equal(bk__exports_make(a, &o,
                                      c->on == BUILDKITD ? BK_KIND_BUILDKITD
                                                         : BK_KIND_DOCKER,
                                      c->on == OLD_ENGINE, &x, &err),
                     c->st);
    if (c->st == LLB_OK) {
        assert_string_equal(x.list[0].type, c->type);
        assert_int_equal(x.targets[0].kind, c->target);
        assert_int_equal(x.to_client, c->target != BK__TARGET_NONE);
        assert_int_equal(x.pushes, c->pushes);
        assert_int_equal(x.layout != NULL, c->layout);
        assert_int_equal(x.list[0].has_config, c->config);
        if (c->config)
            assert_string_equal(config_of(&x.list[0]), CONFIG);
        assert_int_equal(x.list[0].n_attrs, c->e.n_attrs + c->config);
    } else {
        assert_non_null(strstr(err.message, c->words));
    }
    llb__arena_free(a);
}

static const bk_export two_folders[] = {
    {.type = "oci", .dest = "a", .attrs = folder, .n_attrs = 1},
    {.type = "docker", .dest = "b", .attrs = folder, .n_attrs = 1},
};

static void one_build_writes_one_folder_of_blobs(void **state)
{
    llb__arena *a = llb__arena_new(1 << 20);
    bk_solve_opts o = {.exports = two_folders, .n_exports = 2};
    bk__exports x = {0};
    llb_error err = {0};
    (void)state;

    assert_int_equal(
        bk__exports_make(a, &o, BK_KIND_BUILDKITD, false, &x, &err),
        LLB_EINVAL);
    assert_non_null(strstr(err.message, "both a and b"));
    llb__arena_free(a);
}

int main(void)
{
    enum { N = sizeof cases / sizeof *cases };
    struct CMUnitTest tests[N + 1] = {0};

    tests[N] = (struct CMUnitTest)cmocka_unit_test(
        one_build_writes_one_folder_of_blobs);

    for (size_t i = 0; i < N; i++)
        tests[i] = (struct CMUnitTest){.name = cases[i].name,
                                       .test_func = check_export,
                                       .initial_state = &cases[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
