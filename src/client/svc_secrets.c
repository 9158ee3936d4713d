/* The Secrets service. */
#include "svc_secrets.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "bounds.h"
#include "packet.h"

struct secret {
    char *id;
    char *path; /* NULL: data has it */
    char *data;
    size_t len;
};

struct secrets {
    bk__service service;
    struct secret *items;
    size_t n;
};

static void wipe(char *data, size_t len)
{
    if (data)
        explicit_bzero(data, len);
    free(data);
}

static llb_status fail_too_large(llb_error *err, const struct secret *s)
{
    return llb__fail(err, LLB_ELIMIT, LLB__NOWHERE,
                     "secret \"%s\" is larger than the limit of 500 KiB",
                     s->id);
}

static llb_status fail_errno(llb_error *err, const struct secret *s)
{
    int e = errno;

    return llb__fail(err, e == ENOENT ? LLB_ENOENT : LLB_EIO, LLB__NOWHERE,
                     "cannot read \"%s\" for secret \"%s\": %s", s->path, s->id,
                     strerror(e));
}

/* A pipe gives its bytes once, and more than one step may ask. */
static llb_status fail_no_file(llb_error *err, const struct secret *s)
{
    return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                     "\"%s\" for secret \"%s\" is no file that can be read "
                     "again; read it and give what is in it",
                     s->path, s->id);
}

/* Reads all of fd into out, which has one byte more than the limit. */
static llb_status read_all(const struct secret *s, int fd, char *out,
                           size_t *ret_len, llb_error *err)
{
    size_t len = 0;

    while (len <= LLB__MAX_SECRET) {
        ssize_t n = read(fd, out + len, LLB__MAX_SECRET + 1 - len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail_errno(err, s);
        if (n == 0) {
            *ret_len = len;
            return LLB_OK;
        }
        len += (size_t)n;
    }
    return fail_too_large(err, s);
}

/* Reads the secret's file; *ret_data is LLB__MAX_SECRET + 1 bytes of memory,
 * which the caller wipes. */
static llb_status read_file(const struct secret *s, char **ret_data,
                            size_t *ret_len, llb_error *err)
{
    char *data = malloc(LLB__MAX_SECRET + 1);

    if (!data)
        return llb__fail_nomem(err);
    /* O_NONBLOCK: somebody may have put a FIFO there. */
    int fd = open(s->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat sys;
    llb_status st = LLB_OK;
    if (fd < 0 || fstat(fd, &sys) < 0)
        st = fail_errno(err, s);
    else if (!S_ISREG(sys.st_mode))
        st = fail_no_file(err, s);
    else
        st = read_all(s, fd, data, ret_len, err);
    if (fd >= 0)
        close(fd);
    if (st == LLB_OK)
        *ret_data = data;
    else
        wipe(data, LLB__MAX_SECRET + 1);
    return st;
}

static const struct secret *find(const struct secrets *t, llb__bytes id)
{
    for (size_t i = 0; i < t->n; i++) {
        const struct secret *s = &t->items[i];
        if (strlen(s->id) == id.len && memcmp(s->id, id.data, id.len) == 0)
            return s;
    }
    return NULL;
}

static bool answer(bk__stream *stream, const char *data, size_t len)
{
    return bk__stream_send_data(stream,
                                (llb__bytes){(const uint8_t *)data, len});
}

static bk__rpc_status serve_secret(const struct secret *s, bk__stream *stream)
{
    llb_error err;
    char *data = NULL;
    size_t len = 0;
    bool sent;

    if (s->path) {
        if (read_file(s, &data, &len, &err) != LLB_OK)
            return bk__rpc_fail(BK__RPC_UNKNOWN, "%s", err.message);
        sent = answer(stream, data, len);
        wipe(data, LLB__MAX_SECRET + 1);
    } else {
        sent = answer(stream, s->data, s->len);
    }
    return sent ? bk__rpc_ok() : bk__rpc_cut();
}

static bk__rpc_status get_secret(bk__service *svc, bk__stream *stream)
{
    const struct secrets *t = (const struct secrets *)svc;
    llb__bytes request, id;

    if (stream->ops->recv(stream, &request) <= 0)
        return bk__rpc_cut();
    if (!bk__field1_parse(request, &id))
        return bk__rpc_fail(BK__RPC_INVALID_ARGUMENT,
                            "the request is no GetSecretRequest");
    const struct secret *s = find(t, id);
    if (!s) /* this very code lets an optional secret pass */
        return bk__rpc_fail(BK__RPC_NOT_FOUND, "secret \"%.*s\" was not given",
                            id.len > 200 ? 200 : (int)id.len,
                            id.len ? (const char *)id.data : "");
    return serve_secret(s, stream);
}

static const bk__method methods[] = {
    {"/moby.buildkit.secrets.v1.Secrets/GetSecret", get_secret},
};

static void secrets_free(bk__service *svc)
{
    struct secrets *t = (struct secrets *)svc;

    for (size_t i = 0; i < t->n; i++) {
        free(t->items[i].id);
        free(t->items[i].path);
        wipe(t->items[i].data, t->items[i].len);
    }
    free(t->items);
    free(t);
}

static llb_status copy_data(struct secret *s, llb__bytes data, llb_error *err)
{
    if (data.len > LLB__MAX_SECRET)
        return fail_too_large(err, s);
    s->data = malloc(data.len + 1);
    if (!s->data)
        return llb__fail_nomem(err);
    if (data.len)
        memcpy(s->data, data.data, data.len);
    s->len = data.len;
    return LLB_OK;
}

static llb_status take_env(struct secret *s, const char *env, llb_error *err)
{
    const char *value = getenv(env);

    if (!value)
        return llb__fail(err, LLB_ENOENT, LLB__NOWHERE,
                         "environment variable %s, which secret \"%s\" is to "
                         "come from, is not set",
                         env, s->id);
    return copy_data(s, (llb__bytes){(const uint8_t *)value, strlen(value)},
                     err);
}

/* Finds out now what would fail in the middle of the build. */
static llb_status check_file(struct secret *s, const char *path, llb_error *err)
{
    struct stat st;

    s->path = strdup(path);
    if (!s->path)
        return llb__fail_nomem(err);
    if (stat(path, &st) < 0 || access(path, R_OK) < 0)
        return fail_errno(err, s);
    if (S_ISDIR(st.st_mode))
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "\"%s\" for secret \"%s\" is a folder", path, s->id);
    if (!S_ISREG(st.st_mode))
        return fail_no_file(err, s);
    if (st.st_size > (off_t)LLB__MAX_SECRET)
        return fail_too_large(err, s);
    return LLB_OK;
}

static llb_status add(struct secrets *t, const bk__secret *given,
                      llb_error *err)
{
    struct secret *s = &t->items[t->n];
    llb__bytes id = {(const uint8_t *)given->id, strlen(given->id)};

    if (id.len == 0)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE, "a secret has no id");
    if (find(t, id))
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "secret \"%s\" is given twice", given->id);
    s->id = strdup(given->id);
    if (!s->id)
        return llb__fail_nomem(err);
    t->n++;
    switch (given->kind) {
    case BK__SECRET_FILE:
        return check_file(s, given->path, err);
    case BK__SECRET_ENV:
        return take_env(s, given->env, err);
    case BK__SECRET_DATA:
        return copy_data(s, given->data, err);
    }
    return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                     "secret \"%s\" is of no known kind", given->id);
}

llb_status bk__svc_secrets_new(const bk__secret *secrets, size_t n,
                               bk__service **ret, llb_error *err)
{
    struct secrets *t = calloc(1, sizeof *t);
    llb_status st = LLB_OK;

    if (!t)
        return llb__fail_nomem(err);
    t->service =
        (bk__service){methods, sizeof methods / sizeof *methods, secrets_free};
    t->items = calloc(n + 1, sizeof *t->items);
    if (!t->items)
        st = llb__fail_nomem(err);
    for (size_t i = 0; st == LLB_OK && i < n; i++)
        st = add(t, &secrets[i], err);
    if (st != LLB_OK) {
        secrets_free(&t->service);
        return st;
    }
    *ret = &t->service;
    return LLB_OK;
}
