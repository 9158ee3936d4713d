/* The Auth service. A daemon that is refused by a registry asks, in this
 * order: GetTokenAuthority, which gives it a key if we have a login and fetch
 * tokens; FetchToken then, or Credentials. */
#include "svc_auth.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <filesync.pb-c.h>

#include "dial.h"
#include "error.h"
#include "http_token.h"
#include "login.h"
#include "token.h"
#include "token_key.h"
#include "wipe.h"
#include "wire.h"

enum {
    HELPER_MS = 30 * 1000,
    MAX_HOSTS = 256,                /* that a daemon may ask for */
    MAX_NAME = 300,                 /* of a host: a name and a port */
    FRESH_MS = (4 * 60 + 50) * 1000 /* logins may be short-lived */
};

/* A host that was asked for. */
struct host {
    struct host *next;
    char *name;
    bool told;  /* that it is refused */
    bool known; /* looked up: login or failure has it */
    int64_t until;
    llb__arena *a; /* of login */
    bk__login login;
    llb_error failure; /* status LLB_OK: none */
};

struct auth {
    bk__service service;
    bk__auth_opts o;            /* without the hosts */
    pthread_mutex_t allow_lock; /* over the next four */
    llb__arena *a;
    const char *allowed[MAX_HOSTS];
    size_t n_allowed;
    bool any_host;
    pthread_mutex_t lock; /* over all below, while helpers run too */
    bk__docker_config *config;
    struct host *hosts;
    size_t n;
};

static const bk__login nobody = {"", "", ""};

/* A request, taken apart, and where it came from. */
struct request {
    struct auth *t;
    bk__stream *s;
    ProtobufCMessage *message;
};

static bool is_over(void *stream)
{
    bk__stream *s = stream;

    return s->ops->is_over(s);
}

static bool has_host(const struct auth *t, const char *name)
{
    for (size_t i = 0; i < t->n_allowed; i++)
        if (bk__docker_same_host(t->allowed[i], name))
            return true;
    return t->any_host;
}

static bool is_allowed(struct auth *t, const char *name)
{
    pthread_mutex_lock(&t->allow_lock);
    bool allowed = has_host(t, name);
    pthread_mutex_unlock(&t->allow_lock);
    return allowed;
}

void bk__svc_auth_allow(bk__service *svc, const char *host)
{
    struct auth *t = (struct auth *)svc;

    pthread_mutex_lock(&t->allow_lock);
    if (!host)
        t->any_host = true;
    else if (t->n_allowed < MAX_HOSTS && !has_host(t, host)) {
        char *copy = llb__arena_strdup(t->a, host);
        if (copy)
            t->allowed[t->n_allowed++] = copy;
    }
    pthread_mutex_unlock(&t->allow_lock);
}

/* The entry of a host, by the lock. NULL: no memory, or too many. */
static struct host *host_of(struct auth *t, const char *name)
{
    for (struct host *h = t->hosts; h; h = h->next)
        if (strcmp(h->name, name) == 0)
            return h;
    struct host *h = t->n < MAX_HOSTS ? calloc(1, sizeof *h) : NULL;
    if (!h)
        return NULL;
    h->name = strdup(name);
    h->a = llb__arena_new(1 << 20);
    if (!h->name || !h->a) {
        free(h->name);
        llb__arena_free(h->a);
        free(h);
        return NULL;
    }
    h->next = t->hosts;
    t->hosts = h;
    t->n++;
    return h;
}

static void wipe_login(struct host *h)
{
    if (h->known) {
        bk__wipe_text(h->login.secret);
        bk__wipe_text(h->login.registry_token);
    }
    llb__arena_clear(h->a);
    h->known = false;
}

static llb_status look_up(struct request *r, struct host *h, llb_error *err)
{
    struct auth *t = r->t;
    bk__wanted w = {is_over, r->s, t->o.helper_ms};
    bk__docker_config *config = NULL;

    if (is_over(r->s)) /* it may have waited for the lock for long */
        return llb__fail(err, LLB_ECANCELED, LLB__NOWHERE, "cancelled");
    /* Anew, since somebody may have logged in meanwhile. */
    llb_status st = bk__docker_config_read(t->o.config_dir, &config, err);
    if (st != LLB_OK)
        return st;
    bk__docker_config_free(t->config);
    t->config = config;
    return bk__login_find(config, h->name, &w, h->a, &h->login, err);
}

/* What may be the name of a host, and is kept and shown to people. */
static bool is_name(const char *s)
{
    size_t len = strnlen(s, MAX_NAME + 1);

    for (size_t i = 0; i < len; i++)
        if ((unsigned char)s[i] <= ' ' || s[i] == 127)
            return false;
    return len <= MAX_NAME;
}

/* The login of a host; it lives as long as the lock is held. What failed once
 * fails again at once: a helper that hangs would hang for every image. */
static llb_status login_of(struct request *r, const char *name,
                           const bk__login **ret, llb_error *err)
{
    if (!is_name(name)) {
        *ret = &nobody;
        return LLB_OK;
    }
    struct host *h = host_of(r->t, name);
    if (!h)
        return llb__fail_nomem(err);
    if (!is_allowed(r->t, name)) {
        if (!h->told && r->t->o.refused)
            r->t->o.refused(r->t->o.arg, name);
        h->told = true;
        *ret = &nobody;
        return LLB_OK;
    }
    if (h->known && bk__now_ms() > h->until)
        wipe_login(h);
    if (!h->known) {
        h->failure.status = LLB_OK;
        llb_status st = look_up(r, h, &h->failure);
        if (st == LLB_ECANCELED || st == LLB_ENOMEM) {
            *err = h->failure;
            return st;
        }
        h->known = true;
        h->until = bk__now_ms() + FRESH_MS;
    }
    if (h->failure.status != LLB_OK) {
        *err = h->failure;
        return err->status;
    }
    *ret = &h->login;
    return LLB_OK;
}

static bool is_empty(const bk__login *l)
{
    return !*l->secret && !*l->registry_token;
}

/* ---- calls ---- */

static bk__rpc_status failed(const llb_error *err)
{
    return bk__rpc_fail(err->status == LLB_ECANCELED ? BK__RPC_CANCELED
                                                     : BK__RPC_UNKNOWN,
                        "%s", err->message);
}

static bk__rpc_status send_message(bk__stream *s, const ProtobufCMessage *m)
{
    uint8_t *data;
    size_t len;
    llb_error err = {0};

    if (bk__pack(m, &data, &len, &err) != LLB_OK)
        return failed(&err);
    bool sent = s->ops->send(s, &(llb__bytes){data, len}, 1);
    explicit_bzero(data, len);
    free(data);
    return sent ? bk__rpc_ok() : bk__rpc_cut();
}

/* Receives the request, has it answered by the lock, and frees it. */
static bk__rpc_status serve(bk__service *svc, bk__stream *s,
                            const ProtobufCMessageDescriptor *type,
                            bk__rpc_status (*answer)(struct request *r))
{
    struct request r = {.t = (struct auth *)svc, .s = s};
    llb__bytes bytes;
    llb_error err = {0};

    if (s->ops->recv(s, &bytes) <= 0)
        return bk__rpc_cut();
    if (bk__unpack(type, bytes, "request", &r.message, &err) != LLB_OK)
        return bk__rpc_fail(BK__RPC_INVALID_ARGUMENT, "%s", err.message);
    pthread_mutex_lock(&r.t->lock);
    bk__rpc_status st = answer(&r);
    pthread_mutex_unlock(&r.t->lock);
    bk__free(r.message);
    return st;
}

/* protobuf-c's strings are not const, and it does not write to them. */
static char *lend(const char *text) { return (char *)(uintptr_t)text; }

static bk__rpc_status answer_credentials(struct request *r)
{
    const Bk__Filesync__CredentialsRequest *q =
        (const Bk__Filesync__CredentialsRequest *)r->message;
    Bk__Filesync__CredentialsResponse m =
        BK__FILESYNC__CREDENTIALS_RESPONSE__INIT;
    const bk__login *login;
    llb_error err = {0};

    if (login_of(r, bk__text(q->host), &login, &err) != LLB_OK)
        return failed(&err);
    m.username = lend(login->username);
    m.secret = lend(login->secret);
    return send_message(r->s, &m.base);
}

/* Unimplemented has the daemon go on by itself, without or with Credentials.
 */
static bk__rpc_status by_yourself(const char *why)
{
    return bk__rpc_fail(BK__RPC_UNIMPLEMENTED, "%s", why);
}

static bool no_tokens(void)
{
    const char *value = getenv("BUILDKIT_NO_CLIENT_TOKEN");

    return value && (strcmp(value, "true") == 0 || strcmp(value, "1") == 0);
}

/* The key for host. NULL: st says why not. */
static EVP_PKEY *key_of(struct request *r, const char *host,
                        ProtobufCBinaryData salt, bk__rpc_status *st)
{
    const bk__login *login;
    llb_error err = {0};
    uint8_t seed[BK__SEED_LEN];
    EVP_PKEY *key = NULL;

    if (no_tokens()) {
        *st = bk__rpc_fail(BK__RPC_UNAVAILABLE,
                           "BUILDKIT_NO_CLIENT_TOKEN is set");
    } else if (login_of(r, host, &login, &err) != LLB_OK) {
        *st = failed(&err);
    } else if (is_empty(login)) {
        *st = by_yourself("there is no login for this host");
    } else if (!*login->registry_token && !bk__http_works()) {
        *st = by_yourself("there is no libcurl to fetch tokens with");
    } else if (bk__token_seed(bk__docker_config_dir(r->t->config), host, seed,
                              &err) != LLB_OK) {
        *st = failed(&err);
    } else {
        key = bk__token_key((llb__bytes){salt.data, salt.len},
                            (llb__bytes){seed, sizeof seed});
        if (!key)
            *st = bk__rpc_fail(BK__RPC_INTERNAL, "libcrypto makes no key");
    }
    explicit_bzero(seed, sizeof seed);
    return key;
}

static bk__rpc_status answer_authority(struct request *r)
{
    const Bk__Filesync__GetTokenAuthorityRequest *q =
        (const Bk__Filesync__GetTokenAuthorityRequest *)r->message;
    Bk__Filesync__GetTokenAuthorityResponse m =
        BK__FILESYNC__GET_TOKEN_AUTHORITY_RESPONSE__INIT;
    uint8_t public[BK__PUBLIC_LEN];
    bk__rpc_status st = bk__rpc_ok();
    EVP_PKEY *key = key_of(r, bk__text(q->host), q->salt, &st);

    if (!key)
        return st;
    m.publickey = (ProtobufCBinaryData){sizeof public, public};
    st = bk__token_key_public(key, public)
             ? send_message(r->s, &m.base)
             : bk__rpc_fail(BK__RPC_INTERNAL, "libcrypto gives no key");
    EVP_PKEY_free(key);
    return st;
}

/* The signature with the payload behind it, as NaCl's sign makes it. */
static bk__rpc_status sign(struct request *r, EVP_PKEY *key, llb__bytes payload)
{
    Bk__Filesync__VerifyTokenAuthorityResponse m =
        BK__FILESYNC__VERIFY_TOKEN_AUTHORITY_RESPONSE__INIT;
    uint8_t *signed_ = malloc(BK__SIGNED_LEN + payload.len);

    if (!signed_)
        return bk__rpc_fail(BK__RPC_INTERNAL, "no memory");
    if (payload.len)
        memcpy(signed_ + BK__SIGNED_LEN, payload.data, payload.len);
    m.signed_ = (ProtobufCBinaryData){BK__SIGNED_LEN + payload.len, signed_};
    bk__rpc_status st =
        bk__token_key_sign(key, payload, signed_)
            ? send_message(r->s, &m.base)
            : bk__rpc_fail(BK__RPC_INTERNAL, "libcrypto does not sign");
    free(signed_);
    return st;
}

static bk__rpc_status answer_verify(struct request *r)
{
    const Bk__Filesync__VerifyTokenAuthorityRequest *q =
        (const Bk__Filesync__VerifyTokenAuthorityRequest *)r->message;
    bk__rpc_status st = bk__rpc_ok();
    EVP_PKEY *key = key_of(r, bk__text(q->host), q->salt, &st);

    if (key)
        st = sign(r, key, (llb__bytes){q->payload.data, q->payload.len});
    EVP_PKEY_free(key);
    return st;
}

static bk__rpc_status send_token(struct request *r, const bk__token *token)
{
    Bk__Filesync__FetchTokenResponse m =
        BK__FILESYNC__FETCH_TOKEN_RESPONSE__INIT;

    m.token = lend(token->text);
    m.expiresin = token->expires_in;
    m.issuedat = token->issued_at;
    return send_message(r->s, &m.base);
}

static bk__rpc_status answer_token(struct request *r)
{
    const Bk__Filesync__FetchTokenRequest *q =
        (const Bk__Filesync__FetchTokenRequest *)r->message;
    bk__token_request t = {bk__text(q->realm),
                           bk__text(q->service),
                           (const char *const *)q->scopes,
                           q->n_scopes,
                           is_over,
                           r->s};
    const bk__login *login;
    bk__token token = {0};
    llb_error err = {0};
    llb_status st = login_of(r, bk__text(q->host), &login, &err);

    if (st != LLB_OK)
        return failed(&err);
    if (is_empty(login))
        return by_yourself("there is no login for this host");
    if (*login->registry_token) {
        token.text = login->registry_token;
        return send_token(r, &token);
    }
    llb__arena *a = llb__arena_new(4 << 20);
    bk__login own = {"", "", ""};
    if (!a || !(own.username = llb__arena_strdup(a, login->username)) ||
        !(own.secret = llb__arena_strdup(a, login->secret))) {
        st = llb__fail_nomem(&err);
    } else { /* a server that is slow holds up nobody else */
        pthread_mutex_unlock(&r->t->lock);
        st = bk__token_fetch(&t, &own, a, &token, &err);
        pthread_mutex_lock(&r->t->lock);
    }
    bk__rpc_status answer = st == LLB_OK ? send_token(r, &token) : failed(&err);
    bk__wipe_text(own.secret);
    bk__wipe_text(token.text);
    llb__arena_free(a);
    return answer;
}

static bk__rpc_status credentials(bk__service *svc, bk__stream *s)
{
    return serve(svc, s, &bk__filesync__credentials_request__descriptor,
                 answer_credentials);
}

static bk__rpc_status fetch_token(bk__service *svc, bk__stream *s)
{
    return serve(svc, s, &bk__filesync__fetch_token_request__descriptor,
                 answer_token);
}

static bk__rpc_status get_authority(bk__service *svc, bk__stream *s)
{
    return serve(svc, s, &bk__filesync__get_token_authority_request__descriptor,
                 answer_authority);
}

static bk__rpc_status verify_authority(bk__service *svc, bk__stream *s)
{
    return serve(svc, s,
                 &bk__filesync__verify_token_authority_request__descriptor,
                 answer_verify);
}

static const bk__method methods[] = {
    {"/moby.filesync.v1.Auth/Credentials", credentials},
    {"/moby.filesync.v1.Auth/FetchToken", fetch_token},
    {"/moby.filesync.v1.Auth/GetTokenAuthority", get_authority},
    {"/moby.filesync.v1.Auth/VerifyTokenAuthority", verify_authority},
};

/* ---- making it ---- */

static void auth_free(bk__service *svc)
{
    struct auth *t = (struct auth *)svc;

    while (t->hosts) {
        struct host *h = t->hosts;
        t->hosts = h->next;
        wipe_login(h);
        llb__arena_free(h->a);
        free(h->name);
        free(h);
    }
    bk__docker_config_free(t->config);
    pthread_mutex_destroy(&t->lock);
    pthread_mutex_destroy(&t->allow_lock);
    llb__arena_free(t->a);
    free(t);
}

static bool copy_opts(struct auth *t, const bk__auth_opts *o)
{
    t->o = *o;
    t->o.hosts = NULL;
    if (!t->o.helper_ms)
        t->o.helper_ms = HELPER_MS;
    if (o->config_dir)
        t->o.config_dir = llb__arena_strdup(t->a, o->config_dir);
    for (size_t i = 0; i < o->n_hosts; i++)
        bk__svc_auth_allow(&t->service, o->hosts[i]);
    t->any_host = o->any_host;
    return !o->config_dir || t->o.config_dir;
}

llb_status bk__svc_auth_new(const bk__auth_opts *opts, bk__service **ret,
                            llb_error *err)
{
    struct auth *t = calloc(1, sizeof *t);

    if (!t)
        return llb__fail_nomem(err);
    t->service =
        (bk__service){methods, sizeof methods / sizeof *methods, auth_free};
    pthread_mutex_init(&t->lock, NULL);
    pthread_mutex_init(&t->allow_lock, NULL);
    t->a = llb__arena_new(16 << 20);
    if (!t->a || !copy_opts(t, opts)) {
        auth_free(&t->service);
        return llb__fail_nomem(err);
    }
    *ret = &t->service;
    return LLB_OK;
}
