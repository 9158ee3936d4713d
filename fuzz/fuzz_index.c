/* Any bytes as the files of an image layout: index.json, then, behind a byte
 * that JSON never has, one manifest after the other. What is found in it is
 * there, and what is put into it is found. */
#include <stdint.h>

#include "scratch.h"
#include "svc_content_index.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { BLOBS = 3, BREAK = 0xff };

/* "sha256:aaa...", the digest of the n-th manifest as far as names go. */
static const char *digest_of(size_t n)
{
    static char text[8 + 64];

    memcpy(text, "sha256:", 7);
    memset(text + 7, 'a' + (int)n, 64);
    return text;
}

static void write_layout(const uint8_t *data, size_t len)
{
    char name[100];

    scratch_new();
    scratch_must(mkdir(scratch_at("blobs"), 0700) == 0);
    scratch_must(mkdir(scratch_at("blobs/sha256"), 0700) == 0);
    for (size_t i = 0; i <= BLOBS; i++) {
        const uint8_t *end = len ? memchr(data, BREAK, len) : NULL;
        size_t n = end ? (size_t)(end - data) : len;
        if (i > 0)
            snprintf(name, sizeof name, "blobs/sha256/%s",
                     digest_of(i - 1) + 7);
        scratch_write(i ? name : "index.json", data, n);
        if (!end)
            return;
        data += n + 1;
        len -= n + 1;
    }
}

static void put(const char *dir)
{
    char found[BK__BLOB_DIGEST];
    json_t *desc;

    if (bk__layout_describe(dir, digest_of(0), &desc, NULL) != LLB_OK)
        return;
    /* A broken index is refused and left alone. */
    if (bk__layout_put(dir, desc, "h/n:t,h/n", NULL, NULL) == LLB_OK) {
        scratch_must(bk__layout_find(dir, "t", found, NULL) == LLB_OK);
        scratch_must(strcmp(found, digest_of(0)) == 0);
        scratch_must(bk__layout_find(dir, "latest", found, NULL) == LLB_OK);
    }
    json_decref(desc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    char found[BK__BLOB_DIGEST];
    llb_error err = {0};

    write_layout(data, len);
    const char *dir = scratch_path;
    if (bk__layout_find(dir, "t", found, &err) == LLB_OK) {
        scratch_must(bk__blob_is_digest(found));
        bk__layout_complete(dir, found, NULL);
    } else {
        scratch_must(strstr(err.message, dir) != NULL);
    }
    bk__layout_complete(dir, digest_of(0), NULL);
    put(dir);
    bk__layout_prune(dir, NULL);
    return 0;
}
