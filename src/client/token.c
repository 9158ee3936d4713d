/* Fetching tokens; the requests are those of containerd's
 * remotes/docker/auth. */
#define _XOPEN_SOURCE 700 /* strptime() */
#include "token.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <jansson.h>

#include "error.h"
#include "http_token.h"
#include "wipe.h"

enum { DEFAULT_SECONDS = 60 };

struct fetch {
    const bk__token_request *r;
    const bk__login *login;
    llb__arena *a;
};

/* The server's address without user, query and fragment. */
static const char *show_realm(const struct fetch *f)
{
    const char *realm = f->r->realm, *scheme = strstr(realm, "://");
    const char *host = scheme ? scheme + 3 : realm;
    size_t len = strcspn(host, "?#");
    const char *at = memrchr(host, '@', len);

    if (at) {
        len -= (size_t)(at + 1 - host);
        host = at + 1;
    }
    const char *text = llb__arena_printf(f->a, "%.*s%.*s",
                                         (int)(scheme ? scheme + 3 - realm : 0),
                                         realm, (int)len, host);
    return text ? text : "the token server";
}

static llb_status send_request(const struct fetch *f, bk__http_request *q,
                               long *ret_status, llb__buf *body, llb_error *err)
{
    llb_error why = {0};

    q->url = f->r->realm;
    q->is_over = f->r->is_over;
    q->arg = f->r->arg;
    llb_status st = bk__http_send(q, ret_status, body, &why);
    if (st == LLB_OK)
        return st;
    return llb__fail(err, st, LLB__NOWHERE, "token server %.200s: %s",
                     show_realm(f), why.message);
}

static const char *join_scopes(const struct fetch *f)
{
    const char *text = "";

    for (size_t i = 0; i < f->r->n_scopes && text; i++)
        text = llb__arena_printf(f->a, "%s%s%s", text, *text ? " " : "",
                                 f->r->scopes[i]);
    return text;
}

static llb_status post(const struct fetch *f, long *ret_status, llb__buf *body,
                       llb_error *err)
{
    bool by_token = !*f->login->username;
    const char *scopes = join_scopes(f);
    bk__http_field fields[6] = {
        {"grant_type", by_token ? "refresh_token" : "password"}};
    size_t n = 1;

    if (!scopes)
        return llb__fail_nomem(err);
    if (by_token) {
        fields[n++] = (bk__http_field){"refresh_token", f->login->secret};
    } else {
        fields[n++] = (bk__http_field){"username", f->login->username};
        fields[n++] = (bk__http_field){"password", f->login->secret};
    }
    fields[n++] = (bk__http_field){"client_id", "buildkit-client"};
    fields[n++] = (bk__http_field){"service", f->r->service};
    if (*scopes)
        fields[n++] = (bk__http_field){"scope", scopes};
    return send_request(
        f, &(bk__http_request){.post = true, .fields = fields, .n_fields = n},
        ret_status, body, err);
}

static llb_status get(const struct fetch *f, long *ret_status, llb__buf *body,
                      llb_error *err)
{
    bk__http_field *fields =
        llb__arena_array(f->a, f->r->n_scopes + 1, sizeof *fields);
    size_t n = 0;

    if (!fields)
        return llb__fail_nomem(err);
    if (*f->r->service)
        fields[n++] = (bk__http_field){"service", f->r->service};
    for (size_t i = 0; i < f->r->n_scopes; i++)
        fields[n++] = (bk__http_field){"scope", f->r->scopes[i]};
    return send_request(f,
                        &(bk__http_request){.fields = fields,
                                            .n_fields = n,
                                            .username = f->login->username,
                                            .password = f->login->secret},
                        ret_status, body, err);
}

/* Some servers do not know POST, and say so in one of these ways. */
static bool knows_no_post(const struct fetch *f, long status)
{
    return status == 404 || status == 401 ||
           (status == 405 && *f->login->username);
}

/* Seconds since 1970 of "2006-01-02T15:04:05Z" and its like; 0: none. */
static int64_t read_time(const char *text)
{
    struct tm tm = {0};

    return text && strptime(text, "%Y-%m-%dT%H:%M:%S", &tm)
               ? (int64_t)timegm(&tm)
               : 0;
}

bool bk__token_read(llb__bytes answer, llb__arena *a, bk__token *ret)
{
    const char *token = "", *access = "", *issued = NULL;
    json_int_t seconds = 0;
    json_t *o = json_loadb((const char *)answer.data, answer.len, 0, NULL);

    json_unpack(o, "{s?s}", "token", &token);
    json_unpack(o, "{s?s}", "access_token", &access);
    json_unpack(o, "{s?s}", "issued_at", &issued);
    json_unpack(o, "{s?I}", "expires_in", &seconds);
    ret->text = llb__arena_strdup(a, *access ? access : token);
    ret->expires_in = seconds > 0 ? seconds : DEFAULT_SECONDS;
    ret->issued_at = read_time(issued);
    bk__wipe_json(o);
    return ret->text != NULL;
}

static llb_status read_answer(const struct fetch *f, const llb__buf *body,
                              bk__token *ret, llb_error *err)
{
    const char *data = body->data ? body->data : "";

    if (!bk__token_read((llb__bytes){(const uint8_t *)data, body->len}, f->a,
                        ret))
        return llb__fail_nomem(err);
    if (*ret->text)
        return LLB_OK;
    return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                     "token server %.200s: there is no token in its answer",
                     show_realm(f));
}

llb_status bk__token_fetch(const bk__token_request *r, const bk__login *login,
                           llb__arena *a, bk__token *ret, llb_error *err)
{
    struct fetch f = {r, login, a};
    llb__buf body = LLB__BUF_INIT;
    long status = 0;
    llb_status st = post(&f, &status, &body, err);

    if (st == LLB_OK && knows_no_post(&f, status)) {
        bk__wipe_buf(&body);
        st = get(&f, &status, &body, err);
    }
    if (st == LLB_OK && (status < 200 || status > 299))
        st = llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                       "token server %.200s: it answers with status %ld%s",
                       show_realm(&f), status,
                       status == 401 || status == 403 ? ", the login is refused"
                                                      : "");
    if (st == LLB_OK)
        st = read_answer(&f, &body, ret, err);
    bk__wipe_buf(&body);
    return st;
}
