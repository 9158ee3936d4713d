/* A daemon that means no good:
 *
 *     hostile SOCKET MOOD
 *
 * serves one connection after the other on SOCKET until it is ended. What the
 * client's session answered is printed. */
#include "hostile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <grpc/grpc.h>

#include <control.pb-c.h>

#include "addr.h"
#include "server.h"

bool mood_is(const peer *d, const char *mood)
{
    return strcmp(d->mood, mood) == 0;
}

bool send_message(bk__stream *s, const ProtobufCMessage *m)
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
    Bk__Types__BuildkitVersion v = BK__TYPES__BUILDKIT_VERSION__INIT;
    Bk__Control__InfoResponse r = BK__CONTROL__INFO_RESPONSE__INIT;

    (void)svc;
    v.version = bk__mutable("v9.9.9\033[2J");
    r.buildkitversion = &v;
    send_message(s, &r.base);
    return bk__rpc_ok();
}

static bk__rpc_status serve_workers(bk__service *svc, bk__stream *s)
{
    Bk__Pb__Platform p = BK__PB__PLATFORM__INIT, *platforms[] = {&p};
    Bk__Types__WorkerRecord w = BK__TYPES__WORKER_RECORD__INIT, *list[] = {&w};
    Bk__Control__ListWorkersResponse r =
        BK__CONTROL__LIST_WORKERS_RESPONSE__INIT;

    (void)svc;
    p.os = bk__mutable("linux");
    p.architecture = bk__mutable("amd64");
    w.platforms = platforms;
    w.n_platforms = 1;
    w.id = bk__mutable("worker\033[31m");
    r.record = list;
    r.n_record = 1;
    send_message(s, &r.base);
    return bk__rpc_ok();
}

static bool reply(bk__stream *s)
{
    Bk__Control__SolveResponse__ExporterResponseEntry e =
        BK__CONTROL__SOLVE_RESPONSE__EXPORTER_RESPONSE_ENTRY__INIT;
    Bk__Control__SolveResponse__ExporterResponseEntry *list[] = {&e};
    Bk__Control__SolveResponse r = BK__CONTROL__SOLVE_RESPONSE__INIT;

    e.key = bk__mutable("evil\"\n\033key");
    e.value = bk__mutable("{\"a\":\033]0;title\007");
    r.exporterresponse = list;
    r.n_exporterresponse = 1;
    return send_message(s, &r.base);
}

/* Until the client ends the call. */
static void await_end(bk__stream *s)
{
    while (!s->ops->is_over(s))
        usleep(10000);
}

static bk__rpc_status serve_solve(bk__service *svc, bk__stream *s)
{
    peer *d = (peer *)svc;
    llb__bytes m;

    if (s->ops->recv(s, &m) != 1)
        return bk__rpc_fail(BK__RPC_INTERNAL, "no request");
    attack(d);
    usleep(50000); /* progress gets a chance */
    pthread_mutex_lock(&d->lock);
    d->solved = true;
    pthread_cond_broadcast(&d->changed);
    pthread_mutex_unlock(&d->lock);
    if (mood_is(d, "error"))
        return bk__rpc_fail(BK__RPC_UNKNOWN,
                            "went\nwrong \033[31mred\033]0;t\007 \302\233m");
    if (mood_is(d, "no-reply"))
        return bk__rpc_ok();
    if (mood_is(d, "junk-reply")) {
        s->ops->send(s, &(llb__bytes){(const uint8_t *)"\x0a\xff\x01", 3}, 1);
        return bk__rpc_ok();
    }
    reply(s);
    if (mood_is(d, "twice"))
        reply(s);
    if (mood_is(d, "replies"))
        while (reply(s))
            ;
    if (mood_is(d, "never-ends"))
        await_end(s);
    return bk__rpc_ok();
}

static const bk__method methods[] = {
    {"/moby.buildkit.v1.Control/Info", serve_info},
    {"/moby.buildkit.v1.Control/ListWorkers", serve_workers},
    {"/moby.buildkit.v1.Control/Session", serve_session},
    {"/moby.buildkit.v1.Control/Solve", serve_solve},
    {"/moby.buildkit.v1.Control/Status", serve_status},
};

static int listen_at(const char *path)
{
    struct sockaddr_un un;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (bk__addr_unix(path, &un, NULL) != LLB_OK ||
        bind(fd, (struct sockaddr *)&un, sizeof un) < 0 || listen(fd, 4) < 0) {
        perror(path);
        exit(1);
    }
    return fd;
}

int main(int argc, char **argv)
{
    static peer d;
    bk__service *services[] = {&d.svc};
    bk__server *server = NULL;
    int fd, listening;

    if (argc != 3)
        return 2;
    setvbuf(stdout, NULL, _IOLBF, 0);
    d.svc.methods = methods;
    d.svc.n_methods = sizeof methods / sizeof *methods;
    d.mood = argv[2];
    pthread_mutex_init(&d.lock, NULL);
    pthread_cond_init(&d.changed, NULL);
    grpc_init();
    listening = listen_at(argv[1]);
    while ((fd = accept(listening, NULL, NULL)) >= 0) {
        bk__server_free(server);
        server = NULL;
        d.has_session = d.solved = false;
        if (bk__server_new(fd, services, 1, &server, NULL) != LLB_OK)
            return 1;
    }
    return 1;
}
