/* Tests of the Auth service, with a token server that the test plays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <sys/file.h>
#include <sys/socket.h>

#include <filesync.pb-c.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "fail_alloc.h"
#include "fake_stream.h"
#include "svc_auth.h"
#include "tree.h"
#include "wire.h"

#define H "reg.example"
#define U6_P6 "dTY6cDY=" /* u6:p6 */
#define PATH(method) "/moby.filesync.v1.Auth/" method

/* ---- a token server ---- */

typedef struct server {
    int fd, port;
    pthread_t thread;
    const char *answers[4]; /* status line, blank line, body; one each */
    size_t n;
    char got[4][1500]; /* request line, Authorization, body */
    char realm[64];
} server;

static bool read_request(int fd, char *buf, size_t size)
{
    size_t n = 0, want = 0;

    while (n + 1 < size) {
        ssize_t got = recv(fd, buf + n, size - 1 - n, 0);
        if (got <= 0)
            return false;
        n += (size_t)got;
        buf[n] = '\0';
        char *end = strstr(buf, "\r\n\r\n");
        char *len = strcasestr(buf, "content-length: ");
        want = len ? strtoul(len + 16, NULL, 10) : 0;
        if (end && (size_t)(buf + n - (end + 4)) >= want)
            return true;
    }
    return false;
}

static void note(server *s, char *buf)
{
    char *auth = strcasestr(buf, "\nauthorization: ");
    char *body = strstr(buf, "\r\n\r\n") + 4;

    snprintf(s->got[s->n], sizeof s->got[0], "%.*s|%.*s|%s",
             (int)strcspn(buf, "\r"), buf,
             auth ? (int)strcspn(auth + 16, "\r") : 0, auth ? auth + 16 : "",
             body);
}

static void *serve_tokens(void *arg)
{
    server *s = arg;
    char buf[4096], out[1000];
    int fd;

    while (s->n < 4 && s->answers[s->n] &&
           (fd = accept(s->fd, NULL, NULL)) >= 0) {
        if (read_request(fd, buf, sizeof buf)) {
            const char *a = s->answers[s->n], *body = strchr(a, '|');
            note(s, buf);
            int n = snprintf(out, sizeof out,
                             "HTTP/1.1 %.*s\r\nContent-Length: %zu\r\n"
                             "Connection: close\r\n\r\n%s",
                             (int)(body - a), a, strlen(body + 1), body + 1);
            send(fd, out, (size_t)n, MSG_NOSIGNAL);
            s->n++;
        }
        close(fd);
    }
    return NULL;
}

static void server_start(server *s, const char *first, const char *second)
{
    struct sockaddr_in in = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof in;

    *s = (server){.answers = {first, second}};
    s->fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(s->fd, (struct sockaddr *)&in, len), 0);
    assert_int_equal(listen(s->fd, 4), 0);
    getsockname(s->fd, (struct sockaddr *)&in, &len);
    s->port = ntohs(in.sin_port);
    snprintf(s->realm, sizeof s->realm, "http://127.0.0.1:%d/token", s->port);
    assert_int_equal(pthread_create(&s->thread, NULL, serve_tokens, s), 0);
}

static void server_end(server *s)
{
    shutdown(s->fd, SHUT_RDWR);
    pthread_join(s->thread, NULL);
    close(s->fd);
}

/* ---- the daemon's side ---- */

static char *dir; /* with config.json */

static int set_up(void **state)
{
    (void)state;
    dir = tree_new();
    unsetenv("DOCKER_AUTH_CONFIG");
    unsetenv("BUILDKIT_NO_CLIENT_TOKEN");
    setenv("no_proxy", "*", 1);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    tree_free(dir);
    return 0;
}

static char refused_hosts[200];

static void note_refused(void *arg, const char *host)
{
    (void)arg;
    strcat(strcat(refused_hosts, host), " ");
}

static bk__service *service(const char *config)
{
    static const char *const hosts[] = {H, "docker.io"};
    bk__auth_opts o = {.config_dir = dir,
                       .hosts = hosts,
                       .n_hosts = 2,
                       .refused = note_refused};
    bk__service *svc = NULL;

    *refused_hosts = '\0';
    tree_file(dir, "config.json", config);
    assert_int_equal(bk__svc_auth_new(&o, &svc, NULL), LLB_OK);
    return svc;
}

/* Makes the call; *ret is for bk__free() when it is OK. */
static bk__rpc_status call(bk__service *svc, const char *path,
                           const ProtobufCMessage *request,
                           const ProtobufCMessageDescriptor *type,
                           ProtobufCMessage **ret)
{
    uint8_t *data;
    size_t len;
    llb__bytes m;
    fake f;

    *ret = NULL;
    assert_int_equal(bk__pack(request, &data, &len, NULL), LLB_OK);
    fake_init(&f);
    assert_true(fake_start(&f, svc, path));
    assert_true(fake_put(&f, data, len));
    free(data);
    if (fake_get(&f, &m))
        assert_int_equal(bk__unpack(type, m, "answer", ret, NULL), LLB_OK);
    return fake_end(&f);
}

/* "USER|SECRET", or "error CODE: ..." */
static const char *credentials(bk__service *svc, const char *host)
{
    static char text[700];
    Bk__Filesync__CredentialsRequest q =
        BK__FILESYNC__CREDENTIALS_REQUEST__INIT;
    ProtobufCMessage *m;

    q.host = (char *)host;
    bk__rpc_status st =
        call(svc, PATH("Credentials"), &q.base,
             &bk__filesync__credentials_response__descriptor, &m);
    if (m)
        snprintf(text, sizeof text, "%s|%s",
                 ((Bk__Filesync__CredentialsResponse *)m)->username,
                 ((Bk__Filesync__CredentialsResponse *)m)->secret);
    else
        snprintf(text, sizeof text, "error %d: %s", st.code, st.message);
    bk__free(m);
    return text;
}

static bk__rpc_status authority(bk__service *svc, const char *host,
                                const char *salt, uint8_t out[32])
{
    Bk__Filesync__GetTokenAuthorityRequest q =
        BK__FILESYNC__GET_TOKEN_AUTHORITY_REQUEST__INIT;
    ProtobufCMessage *m;

    q.host = (char *)host;
    q.salt = (ProtobufCBinaryData){strlen(salt), (uint8_t *)salt};
    bk__rpc_status st =
        call(svc, PATH("GetTokenAuthority"), &q.base,
             &bk__filesync__get_token_authority_response__descriptor, &m);
    if (m) {
        ProtobufCBinaryData key =
            ((Bk__Filesync__GetTokenAuthorityResponse *)m)->publickey;
        assert_int_equal(key.len, 32);
        memcpy(out, key.data, 32);
    }
    bk__free(m);
    return st;
}

/* "TOKEN|EXPIRES|ISSUED", or "error CODE: ..." */
static const char *token(bk__service *svc, const char *host, const char *realm)
{
    static char text[700];
    char *scopes[] = {"repository:team/img:pull", "repository:a:pull,push"};
    Bk__Filesync__FetchTokenRequest q = BK__FILESYNC__FETCH_TOKEN_REQUEST__INIT;
    ProtobufCMessage *m;

    q.host = (char *)host;
    q.realm = (char *)realm;
    q.service = "the service";
    q.n_scopes = 2;
    q.scopes = scopes;
    bk__rpc_status st =
        call(svc, PATH("FetchToken"), &q.base,
             &bk__filesync__fetch_token_response__descriptor, &m);
    Bk__Filesync__FetchTokenResponse *r = (Bk__Filesync__FetchTokenResponse *)m;
    if (m)
        snprintf(text, sizeof text, "%s|%lld|%lld", r->token,
                 (long long)r->expiresin, (long long)r->issuedat);
    else
        snprintf(text, sizeof text, "error %d: %s", st.code, st.message);
    bk__free(m);
    return text;
}

static void logins_go_only_to_hosts_that_were_named(void **state)
{
    bk__service *svc = service("{\"auths\":{\"" H "\":{\"auth\":\"" U6_P6
                               "\"},\"other\":{\"auth\":\"" U6_P6
                               "\"},\"docker.io\":{\"identitytoken\":\"I\"}}}");
    uint8_t key[32];
    (void)state;

    assert_string_equal(credentials(svc, H), "u6|p6");
    assert_string_equal(credentials(svc, "registry-1.docker.io"), "|I");
    assert_string_equal(credentials(svc, "other"), "|");
    assert_string_equal(credentials(svc, "other"), "|");
    assert_string_equal(credentials(svc, ""), "|");
    assert_int_equal(authority(svc, "other", "s", key).code,
                     BK__RPC_UNIMPLEMENTED);
    assert_non_null(strstr(token(svc, "other", "http://x/"), "error 12"));
    assert_string_equal(refused_hosts, "other  ");
    bk__svc_auth_allow(svc, "other");
    assert_string_equal(credentials(svc, "other"), "u6|p6");
    assert_string_equal(credentials(svc, "third"), "|");
    bk__svc_auth_allow(svc, NULL);
    assert_string_equal(credentials(svc, "third"), "|");
    assert_string_equal(refused_hosts, "other  third ");
    svc->free(svc);
}

/* It would be kept, shown, and handed to helper programs. */
static void what_cannot_be_a_host_has_no_login(void **state)
{
    bk__service *svc = service("{\"credsStore\":\"llb-none\"}");
    char name[302];
    (void)state;

    bk__svc_auth_allow(svc, NULL);
    memset(name, 'a', sizeof name);
    name[301] = '\0';
    assert_string_equal(credentials(svc, name), "|");
    assert_string_equal(credentials(svc, "a\nb"), "|");
    name[300] = '\0';
    assert_non_null(strstr(credentials(svc, name), "llb-none"));
    svc->free(svc);
}

static void without_a_login_the_daemon_goes_on_by_itself(void **state)
{
    bk__service *svc = service("{}");
    uint8_t key[32];
    (void)state;

    assert_string_equal(credentials(svc, H), "|");
    assert_int_equal(authority(svc, H, "s", key).code, BK__RPC_UNIMPLEMENTED);
    assert_non_null(strstr(token(svc, H, "http://x/"), "error 12"));
    svc->free(svc);
}

static void a_config_is_read_when_it_is_needed_and_its_errors_are_told(void **s)
{
    uint8_t key[32];
    (void)s;

    bk__service *svc = service("{\n broken");
    assert_string_equal(credentials(svc, "other"), "|"); /* not read at all */
    assert_non_null(strstr(credentials(svc, H), "error 2: "));
    assert_non_null(strstr(credentials(svc, H), "config.json:2"));
    assert_non_null(
        strstr(authority(svc, H, "s", key).message, "config.json:2"));
    svc->free(svc);
    svc = service("{\"credsStore\":\"llb-none\"}");
    assert_non_null(
        strstr(credentials(svc, H), "docker-credential-llb-none, which "));
    svc->free(svc);
}

/* The key comes from the salt and the user's seed alone, and signs. */
static void the_key_is_the_user_s_and_signs_as_nacl_does(void **state)
{
    const char *config = "{\"auths\":{\"" H "\":{\"auth\":\"" U6_P6 "\"}}}";
    bk__service *svc = service(config);
    uint8_t one[32], two[32], other[32];
    Bk__Filesync__VerifyTokenAuthorityRequest q =
        BK__FILESYNC__VERIFY_TOKEN_AUTHORITY_REQUEST__INIT;
    ProtobufCMessage *m;
    (void)state;

    assert_int_equal(authority(svc, H, "salt", one).code, BK__RPC_OK);
    assert_int_equal(authority(svc, H, "another", other).code, BK__RPC_OK);
    svc->free(svc);
    svc = service(config);
    assert_int_equal(authority(svc, H, "salt", two).code, BK__RPC_OK);
    assert_memory_equal(one, two, 32);
    assert_memory_not_equal(one, other, 32);

    q.host = H;
    q.salt = (ProtobufCBinaryData){4, (uint8_t *)"salt"};
    q.payload = (ProtobufCBinaryData){7, (uint8_t *)"payload"};
    assert_int_equal(
        call(svc, PATH("VerifyTokenAuthority"), &q.base,
             &bk__filesync__verify_token_authority_response__descriptor, &m)
            .code,
        BK__RPC_OK);
    ProtobufCBinaryData sig =
        ((Bk__Filesync__VerifyTokenAuthorityResponse *)m)->signed_;
    assert_int_equal(sig.len, 64 + 7);
    assert_memory_equal(sig.data + 64, "payload", 7);
    EVP_PKEY *key =
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, one, 32);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    assert_int_equal(EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key), 1);
    assert_int_equal(
        EVP_DigestVerify(ctx, sig.data, 64, (const uint8_t *)"payload", 7), 1);
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
    bk__free(m);
    svc->free(svc);
}

/* The form in which BuildKit's own client keeps seeds, and finds ours. */
static void seeds_are_shared_with_other_clients(void **state)
{
    bk__service *svc =
        service("{\"auths\":{\"" H "\":{\"auth\":\"" U6_P6 "\"}}}");
    uint8_t got[32], seed[32], want[32];
    unsigned len;
    size_t want_len = 32;
    struct stat st;
    (void)state;

    tree_file(dir, ".token_seed",
              "{\"x\":{\"Seed\":\"AAAAAAAAAAAAAAAAAAAAAA==\"},\"" H
              "\":{\"Seed\":\"AAECAwQFBgcICQoLDA0ODw==\"}}");
    assert_int_equal(authority(svc, H, "salt", got).code, BK__RPC_OK);
    HMAC(EVP_sha256(), "salt", 4,
         (const uint8_t *)"\0\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17", 16, seed,
         &len);
    EVP_PKEY *key =
        EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, 32);
    EVP_PKEY_get_raw_public_key(key, want, &want_len);
    EVP_PKEY_free(key);
    assert_memory_equal(got, want, 32);
    unlink(tree_path(dir, ".token_seed"));
    assert_int_equal(authority(svc, H, "salt", got).code, BK__RPC_OK);
    assert_int_equal(stat(tree_path(dir, ".token_seed"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    /* a program that hangs with the lock does not hold us up for ever */
    int fd = open(tree_path(dir, ".token_seed.lock"), O_RDWR | O_CLOEXEC);
    assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
    unlink(tree_path(dir, ".token_seed"));
    assert_int_equal(authority(svc, H, "salt", got).code, BK__RPC_OK);
    assert_int_equal(access(tree_path(dir, ".token_seed"), F_OK), -1);
    close(fd);
    setenv("BUILDKIT_NO_CLIENT_TOKEN", "true", 1);
    assert_int_equal(authority(svc, H, "s", got).code, BK__RPC_UNAVAILABLE);
    svc->free(svc);
}

#define SCOPES                                                                 \
    "scope=repository%3Ateam%2Fimg%3Apull%20repository%3Aa%3Apull%2Cpush"
#define QUERY                                                                  \
    "service=the%20service&scope=repository%3Ateam%2Fimg%3Apull&"              \
    "scope=repository%3Aa%3Apull%2Cpush"

static void tokens_are_fetched_in_every_way_that_servers_know(void **state)
{
    static const struct {
        const char *entry, *answers[2], *got[2], *token;
    } rows[] = {
        {"\"auth\":\"" U6_P6 "\"",
         {"200 OK|{\"access_token\":\"t1\",\"token\":\"t2\",\"expires_in\":90,"
          "\"issued_at\":\"2020-01-02T03:04:05Z\"}"},
         {"POST /token HTTP/1.1||grant_type=password&username=u6&password=p6&"
          "client_id=buildkit-client&service=the%20service&" SCOPES},
         "t1|90|1577934245"},
        {"\"identitytoken\":\"ID7\"",
         {"200 OK|{\"token\":\"t2\"}"},
         {"POST /token HTTP/1.1||grant_type=refresh_token&refresh_token=ID7&"
          "client_id=buildkit-client&service=the%20service&" SCOPES},
         "t2|60|0"},
        {"\"auth\":\"" U6_P6 "\"",
         {"404 Not Found|", "200 OK|{\"token\":\"t3\"}"},
         {"POST /token HTTP/1.1||grant_type=password&username=u6&password=p6&"
          "client_id=buildkit-client&service=the%20service&" SCOPES,
          "GET /token?" QUERY " HTTP/1.1|Basic " U6_P6 "|"},
         "t3|60|0"},
        {"\"auth\":\"" U6_P6 "\"",
         {"405 No|", "401 Unauthorized|p6"},
         {NULL, NULL},
         "the login is refused"},
        {"\"auth\":\"" U6_P6 "\"",
         {"500 Oops|p6"},
         {NULL},
         "/token: it answers with status 500"},
        {"\"auth\":\"" U6_P6 "\"", {"200 OK|{\"x\":1}"}, {NULL}, "no token in"},
        {"\"auth\":\"" U6_P6 "\"", {"200 OK|junk"}, {NULL}, "no token in"},
        {"\"auth\":\"" U6_P6 "\"",
         {"307 Elsewhere\r\nLocation: http://127.0.0.1:1/|"},
         {NULL},
         "status 307"},
    };
    (void)state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char config[300];
        server s;
        snprintf(config, sizeof config, "{\"auths\":{\"" H "\":{%s}}}",
                 rows[i].entry);
        server_start(&s, rows[i].answers[0], rows[i].answers[1]);
        bk__service *svc = service(config);
        const char *got = token(svc, H, s.realm);
        if (!strstr(got, rows[i].token) || strstr(got, "p6"))
            fail_msg("%zu: %s", i, got);
        server_end(&s);
        for (size_t k = 0; k < 2 && rows[i].got[k]; k++)
            assert_string_equal(s.got[k], rows[i].got[k]);
        svc->free(svc);
    }
}

static void a_registry_token_is_shown_as_it_is(void **state)
{
    bk__service *svc =
        service("{\"auths\":{\"" H "\":{\"registrytoken\":\"RT6\"}}}");
    uint8_t key[32];
    (void)state;

    assert_int_equal(authority(svc, H, "s", key).code, BK__RPC_OK);
    assert_string_equal(token(svc, H, "http://127.0.0.1:1/"), "RT6|0|0");
    assert_string_equal(credentials(svc, H), "|");
    svc->free(svc);
}

static void a_token_server_out_of_reach_is_named_without_its_secrets(void **s)
{
    static const char *const realms[] = {
        "http://us3r:p4ss@127.0.0.1:1/token?k=s3cret",
        "ftp://127.0.0.1/token",
        "http://127.0.0.1:1/token?k=s3cret",
        "file:///etc/passwd",
        "",
        "\n"};
    (void)s;

    for (size_t i = 0; i < sizeof realms / sizeof *realms; i++) {
        bk__service *svc =
            service("{\"auths\":{\"" H "\":{\"auth\":\"" U6_P6 "\"}}}");
        const char *got = token(svc, H, realms[i]);
        assert_non_null(strstr(got, "error 2: token server "));
        assert_null(strstr(got, "s3cret"));
        assert_null(strstr(got, "p4ss"));
        assert_null(strstr(got, "p6"));
        svc->free(svc);
    }
}

static void a_call_cut_off_or_broken_ends(void **state)
{
    bk__service *svc = service("{}");
    fake f;
    (void)state;

    for (size_t i = 0; i < svc->n_methods; i++) {
        fake_init(&f);
        assert_true(fake_start(&f, svc, svc->methods[i].path));
        fake_cancel(&f);
        assert_int_equal(fake_end(&f).code, BK__RPC_CANCELED);
        fake_init(&f);
        assert_true(fake_start(&f, svc, svc->methods[i].path));
        fake_put(&f, "\x0a\x7f", 2);
        assert_int_equal(fake_end(&f).code, BK__RPC_INVALID_ARGUMENT);
    }
    svc->free(svc);
}

static void lack_of_memory_is_told(void **state)
{
    static const char *const hosts[] = {H};
    bk__auth_opts o = {.config_dir = dir, .hosts = hosts, .n_hosts = 1};
    (void)state;

    for (long n = 0;; n++) {
        bk__service *svc = NULL;
        fail_alloc_at(n);
        llb_status st = bk__svc_auth_new(&o, &svc, NULL);
        bool failed = fail_alloc_done();
        assert_int_equal(st, failed ? LLB_ENOMEM : LLB_OK);
        if (svc)
            svc->free(svc);
        if (!failed)
            break;
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(logins_go_only_to_hosts_that_were_named),
        TEST(what_cannot_be_a_host_has_no_login),
        TEST(without_a_login_the_daemon_goes_on_by_itself),
        TEST(a_config_is_read_when_it_is_needed_and_its_errors_are_told),
        TEST(the_key_is_the_user_s_and_signs_as_nacl_does),
        TEST(seeds_are_shared_with_other_clients),
        TEST(tokens_are_fetched_in_every_way_that_servers_know),
        TEST(a_registry_token_is_shown_as_it_is),
        TEST(a_token_server_out_of_reach_is_named_without_its_secrets),
        TEST(a_call_cut_off_or_broken_ends),
        TEST(lack_of_memory_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
