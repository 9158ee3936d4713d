/* The public calls against a daemon that the test plays: a gRPC server on a
 * socket, whose answers each test chooses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include <llb/client.h>

#include <control.pb-c.h>

#include "addr.h"
#include "server.h"
#include "sha256.h"
#include "wire.h"

/* What Control.Solve does. */
enum mood { GOOD, BROKEN, HANGS_UP, NEVER_ENDS, NONSENSE };

struct daemon {
    bk__service svc;
    bk__service *services[1];
    enum mood mood;
    bool has_info;
    const char *vertex; /* digest that Status tells of */

    int listening, connected;
    char path[64], addr[80];
    pthread_t thread;
    bk__server *server;

    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool solving, over;
    bool had_cache, had_session; /* of the last SolveRequest */
};

static void set(struct daemon *d, bool *what)
{
    pthread_mutex_lock(&d->lock);
    *what = true;
    pthread_cond_broadcast(&d->changed);
    pthread_mutex_unlock(&d->lock);
}

static void await(struct daemon *d, const bool *what)
{
    pthread_mutex_lock(&d->lock);
    while (!*what)
        pthread_cond_wait(&d->changed, &d->lock);
    pthread_mutex_unlock(&d->lock);
}

static bool send_message(bk__stream *s, const ProtobufCMessage *m)
{
    uint8_t *data;
    size_t len;

    if (bk__pack(m, &data, &len, NULL) != LLB_OK)
        return false;
    bool ok = s->ops->send(s, &(llb__bytes){data, len}, 1);
    free(data);
    return ok;
}

static bk__rpc_status serve_info(bk__service *svc, bk__stream *s)
{
    struct daemon *d = (struct daemon *)svc;
    Bk__Types__BuildkitVersion v = BK__TYPES__BUILDKIT_VERSION__INIT;
    Bk__Control__InfoResponse r = BK__CONTROL__INFO_RESPONSE__INIT;

    if (!d->has_info)
        return bk__rpc_fail(BK__RPC_UNIMPLEMENTED, "unknown method Info");
    v.version = "v9.9.9";
    r.buildkitversion = &v;
    send_message(s, &r.base);
    return bk__rpc_ok();
}

static bk__rpc_status serve_workers(bk__service *svc, bk__stream *s)
{
    struct daemon *d = (struct daemon *)svc;
    Bk__Pb__Platform p = BK__PB__PLATFORM__INIT, *platforms[] = {&p};
    Bk__Types__WorkerRecord__LabelsEntry a =
        BK__TYPES__WORKER_RECORD__LABELS_ENTRY__INIT;
    Bk__Types__WorkerRecord__LabelsEntry b =
        BK__TYPES__WORKER_RECORD__LABELS_ENTRY__INIT;
    Bk__Types__WorkerRecord__LabelsEntry *labels[] = {&b, &a};
    Bk__Types__WorkerRecord w = BK__TYPES__WORKER_RECORD__INIT;
    Bk__Types__WorkerRecord *list[] = {&w};
    Bk__Control__ListWorkersResponse r =
        BK__CONTROL__LIST_WORKERS_RESPONSE__INIT;

    if (d->mood == NONSENSE) {
        s->ops->send(s, &(llb__bytes){(const uint8_t *)"\x0a\xff", 2}, 1);
        return bk__rpc_ok();
    }
    p.os = "linux";
    p.architecture = "arm";
    p.variant = "v7";
    a.key = "a";
    a.value = "1";
    b.key = "b";
    b.value = "2";
    w.id = "worker";
    w.labels = labels;
    w.n_labels = 2;
    w.platforms = platforms;
    w.n_platforms = 1;
    r.record = list;
    r.n_record = 1;
    send_message(s, &r.base);
    return bk__rpc_ok();
}

static void read_request(struct daemon *d, llb__bytes m)
{
    ProtobufCMessage *msg;

    if (bk__unpack(&bk__control__solve_request__descriptor, m, "request", &msg,
                   NULL) != LLB_OK)
        return;
    const Bk__Control__SolveRequest *r = (const Bk__Control__SolveRequest *)msg;
    d->had_cache = r->cache != NULL;
    d->had_session = *bk__text(r->session) != '\0';
    bk__free(msg);
}

static bk__rpc_status serve_solve(bk__service *svc, bk__stream *s)
{
    struct daemon *d = (struct daemon *)svc;
    Bk__Control__SolveResponse__ExporterResponseEntry e =
        BK__CONTROL__SOLVE_RESPONSE__EXPORTER_RESPONSE_ENTRY__INIT;
    Bk__Control__SolveResponse__ExporterResponseEntry *list[] = {&e};
    Bk__Control__SolveResponse r = BK__CONTROL__SOLVE_RESPONSE__INIT;
    llb__bytes m;

    if (s->ops->recv(s, &m) != 1)
        return bk__rpc_fail(BK__RPC_INTERNAL, "no request");
    read_request(d, m);
    set(d, &d->solving);
    if (d->mood == NEVER_ENDS) {
        while (s->ops->recv(s, &m) == 0) /* until the call is cancelled */
            usleep(1000);
        set(d, &d->over);
        return bk__rpc_fail(BK__RPC_CANCELED, "context canceled");
    }
    if (d->mood == HANGS_UP) {
        shutdown(d->connected, SHUT_RDWR);
        return bk__rpc_ok();
    }
    usleep(20000); /* let Status speak */
    set(d, &d->over);
    if (d->mood == BROKEN)
        return bk__rpc_fail(BK__RPC_UNKNOWN, "process: exit code: 5");
    e.key = "key";
    e.value = "value";
    r.exporterresponse = list;
    r.n_exporterresponse = 1;
    send_message(s, &r.base);
    return bk__rpc_ok();
}

static bk__rpc_status serve_status(bk__service *svc, bk__stream *s)
{
    struct daemon *d = (struct daemon *)svc;
    Bk__Wk__Timestamp t = BK__WK__TIMESTAMP__INIT;
    Bk__Control__Vertex v = BK__CONTROL__VERTEX__INIT, *vs[] = {&v};
    Bk__Control__VertexLog l = BK__CONTROL__VERTEX_LOG__INIT, *ls[] = {&l};
    Bk__Control__StatusResponse r = BK__CONTROL__STATUS_RESPONSE__INIT;
    char name[] = "the step";

    await(d, &d->solving);
    t.seconds = 100;
    t.nanos = 5;
    v.digest = (char *)d->vertex;
    v.name = name;
    v.started = &t;
    v.error = d->mood == BROKEN ? "it broke" : NULL;
    l.vertex = (char *)d->vertex;
    l.stream = 2;
    l.msg.data = (uint8_t *)"words\n";
    l.msg.len = 6;
    r.vertexes = vs;
    r.n_vertexes = 1;
    r.logs = ls;
    r.n_logs = 1;
    send_message(s, &r.base);
    await(d, &d->over);
    return bk__rpc_ok();
}

static const bk__method methods[] = {
    {"/moby.buildkit.v1.Control/Info", serve_info},
    {"/moby.buildkit.v1.Control/ListWorkers", serve_workers},
    {"/moby.buildkit.v1.Control/Solve", serve_solve},
    {"/moby.buildkit.v1.Control/Status", serve_status},
};

/* Serves one connection after the other. */
static void *listen_loop(void *arg)
{
    struct daemon *d = arg;
    int fd;

    while ((fd = accept(d->listening, NULL, NULL)) >= 0) {
        bk__server_free(d->server);
        d->server = NULL;
        d->connected = fd;
        if (bk__server_new(fd, d->services, 1, &d->server, NULL) != LLB_OK)
            break;
    }
    return NULL;
}

static int setup(void **state)
{
    static int number;
    struct daemon *d = calloc(1, sizeof *d);
    struct sockaddr_un un;

    assert_non_null(d);
    d->svc.methods = methods;
    d->svc.n_methods = sizeof methods / sizeof *methods;
    d->services[0] = &d->svc;
    d->has_info = true;
    d->vertex = "sha256:unknown";
    pthread_mutex_init(&d->lock, NULL);
    pthread_cond_init(&d->changed, NULL);
    snprintf(d->path, sizeof d->path, "/tmp/llb-daemon-%d-%d", (int)getpid(),
             number++);
    snprintf(d->addr, sizeof d->addr, "unix://%s", d->path);
    unlink(d->path);
    assert_int_equal(bk__addr_unix(d->path, &un, NULL), LLB_OK);
    d->listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(d->listening, (struct sockaddr *)&un, sizeof un), 0);
    assert_int_equal(listen(d->listening, 4), 0);
    assert_int_equal(pthread_create(&d->thread, NULL, listen_loop, d), 0);
    *state = d;
    return 0;
}

static int teardown(void **state)
{
    struct daemon *d = *state;

    set(d, &d->over);
    set(d, &d->solving);
    shutdown(d->listening, SHUT_RDWR);
    pthread_join(d->thread, NULL);
    bk__server_free(d->server);
    close(d->listening);
    unlink(d->path);
    pthread_cond_destroy(&d->changed);
    pthread_mutex_destroy(&d->lock);
    free(d);
    return 0;
}

static bk_client *client(struct daemon *d)
{
    bk_client *c;

    assert_int_equal(bk_client_new(d->addr, NULL, &c, NULL), LLB_OK);
    return c;
}

/* bk_info(), and what went wrong when it is not what a test wants. */
static bk_daemon_info *info(bk_client *c, llb_status want)
{
    bk_daemon_info *i = NULL;
    llb_error err = {0};
    llb_status st = bk_info(c, &i, &err);

    if (st != want)
        fail_msg("%s: %s", llb_status_name(st), err.message);
    return i;
}

static void digest_of(const uint8_t *data, size_t len, char out[72])
{
    uint8_t sum[LLB__SHA256_LEN];
    llb__sha256 *h = llb__sha256_new();

    assert_non_null(h);
    assert_true(llb__sha256_sum(h, data, len, sum));
    llb__sha256_free(h);
    llb__digest_text(sum, out);
    out[71] = '\0';
}

/* The definition of one source, and the digest of its op. */
static llb_def *source_def(char *identifier, char ret_digest[72])
{
    Bk__Pb__Op op = BK__PB__OP__INIT, last = BK__PB__OP__INIT;
    Bk__Pb__SourceOp source = BK__PB__SOURCE_OP__INIT;
    Bk__Pb__Input input = BK__PB__INPUT__INIT, *inputs[] = {&input};
    Bk__Pb__Definition def = BK__PB__DEFINITION__INIT;
    ProtobufCBinaryData ops[2];
    uint8_t *data;
    size_t len;
    llb_def *ret;
    llb_error err = {0};

    source.identifier = identifier;
    op.op_case = BK__PB__OP__OP_SOURCE;
    op.source = &source;
    assert_int_equal(bk__pack(&op.base, &ops[0].data, &ops[0].len, NULL), 0);
    digest_of(ops[0].data, ops[0].len, ret_digest);
    input.digest = ret_digest;
    last.inputs = inputs;
    last.n_inputs = 1;
    assert_int_equal(bk__pack(&last.base, &ops[1].data, &ops[1].len, NULL), 0);
    def.def = ops;
    def.n_def = 2;
    assert_int_equal(bk__pack(&def.base, &data, &len, NULL), LLB_OK);
    assert_int_equal(llb_def_parse(data, len, 0, &ret, &err), LLB_OK);
    free(ops[0].data);
    free(ops[1].data);
    free(data);
    return ret;
}

static void info_tells_version_and_workers(void **state)
{
    bk_client *c = client(*state);
    bk_daemon_info *i = info(c, LLB_OK);

    assert_int_equal(i->kind, BK_KIND_BUILDKITD);
    assert_true(i->has_version);
    assert_string_equal(i->version, "v9.9.9");
    assert_string_equal(i->revision, "");
    assert_int_equal(i->n_workers, 1);
    assert_string_equal(i->workers[0].id, "worker");
    assert_string_equal(i->workers[0].platforms[0], "linux/arm/v7");
    assert_int_equal(i->workers[0].n_labels, 2);
    assert_string_equal(i->workers[0].labels[0].key, "a");
    assert_string_equal(i->workers[0].labels[1].value, "2");
    assert_false(i->graphdriver);
    bk_info_free(i);
    bk_client_free(c);
}

static void a_daemon_without_info_is_old_not_gone(void **state)
{
    struct daemon *d = *state;
    bk_client *c = client(d);
    bk_daemon_info *i;

    d->has_info = false;
    i = info(c, LLB_OK);
    assert_false(i->has_version);
    assert_string_equal(i->version, "");
    assert_int_equal(i->n_workers, 1);
    bk_info_free(i);
    bk_client_free(c);
}

static void nonsense_is_an_error(void **state)
{
    struct daemon *d = *state;
    bk_client *c = client(d);

    d->mood = NONSENSE;
    info(c, LLB_EINVAL);
    bk_client_free(c);
}

static void a_lost_daemon_is_dialled_again(void **state)
{
    struct daemon *d = *state;
    bk_client *c = client(d);

    for (int k = 0; k < 3; k++) {
        bk_info_free(info(c, LLB_OK));
        shutdown(d->connected, SHUT_RDWR);
    }
    bk_client_free(c);
}

/* What progress has told. */
struct seen {
    bk_client *client;
    int vertices, logs;
    char digest[128], log[64];
    int64_t started_ns;
    llb_status nested;
};

static void see_vertex(void *ctx, const bk_vertex *v)
{
    struct seen *s = ctx;
    bk_daemon_info *i;

    s->vertices++;
    snprintf(s->digest, sizeof s->digest, "%s", v->digest);
    s->started_ns = v->started_ns;
    s->nested = bk_info(s->client, &i, NULL);
}

static void see_log(void *ctx, const bk_vertex_log *l)
{
    struct seen *s = ctx;

    s->logs++;
    snprintf(s->log, sizeof s->log, "%d %.*s", l->stream, (int)l->len, l->data);
}

static llb_status solve(struct daemon *d, bk_client *c, llb_def *def,
                        struct seen *seen, bk_cancel *cancel, bk_result **r,
                        bk_failure **f, llb_error *err)
{
    bk_solve_opts o = BK_SOLVE_OPTS_INIT;
    bk_progress p = {.ctx = seen, .vertex = see_vertex, .log = see_log};

    (void)d;
    seen->client = c;
    o.progress = &p;
    o.cancel = cancel;
    return bk_solve(c, def, &o, r, f, err);
}

static void a_build_gives_its_response(void **state)
{
    struct daemon *d = *state;
    bk_client *c = client(d);
    char digest[72];
    llb_def *def = source_def("https://x/y", digest);
    struct seen seen = {0};
    bk_result *r = NULL;

    d->vertex = digest;
    assert_int_equal(solve(d, c, def, &seen, NULL, &r, NULL, NULL), LLB_OK);
    assert_int_equal(r->n_response, 1);
    assert_string_equal(bk_result_get(r, "key"), "value");
    assert_null(bk_result_get(r, "other"));
    assert_int_equal(strlen(r->ref), 25);
    assert_int_equal(seen.vertices, 1);
    assert_string_equal(seen.digest, digest);
    assert_true(seen.started_ns == 100 * INT64_C(1000000000) + 5);
    assert_string_equal(seen.log, "2 words\n");
    assert_int_equal(seen.nested, LLB_EBUSY);
    assert_true(d->had_cache);
    assert_true(d->had_session);
    bk_result_free(r);
    llb_def_free(def);
    bk_client_free(c);
}

static void a_failed_build_is_a_value(void **state)
{
    struct daemon *d = *state;
    bk_client *c = client(d);
    char digest[72];
    llb_def *def = source_def("https://x/y", digest);
    struct seen seen = {0};
    bk_failure *f = NULL;
    llb_error err = {0};

    d->vertex = digest;
    d->mood = BROKEN;
    assert_int_equal(solve(d, c, def, &seen, NULL, NULL, &f, &err), LLB_EBUILD);
    assert_string_equal(err.message, "process: exit code: 5");
    assert_non_null(f);
    assert_string_equal(f->vertex, digest);
    assert_string_equal(f->step, "the step");
    assert_string_equal(f->error, "it broke");
    assert_int_equal(f->exit_code, 5);
    assert_int_equal(f->n_log, 1);
    assert_string_equal(f->log[0].text, "words");
    bk_failure_free(f);
    llb_def_free(def);
    bk_client_free(c);
}

static void a_daemon_that_hangs_up_is_lost(void **state)
{
    struct daemon *d = *state;
    bk_client *c = client(d);
    char digest[72];
    llb_def *def = source_def("https://x/y", digest);
    struct seen seen = {0};
    bk_failure *f = NULL;
    llb_error err = {0};

    d->mood = HANGS_UP;
    assert_int_equal(solve(d, c, def, &seen, NULL, NULL, &f, &err),
                     LLB_EUNAVAILABLE);
    assert_non_null(strstr(err.message, "lost the daemon during the build"));
    assert_non_null(strstr(err.message, d->path));
    assert_null(f);
    llb_def_free(def);
    bk_client_free(c);
}

struct canceller {
    struct daemon *d;
    bk_cancel *cancel;
};

static void *cancel_later(void *arg)
{
    struct canceller *c = arg;

    await(c->d, &c->d->solving);
    bk_cancel_set(c->cancel);
    return NULL;
}

static void a_build_can_be_cancelled(void **state)
{
    struct daemon *d = *state;
    bk_client *c = client(d);
    char digest[72];
    llb_def *def = source_def("https://x/y", digest);
    struct seen seen = {0};
    struct canceller job = {d, bk_cancel_new()};
    pthread_t thread;

    assert_non_null(job.cancel);
    d->mood = NEVER_ENDS;
    assert_int_equal(pthread_create(&thread, NULL, cancel_later, &job), 0);
    assert_int_equal(solve(d, c, def, &seen, job.cancel, NULL, NULL, NULL),
                     LLB_ECANCELED);
    pthread_join(thread, NULL);
    assert_true(bk_cancel_is_set(job.cancel));
    /* Set before, it stops a build at once. */
    assert_int_equal(solve(d, c, def, &seen, job.cancel, NULL, NULL, NULL),
                     LLB_ECANCELED);
    bk_cancel_free(job.cancel);
    llb_def_free(def);
    bk_client_free(c);
}

static void count_ends(void *ctx)
{
    __atomic_add_fetch((int *)ctx, 1, __ATOMIC_RELAXED);
}

/* Three builds that never end by themselves: one is cancelled alone, the
 * others by their handle. */
static void builds_run_beside_each_other(void **state)
{
    enum { N = 3 };
    struct daemon *d = *state;
    bk_client *c = client(d);
    char digest[72];
    llb_def *def = source_def("https://x/y", digest);
    bk_cancel *cancel = bk_cancel_new();
    bk_solve_opts o = BK_SOLVE_OPTS_INIT;
    bk_solving *s[N];
    bk_failure *f = NULL;
    llb_error err = {0};
    int n = 0;

    o.cancel = cancel;
    d->mood = NEVER_ENDS;
    for (int i = 0; i < N; i++)
        assert_int_equal(
            bk_solve_start(c, def, &o, count_ends, &n, &s[i], &err), LLB_OK);
    llb_def_free(def);
    await(d, &d->solving);
    assert_false(bk_solving_wait(s[0], 10));
    bk_solving_cancel(s[1]);
    assert_int_equal(bk_solving_finish(s[1], NULL, &f, &err), LLB_ECANCELED);
    assert_null(f);
    assert_int_equal(n, 1);
    assert_false(bk_solving_wait(s[0], 0) || bk_solving_wait(s[2], 0));
    bk_cancel_set(cancel);
    assert_true(bk_solving_wait(s[0], 20000));
    assert_int_equal(bk_solving_finish(s[0], NULL, NULL, NULL), LLB_ECANCELED);
    assert_int_equal(bk_solving_finish(s[2], NULL, NULL, NULL), LLB_ECANCELED);
    assert_int_equal(n, N);
    bk_cancel_free(cancel);
    bk_client_free(c);
}

static void a_build_on_its_own_thread_gives_its_response(void **state)
{
    struct daemon *d = *state;
    bk_client *c = client(d);
    char digest[72];
    llb_def *def = source_def("https://x/y", digest);
    bk_solving *s;
    bk_result *r = NULL;
    bk_failure *f = NULL;
    llb_error err = {0};

    assert_int_equal(bk_solve_start(c, def, NULL, NULL, NULL, &s, &err),
                     LLB_OK);
    assert_int_equal(bk_solving_finish(s, &r, &f, &err), LLB_OK);
    assert_string_equal(bk_result_get(r, "key"), "value");
    bk_result_free(r);
    d->mood = BROKEN;
    assert_int_equal(bk_solve_start(c, def, NULL, NULL, NULL, &s, &err),
                     LLB_OK);
    assert_int_equal(bk_solving_finish(s, NULL, &f, &err), LLB_EBUILD);
    assert_string_equal(err.message, f->message);
    bk_failure_free(f);
    llb_def_free(def);
    bk_client_free(c);
}

static void what_is_missing_is_said_before_dialling(void **state)
{
    bk_client *c;
    char digest[72];
    llb_def *def = source_def("local://ctx", digest);
    bk_solve_opts o = BK_SOLVE_OPTS_INIT;
    bk_local local = {"ctx", "/tmp/llb-no-such-folder"};
    bk_secret secret = {.id = "s"};
    llb_error err = {0};

    (void)state;
    assert_int_equal(bk_client_new("unix:///tmp/llb-nobody", NULL, &c, NULL),
                     LLB_OK);
    assert_int_equal(bk_solve(c, def, NULL, NULL, NULL, &err), LLB_EINVAL);
    assert_non_null(strstr(err.message, "\"ctx\""));
    o.locals = &local;
    o.n_locals = 1;
    assert_int_equal(bk_solve(c, def, &o, NULL, NULL, &err), LLB_ENOENT);
    assert_non_null(strstr(err.message, local.path));
    local.path = "/tmp";
    o.secrets = &secret;
    o.n_secrets = 1;
    /* Nobody asks for the secret, so nobody looks at it. */
    assert_int_equal(bk_solve(c, def, &o, NULL, NULL, &err), LLB_EUNAVAILABLE);
    assert_non_null(strstr(err.message, "no such socket"));
    assert_int_equal(bk_solve(c, NULL, &o, NULL, NULL, &err), LLB_EINVAL);
    o.frontend = "dockerfile.v0";
    assert_int_equal(bk_solve(c, NULL, &o, NULL, NULL, &err), LLB_EINVAL);
    assert_non_null(strstr(err.message, "secret \"s\""));
    llb_def_free(def);
    bk_client_free(c);
}

static void options_of_a_later_version_are_refused(void **state)
{
    struct {
        bk_client_opts o;
        uint32_t more;
    } later = {.o = {.size = sizeof later}};
    bk_client *c;
    llb_error err = {0};

    (void)state;
    assert_int_equal(bk_client_new("unix:///x", &later.o, &c, NULL), LLB_OK);
    bk_client_free(c);
    later.more = 1;
    assert_int_equal(bk_client_new("unix:///x", &later.o, &c, &err),
                     LLB_EINVAL);
    assert_non_null(strstr(err.message, "older than the program"));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(info_tells_version_and_workers),
        TEST(a_daemon_without_info_is_old_not_gone),
        TEST(nonsense_is_an_error),
        TEST(a_lost_daemon_is_dialled_again),
        TEST(a_build_gives_its_response),
        TEST(a_failed_build_is_a_value),
        TEST(a_daemon_that_hangs_up_is_lost),
        TEST(a_build_can_be_cancelled),
        TEST(builds_run_beside_each_other),
        TEST(a_build_on_its_own_thread_gives_its_response),
        cmocka_unit_test(what_is_missing_is_said_before_dialling),
        cmocka_unit_test(options_of_a_later_version_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
