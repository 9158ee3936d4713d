/* Attributes of exporters and caches against what BuildKit has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <llb/client.h>

enum what { EXPORT, IMPORT_CACHE, EXPORT_CACHE };

/* words NULL: it is good; else they are in the message. */
static struct attr_case {
    const char *name;
    enum what what;
    const char *type;
    bk_pair attrs[3];
    const char *words;
} cases[] = {
    {"an annotation", EXPORT, "oci", {{"annotation.a.b", "x"}}, NULL},
    {"an annotation of a platform's manifest",
     EXPORT,
     "image",
     {{"annotation-manifest[linux/arm64].a", "x"}},
     NULL},
    {"an annotation of an index has no platform",
     EXPORT,
     "image",
     {{"annotation-index[linux/arm64].a", "x"}},
     "no annotation"},
    {"an annotation without a key",
     EXPORT,
     "image",
     {{"annotation-index.", "x"}},
     "no annotation"},
    {"a kind of annotation that there is not",
     EXPORT,
     "image",
     {{"annotation-layer.a", "x"}},
     "no annotation"},
    {"metadata of the result", EXPORT, "oci", {{"image.name", "x"}}, NULL},
    {"an empty boolean", EXPORT, "image", {{"push", ""}}, NULL},
    {"a boolean that is none",
     EXPORT,
     "image",
     {{"push", "yes"}},
     "push is true|false, not \"yes\""},
    {"a word that there is not",
     EXPORT,
     "oci",
     {{"compression", "lz4"}},
     "gzip|estargz"},
    {"a number that is none",
     EXPORT,
     "oci",
     {{"compression-level", "max"}},
     "a number"},
    {"an image's attribute on a folder",
     EXPORT,
     "local",
     {{"compression", "zstd"}},
     "no attribute \"compression\""},
    {"a folder is split", EXPORT, "local", {{"platform-split", "false"}}, NULL},
    {"a registry cache",
     IMPORT_CACHE,
     "registry",
     {{"ref", "r/i"}, {"registry.insecure", "true"}},
     NULL},
    {"a registry cache without ref", EXPORT_CACHE, "registry", {{0}}, "ref="},
    {"a local import without src", IMPORT_CACHE, "local", {{0}}, "src="},
    {"a local import with dest",
     IMPORT_CACHE,
     "local",
     {{"src", "x"}, {"dest", "x"}},
     "no attribute \"dest\""},
    {"a local export", EXPORT_CACHE, "local", {{"dest", "x"}}, NULL},
    {"an empty folder", EXPORT_CACHE, "local", {{"dest", ""}}, "dest"},
    {"an inline cache takes a mode", EXPORT_CACHE, "inline", {{0}}, NULL},
    {"an inline cache is not imported", IMPORT_CACHE, "inline", {{0}}, "ref="},
    {"a mode of two",
     EXPORT_CACHE,
     "s3",
     {{"mode", "most"}},
     "mode is min|max"},
    {"an import has no mode",
     IMPORT_CACHE,
     "gha",
     {{"token", "t"}, {"mode", "max"}},
     "no attribute \"mode\""},
    {"nearly an attribute of s3",
     EXPORT_CACHE,
     "s3",
     {{"buckets", "b"}},
     "did you mean \"bucket\"?"},
    {"nearly an attribute of azblob",
     IMPORT_CACHE,
     "azblob",
     {{"acount_url", "u"}},
     "did you mean \"account_url\"?"},
    {"a cache of another kind", EXPORT_CACHE, "ftp", {{0}}, "unknown cache"},
};

static void check_attrs(void **state)
{
    const struct attr_case *c = *state;
    size_t n = 0;
    llb_error err = {0};

    while (n < 3 && c->attrs[n].key)
        n++;
    bk_export e = {.type = c->type, .attrs = c->attrs, .n_attrs = n};
    bk_cache cache = {c->type, c->attrs, n};
    llb_status st = c->what == EXPORT
                        ? bk_export_check(&e, &err)
                        : bk_cache_check(&cache, c->what == EXPORT_CACHE, &err);
    assert_int_equal(st, c->words ? LLB_EINVAL : LLB_OK);
    if (c->words && !strstr(err.message, c->words))
        fail_msg("%s", err.message);
}

int main(void)
{
    enum { N = sizeof cases / sizeof *cases };
    struct CMUnitTest tests[N] = {0};

    for (size_t i = 0; i < N; i++)
        tests[i] = (struct CMUnitTest){.name = cases[i].name,
                                       .test_func = check_attrs,
                                       .initial_state = &cases[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
