/* Attributes, from one table. A daemon ignores an attribute that it does not
 * know, so a mistyped one would silently do nothing. */
#include "exports_attrs.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "error.h"
#include "pairs.h"

/* Whose attribute it is. */
enum {
    LOCAL = 1 << 0, /* exporters */
    TAR = 1 << 1,
    OCI = 1 << 2,
    DOCKER = 1 << 3,
    IMAGE = 1 << 4,
    MOBY = 1 << 5,
    IMAGES = OCI | DOCKER | IMAGE | MOBY,
    FILES = LOCAL | TAR,
    TO = 1 << 8, /* caches, by direction and type */
    FROM = 1 << 9,
    BOTH = TO | FROM,
    REGISTRY = 1 << 10,
    FOLDER = 1 << 11,
    INLINE = 1 << 12,
    GHA = 1 << 13,
    S3 = 1 << 14,
    AZBLOB = 1 << 15,
    CACHES = REGISTRY | FOLDER | INLINE | GHA | S3 | AZBLOB,
    NEEDED = 1 << 16, /* not to be left out */
};

enum form { TEXT, NOT_EMPTY, BOOL, BOOL_OR_EMPTY, NUMBER };

/* words: what the value is one of, separated by "|"; NULL: form decides. */
static const struct attr {
    const char *key;
    unsigned of;
    enum form form;
    const char *words;
} attrs[] = {
    {"name", IMAGES, TEXT, NULL},
    {"push", IMAGES, BOOL_OR_EMPTY, NULL},
    {"push-by-digest", IMAGE, BOOL_OR_EMPTY, NULL},
    {"registry.insecure", IMAGE, BOOL_OR_EMPTY, NULL},
    {"unpack", IMAGE | MOBY, BOOL_OR_EMPTY, NULL},
    {"store", IMAGE, BOOL_OR_EMPTY, NULL},
    {"dangling-name-prefix", IMAGE | MOBY, TEXT, NULL},
    {"danging-name-empty-only", IMAGE | MOBY, BOOL_OR_EMPTY, NULL},
    {"name-canonical", IMAGE | MOBY, BOOL_OR_EMPTY, NULL},
    {"oci-mediatypes", IMAGES, BOOL, NULL},
    {"oci-artifact", IMAGES, BOOL, NULL},
    {"attestation-inline", IMAGES, BOOL, NULL},
    {"prefer-nondist-layers", IMAGES, BOOL, NULL},
    {"source-date-epoch", IMAGES | FILES, NUMBER, NULL},
    {"rewrite-timestamp", IMAGES, BOOL, NULL},
    {"compression", IMAGES, TEXT, "uncompressed|gzip|estargz|zstd"},
    {"force-compression", IMAGES, BOOL_OR_EMPTY, NULL},
    {"compression-level", IMAGES, NUMBER, NULL},
    {"tar", OCI | DOCKER, BOOL_OR_EMPTY, NULL},
    {"attestation-prefix", FILES, TEXT, NULL},
    {"platform-split", FILES, BOOL, NULL},
    {"mode", FILES, TEXT, "copy|delete"},

    {"mode", TO | CACHES, TEXT, "min|max"},
    {"ignore-error", TO | (CACHES & ~INLINE), BOOL, NULL},
    {"ref", BOTH | REGISTRY | NEEDED, NOT_EMPTY, NULL},
    {"registry.insecure", BOTH | REGISTRY, BOOL, NULL},
    {"oci-mediatypes", TO | REGISTRY | FOLDER, BOOL, NULL},
    {"image-manifest", TO | REGISTRY | FOLDER, BOOL, NULL},
    {"compression", TO | REGISTRY | FOLDER, TEXT,
     "uncompressed|gzip|estargz|zstd"},
    {"force-compression", TO | REGISTRY | FOLDER, BOOL_OR_EMPTY, NULL},
    {"compression-level", TO | REGISTRY | FOLDER, NUMBER, NULL},
    {"dest", TO | FOLDER | NEEDED, NOT_EMPTY, NULL},
    {"reset", TO | FOLDER, BOOL, NULL},
    {"src", FROM | FOLDER | NEEDED, NOT_EMPTY, NULL},
    {"digest", FROM | FOLDER, NOT_EMPTY, NULL},
    {"tag", BOTH | FOLDER, NOT_EMPTY, NULL},
    {"scope", BOTH | GHA, TEXT, NULL},
    {"token", BOTH | GHA | NEEDED, NOT_EMPTY, NULL},
    {"url", BOTH | GHA, TEXT, NULL},
    {"url_v2", BOTH | GHA, TEXT, NULL},
    {"version", BOTH | GHA, TEXT, "1|2"},
    {"timeout", BOTH | GHA, TEXT, NULL},
    {"repository", BOTH | GHA, TEXT, NULL},
    {"ghtoken", BOTH | GHA, TEXT, NULL},
    {"bucket", BOTH | S3, TEXT, NULL},
    {"region", BOTH | S3, TEXT, NULL},
    {"prefix", BOTH | S3 | AZBLOB, TEXT, NULL},
    {"manifests_prefix", BOTH | S3 | AZBLOB, TEXT, NULL},
    {"blobs_prefix", BOTH | S3 | AZBLOB, TEXT, NULL},
    {"name", BOTH | S3 | AZBLOB, TEXT, NULL},
    {"touch_refresh", BOTH | S3, TEXT, NULL},
    {"endpoint_url", BOTH | S3, TEXT, NULL},
    {"access_key_id", BOTH | S3, TEXT, NULL},
    {"secret_access_key", BOTH | S3 | AZBLOB, TEXT, NULL},
    {"session_token", BOTH | S3, TEXT, NULL},
    {"use_path_style", BOTH | S3, BOOL, NULL},
    {"upload_parallelism", BOTH | S3, NUMBER, NULL},
    {"disable_accept_encoding", BOTH | S3, BOOL, NULL},
    {"retry_mode", BOTH | S3, TEXT, "standard|adaptive"},
    {"retry_max_attempts", BOTH | S3, NUMBER, NULL},
    {"account_url", BOTH | AZBLOB, TEXT, NULL},
    {"account_name", BOTH | AZBLOB, TEXT, NULL},
    {"container", BOTH | AZBLOB, TEXT, NULL},
};

static const struct type {
    const char *name;
    unsigned bit;
} exporters[] = {{"local", LOCAL},   {"tar", TAR},     {"oci", OCI},
                 {"docker", DOCKER}, {"image", IMAGE}, {"moby", MOBY}},
  caches[] = {{"registry", REGISTRY}, {"local", FOLDER}, {"inline", INLINE},
              {"gha", GHA},           {"s3", S3},        {"azblob", AZBLOB}};

enum {
    N_ATTRS = sizeof attrs / sizeof *attrs,
    N_TYPES = sizeof exporters / sizeof *exporters,
};
_Static_assert(sizeof caches == sizeof exporters, "types share their count");

static const char *const words_true[] = {"1", "t", "T", "true", "TRUE", "True"};
static const char *const words_false[] = {"0",     "f",     "F",
                                          "false", "FALSE", "False"};
enum { N_WORDS = 6 };

static bool is_one(const char *value, const char *const *words)
{
    for (size_t i = 0; i < N_WORDS; i++) {
        if (strcmp(value, words[i]) == 0)
            return true;
    }
    return false;
}

bool bk__attr_is_true(const char *value)
{
    return value && (!*value || is_one(value, words_true));
}

/* Whether value is one of the words between the bars. */
static bool among(const char *value, const char *words)
{
    size_t len = strlen(value);

    for (const char *w = words; w; w = strchr(w, '|')) {
        w += *w == '|';
        if (strcspn(w, "|") == len && strncmp(w, value, len) == 0)
            return true;
    }
    return false;
}

static bool is_number(const char *s)
{
    s += *s == '-';
    return *s && strspn(s, "0123456789") == strlen(s);
}

static llb_status check_value(const char *what, const struct attr *a,
                              const char *value, llb_error *err)
{
    const char *want = NULL;
    bool good = true;

    if (a->words) {
        good = among(value, a->words);
        want = a->words;
    } else if (a->form == BOOL || a->form == BOOL_OR_EMPTY) {
        good = is_one(value, words_true) || is_one(value, words_false) ||
               (a->form == BOOL_OR_EMPTY && !*value);
        want = "true|false";
    } else if (a->form == NUMBER) {
        good = is_number(value) || (!*value && strstr(a->key, "epoch"));
        want = "a number";
    } else if (a->form == NOT_EMPTY) {
        good = *value != '\0';
        want = "something";
    }
    if (good)
        return LLB_OK;
    return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                     "%s: %s is %s, not \"%.100s\"", what, a->key, want, value);
}

/* How many letters differ, as far as it matters to a suggestion: at most two
 * changed, missing or added in one place. */
static bool is_near(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b), head = 0, tail = 0;

    while (head < n && head < m && a[head] == b[head])
        head++;
    while (tail < n - head && tail < m - head &&
           a[n - 1 - tail] == b[m - 1 - tail])
        tail++;
    return head + tail > 0 && n - head - tail <= 2 && m - head - tail <= 2;
}

static llb_status unknown(const char *what, unsigned of, const char *key,
                          llb_error *err)
{
    char list[400] = "";
    const char *near = NULL;
    size_t len = 0;

    for (size_t i = 0; i < N_ATTRS; i++) {
        if ((attrs[i].of & of) != of)
            continue;
        if (is_near(key, attrs[i].key))
            near = attrs[i].key;
        int n = snprintf(list + len, sizeof list - len, "%s%s", len ? ", " : "",
                         attrs[i].key);
        if (n < 0 || (size_t)n >= sizeof list - len)
            break;
        len += (size_t)n;
    }
    if (near)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "%s has no attribute \"%.60s\"; did you mean \"%s\"?",
                         what, key, near);
    return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                     "%s has no attribute \"%.60s\"; %s%s", what, key,
                     *list ? "there are " : "it takes none", list);
}

/* annotation[-manifest|-index|-manifest-descriptor|-index-descriptor], for
 * manifests perhaps [PLATFORM], then .KEY */
static bool is_annotation(const char *key, bool *ret_good)
{
    static const char *const kinds[] = {
        "", "-manifest", "-index", "-manifest-descriptor", "-index-descriptor"};
    size_t len;

    if (strncmp(key, "annotation", 10) != 0)
        return false;
    key += 10;
    len = strcspn(key, ".[");
    *ret_good = false;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strlen(kinds[i]) != len || strncmp(key, kinds[i], len) != 0)
            continue;
        const char *rest = key + len;
        if (*rest == '[' && (i == 1 || i == 3)) {
            const char *close = strchr(rest, ']');
            rest = close && close > rest + 1 ? close + 1 : "";
        }
        *ret_good = rest[0] == '.' && rest[1];
    }
    return true;
}

static llb_status check(const char *what, unsigned of, const bk_pair *list,
                        size_t n, llb_error *err)
{
    llb_status st = LLB_OK;

    for (size_t i = 0; i < n && st == LLB_OK; i++) {
        const struct attr *a = NULL;
        for (size_t k = 0; k < N_ATTRS; k++) {
            if ((attrs[k].of & of) == of && !strcmp(attrs[k].key, list[i].key))
                a = &attrs[k];
        }
        st = a ? check_value(what, a, list[i].value, err)
               : unknown(what, of, list[i].key, err);
    }
    for (size_t k = 0; k < N_ATTRS && st == LLB_OK; k++) {
        if ((attrs[k].of & of) == of && attrs[k].of & NEEDED &&
            !bk__pairs_get(list, n, attrs[k].key))
            st = llb__fail(err, LLB_EINVAL, LLB__NOWHERE, "%s needs %s=", what,
                           attrs[k].key);
    }
    return st;
}

static unsigned type_bit(const struct type *types, const char *name)
{
    for (size_t i = 0; i < N_TYPES; i++) {
        if (strcmp(types[i].name, name) == 0)
            return types[i].bit;
    }
    return 0;
}

llb_status bk_cache_check(const bk_cache *c, bool to, llb_error *err)
{
    char what[80];
    unsigned bit = type_bit(caches, c->type);

    snprintf(what, sizeof what, "cache type=%s (%s)", c->type,
             to ? "export" : "import");
    if (!bit)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "unknown cache type \"%.60s\"; there are registry, "
                         "local, inline, gha, s3 and azblob",
                         c->type);
    if (bit == INLINE && !to)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "an inline cache is imported from its image: "
                         "type=registry,ref=IMAGE");
    return check(what, bit | (to ? TO : FROM), c->attrs, c->n_attrs, err);
}

/* Unknown attributes with a dot are the result's metadata, as
 * containerimage.config is; others are mistakes. */
llb_status bk_export_check(const bk_export *e, llb_error *err)
{
    char what[40];
    unsigned bit = type_bit(exporters, e->type);
    bool good;

    snprintf(what, sizeof what, "export type=%.10s", e->type);
    if (!bit)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "unknown export type \"%.60s\"; there are local, tar, "
                         "oci, docker and image",
                         e->type);
    for (size_t i = 0; i < e->n_attrs; i++) {
        const bk_pair *p = &e->attrs[i];
        llb_status st = LLB_OK;
        if (bit & IMAGES && is_annotation(p->key, &good)) {
            if (!good)
                st =
                    llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                              "%s: \"%.100s\" is no annotation; write "
                              "annotation.KEY, or annotation-manifest, -index, "
                              "-manifest-descriptor or -index-descriptor, and "
                              "[PLATFORM] before the dot for those of a "
                              "manifest",
                              what, p->key);
        } else if (!(bit & IMAGES && strchr(p->key, '.') &&
                     strcmp(p->key, "registry.insecure") != 0)) {
            st = check(what, bit, p, 1, err);
        }
        if (st != LLB_OK)
            return st;
    }
    return LLB_OK;
}
