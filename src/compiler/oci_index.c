#include "oci_index.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bounds.h"
#include "error.h"
#include "file.h"
#include "sha256.h"
#include "eval.h"
#include "json.h"

/* Indexes within indexes; real layouts have one or two. */
enum { MAX_INDEXES = 8 };

/* A whole file of the layout, with a limit; not what a link outside of it or a
 * pipe holds. */
static llb_status read_file(const char *folder, const char *name, char **data,
                            size_t *len, llb_error *err)
{
    char path[4096];

    if (snprintf(path, sizeof(path), "%s/%s", folder, name) >=
        (int)sizeof(path))
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "the path of the layout is too long");
    llb_status st = llbc__path_stays(folder, name);
    if (st == LLB_ENOMEM)
        return llb__fail_nomem(err);
    if (st == LLB_OK)
        st = llb__file_read(path, LLB__MAX_CONFIG, data, len, err);
    return st == LLB_ENOENT
               ? llb__fail(err, st, LLB__NOWHERE, "it has no file \"%s\"", name)
               : st;
}

static llb_status parse(const char *name, const char *data, size_t len,
                        json_t **ret, llb_error *err)
{
    json_error_t why;
    bool nomem;

    *ret = llbc__json_parse(data, len, JSON_REJECT_DUPLICATES, &why, &nomem);
    if (*ret && json_is_object(*ret))
        return LLB_OK;
    if (nomem)
        return llb__fail_nomem(err);
    llb_status st = llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                              "\"%s\" is no JSON object", name);
    json_decref(*ret);
    *ret = NULL;
    return st;
}

/* Whether the bytes have this sum; false too when *ret_nomem. */
static bool has_sum(const char *data, size_t len,
                    const uint8_t want[LLB__SHA256_LEN], bool *ret_nomem)
{
    uint8_t sum[LLB__SHA256_LEN];
    llb__sha256 *h = llb__sha256_new();
    bool good = h && llb__sha256_sum(h, data, len, sum);

    llb__sha256_free(h);
    *ret_nomem = !good;
    return good && memcmp(sum, want, LLB__SHA256_LEN) == 0;
}

/* The bytes of a blob, which are what its digest says. */
static llb_status read_blob(const char *folder, const char *digest, char **data,
                            size_t *len, llb_error *err)
{
    uint8_t sum[LLB__SHA256_LEN];
    char name[128];

    if (!llb__digest_parse(digest, strlen(digest), sum))
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "\"%s\" is no sha256 digest", digest);
    snprintf(name, sizeof(name), "blobs/sha256/%s", digest + 7);
    llb_status st = read_file(folder, name, data, len, err);
    bool nomem = false;
    if (st != LLB_OK || has_sum(*data, *len, sum, &nomem))
        return st;
    free(*data);
    *data = NULL;
    if (nomem)
        return llb__fail_nomem(err);
    return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                     "\"%s\" holds other bytes than its name says", name);
}

static llb_status load_blob(const char *folder, const char *digest,
                            json_t **ret, llb_error *err)
{
    char *data = NULL;
    size_t len;
    llb_status st = read_blob(folder, digest, &data, &len, err);

    if (st == LLB_OK) {
        st = parse(digest, data, len, ret, err);
        free(data);
    }
    return st;
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *s = json_string_value(json_object_get(object, key));

    return s ? s : "";
}

static bool is_index(const json_t *j)
{
    return json_is_array(json_object_get(j, "manifests"));
}

/* How well a descriptor suits the platform: 0 not at all. One that says
 * nothing suits all, one with the wanted variant best. */
static int suits(const json_t *descriptor, const llbc__platform *want)
{
    const json_t *p = json_object_get(descriptor, "platform");
    const char *variant = text_of(p, "variant");

    if (!json_is_object(p))
        return 1;
    if (strcmp(text_of(p, "os"), want->os) != 0 ||
        strcmp(text_of(p, "architecture"), want->arch) != 0)
        return 0;
    if (strcmp(variant, want->variant) == 0)
        return 3;
    /* "v8" of arm64 and "" are one, as containerd's platforms have it. */
    return !*variant || !*want->variant ? 2 : 0;
}

static bool has_tag(const json_t *descriptor, const char *tag)
{
    const json_t *notes = json_object_get(descriptor, "annotations");
    const char *name = text_of(notes, "org.opencontainers.image.ref.name");
    const char *full = text_of(notes, "io.containerd.image.name");
    size_t n = strlen(full), m = strlen(tag);

    return strcmp(name, tag) == 0 ||
           (n > m && full[n - m - 1] == ':' && strcmp(full + n - m, tag) == 0);
}

/* The best descriptor of an index, the first of equals; NULL: none. */
static const json_t *choose(const json_t *index, const llbc__oci_wanted *w,
                            const char *tag, const char *digest)
{
    const json_t *best = NULL, *d;
    int points = 0;
    size_t i;

    json_array_foreach(json_object_get(index, "manifests"), i, d)
    {
        if ((tag && !has_tag(d, tag)) ||
            (digest && strcmp(text_of(d, "digest"), digest) != 0))
            continue;
        int p = suits(d, w->platform);
        if (p > points) {
            points = p;
            best = d;
        }
    }
    return best;
}

/* From an index down to the config of one image. */
static llb_status find_config(const llbc__oci_wanted *w, json_t *doc,
                              llbc__oci_found *ret, llb_error *err)
{
    char digest[128];
    llb_status st = LLB_OK;
    int depth = 0;

    json_incref(doc);
    while (st == LLB_OK && is_index(doc) && depth++ < MAX_INDEXES) {
        const json_t *d = choose(doc, w, NULL, NULL);
        snprintf(digest, sizeof(digest), "%s", d ? text_of(d, "digest") : "");
        json_decref(doc);
        doc = NULL;
        st = d ? load_blob(w->folder, digest, &doc, err)
               : llb__fail(err, LLB_ENOENT, LLB__NOWHERE,
                           "the layout has no image for %s", w->platform->text);
    }
    const json_t *config = json_object_get(doc, "config");
    if (st == LLB_OK && !json_is_object(config))
        st = llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                       "the manifest of the layout names no config");
    if (st == LLB_OK)
        st = read_blob(w->folder, text_of(config, "digest"), &ret->config,
                       &ret->config_len, err);
    json_decref(doc);
    return st;
}

static llb_status not_there(const llbc__oci_wanted *w, llb_error *err)
{
    if (w->digest)
        return llb__fail(err, LLB_ENOENT, LLB__NOWHERE,
                         "index.json lists no image %s for %s", w->digest,
                         w->platform->text);
    if (w->tag)
        return llb__fail(err, LLB_ENOENT, LLB__NOWHERE,
                         "index.json has no image \"%s\" for %s", w->tag,
                         w->platform->text);
    return llb__fail(err, LLB_ENOENT, LLB__NOWHERE,
                     "index.json has no image for %s", w->platform->text);
}

/* Without a tag a layout of several images would give whichever comes first. */
static bool is_ambiguous(const json_t *index, const llbc__oci_wanted *w)
{
    const json_t *d;
    size_t i, n = 0;

    json_array_foreach(json_object_get(index, "manifests"), i, d) n +=
        suits(d, w->platform) > 0;
    return !w->tag && !w->digest && n > 1;
}

static llb_status find_in(const llbc__oci_wanted *w, const json_t *index,
                          llbc__oci_found *ret, llb_error *err)
{
    json_t *doc = NULL;

    if (!is_index(index))
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "index.json lists no manifests");
    const json_t *d = choose(index, w, w->tag, w->digest);
    if (!d)
        return not_there(w, err);
    if (is_ambiguous(index, w))
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "the layout has several images: say tag= or digest=");
    llb_status st = load_blob(w->folder, text_of(d, "digest"), &doc, err);
    if (st == LLB_OK) {
        snprintf(ret->digest, sizeof(ret->digest), "%s", text_of(d, "digest"));
        st = find_config(w, doc, ret, err);
    }
    json_decref(doc);
    return st;
}

llb_status llbc__oci_find(const llbc__oci_wanted *w, llbc__oci_found *ret,
                          llb_error *err)
{
    json_t *index = NULL;
    char *data = NULL;
    size_t len;

    *ret = (llbc__oci_found){.config = NULL};
    llb_status st = read_file(w->folder, "index.json", &data, &len, err);
    if (st == LLB_OK)
        st = parse("index.json", data, len, &index, err);
    if (st == LLB_OK)
        st = find_in(w, index, ret, err);
    json_decref(index);
    free(data);
    return st;
}
