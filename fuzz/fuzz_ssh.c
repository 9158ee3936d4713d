/* Any bytes as a key file, and as a request of a step to our agent. A refused
 * file is named; an answer is one whole message. A key that is taken is listed
 * and, if its numbers allow, signs. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <openssl/err.h>

#include "file.h"
#include "ssh_agent.h"
#include "ssh_key_file.h"
#include "ssh_wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(int good)
{
    if (!good)
        abort();
}

/* What our agent answers; it is one whole message. Its type. */
static int ask(bk__ssh_key *const *keys, size_t n, llb__bytes request,
               llb__buf *out)
{
    out->len = 0;
    bk__ssh_agent_answer(keys, n, request, out);
    bk__ssh_in in =
        bk__ssh_in_of((llb__bytes){(const uint8_t *)out->data, out->len});
    check(bk__ssh_u32(&in) == in.len && in.len > 0);
    return *in.data;
}

static void use_key(bk__ssh_key *key)
{
    llb__buf request = LLB__BUF_INIT, out = LLB__BUF_INIT;
    llb__bytes blob = bk__ssh_key_blob(key);

    check(ask(&key, 1, (llb__bytes){(const uint8_t *)"\13", 1}, &out) == 12);
    check(memmem(out.data, out.len, blob.data, blob.len) != NULL);
    llb__buf_addc(&request, 13);
    bk__ssh_put(&request, blob.data, blob.len);
    bk__ssh_put_text(&request, "data");
    bk__ssh_put_u32(&request, 2);
    int type =
        ask(&key, 1, (llb__bytes){(const uint8_t *)request.data, request.len},
            &out);
    check(type == 14 || type == 5);
    llb__buf_clear(&request);
    llb__buf_clear(&out);
}

/* The whole way from a file; large numbers only cost time. */
static void try_key(const uint8_t *data, size_t len)
{
    char path[40];
    bk__ssh_key *key;
    int fd = memfd_create("key", MFD_CLOEXEC);

    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    check(fd >= 0 && llb__write_full(fd, data, len));
    if (bk__ssh_key_read(path, &key, NULL) == LLB_OK) {
        if (bk__ssh_key_blob(key).len < 600)
            use_key(key);
        bk__ssh_key_free(key);
    }
    check(ERR_peek_error() == 0); /* others would find it */
    close(fd);
}

static void try_file(const uint8_t *data, size_t len)
{
    EVP_PKEY *pkey = NULL;
    char *comment = NULL;
    llb_error err = {0};

    if (bk__ssh_key_parse("FILE", (const char *)data, len, &pkey, &comment,
                          &err) == LLB_OK) {
        EVP_PKEY_free(pkey);
        try_key(data, len);
    } else
        check(err.status == LLB_ENOMEM || strstr(err.message, "\"FILE\""));
    free(comment);
}

static void try_request(const uint8_t *data, size_t len)
{
    llb__buf out = LLB__BUF_INIT;
    int type = ask(NULL, 0, (llb__bytes){data, len}, &out);

    check(type == 5 || (type == 12 && len > 0 && *data == 11));
    llb__buf_clear(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    try_file(data, len);
    try_request(data, len);
    return 0;
}
