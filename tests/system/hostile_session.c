/* What a hostile daemon does to the session of its client. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <grpc/grpc.h>
#include <grpc/grpc_posix.h>
#include <grpc/grpc_security.h>

#include "call.h"
#include "hostile.h"
#include "packet.h"

/* ---- the tunnel: bytes of the session in messages of Control.Session ---- */

struct tunnel {
    bk__stream *s;
    int fd;
};

static void *pump_up(void *arg)
{
    struct tunnel *t = arg;
    uint8_t piece[4096], head[11] = {0x0a};
    ssize_t n;

    while ((n = recv(t->fd, piece, sizeof piece, 0)) > 0) {
        llb__bytes both[] = {{head, 1 + bk__varint((uint64_t)n, head + 1)},
                             {piece, (size_t)n}};
        if (!t->s->ops->send(t->s, both, 2))
            break;
    }
    return NULL;
}

static grpc_channel *channel_from(int fd)
{
    grpc_channel_credentials *creds = grpc_insecure_credentials_create();
    grpc_channel *c = grpc_channel_create_from_fd("localhost", fd, creds, NULL);

    grpc_channel_credentials_release(creds);
    return c;
}

static void note_session(peer *d, grpc_channel *c)
{
    pthread_mutex_lock(&d->lock);
    d->channel = c;
    d->has_session = true;
    pthread_cond_broadcast(&d->changed);
    pthread_mutex_unlock(&d->lock);
}

bk__rpc_status serve_session(bk__service *svc, bk__stream *s)
{
    peer *d = (peer *)svc;
    int pair[2];
    pthread_t thread;
    llb__bytes m, data;

    if (mood_is(d, "no-session")) {
        note_session(d, NULL);
        return bk__rpc_fail(BK__RPC_UNIMPLEMENTED, "no sessions \033[31mhere");
    }
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        return bk__rpc_fail(BK__RPC_INTERNAL, "no socket pair");
    struct tunnel t = {s, pair[0]};
    note_session(d, channel_from(pair[1]));
    if (pthread_create(&thread, NULL, pump_up, &t) != 0)
        abort();
    while (s->ops->recv(s, &m) == 1) {
        if (bk__wire_bytes_message(m, &data) && data.len)
            send(t.fd, data.data, data.len, MSG_NOSIGNAL);
    }
    shutdown(t.fd, SHUT_RDWR);
    pthread_join(thread, NULL);
    close(t.fd);
    return bk__rpc_ok();
}

/* ---- the attacks ---- */

static bool put(bk__call *c, const bk__packet *p)
{
    llb__buf b = LLB__BUF_INIT;

    bk__packet_marshal(p, &b);
    bool ok = bk__call_send(c, bk__buffer(b.data, b.len));
    llb__buf_clear(&b);
    return ok;
}

static llb__bytes bytes(const char *text)
{
    return (llb__bytes){(const uint8_t *)text, strlen(text)};
}

static bool put_stat(bk__call *c, const char *path, uint32_t mode, int64_t size,
                     const char *link)
{
    return put(c, &(bk__packet){.has_stat = true,
                                .stat = {.path = bytes(path),
                                         .mode = mode,
                                         .size = size,
                                         .linkname = bytes(link)}});
}

/* What a mood sends last, behind "f" and "l", a symlink to "..". */
static const struct tree {
    const char *mood, *path;
    uint32_t mode;
    int64_t size;
    const char *link;
} trees[] = {
    {"absolute", "/tmp/escaped", 0644, 0, ""},
    {"dots", "m/../../escaped", 0644, 0, ""},
    {"through-symlink", "l/escaped", 0644, 0, ""},
    {"folder-through-symlink", "l/escaped", BK__MODE_DIR | 0755, 0, ""},
    {"hard-link", "m", 0644, 0, "../victim"},
    {"order", "e", 0644, 0, ""},
    {"evil-name", "m\033]0;t\007/../x", 0644, 0, ""},
    {"size", "m", 0644, INT64_MAX, ""},
};

static const struct tree *find_tree(const char *mood)
{
    for (size_t i = 0; i < sizeof trees / sizeof *trees; i++) {
        if (strcmp(trees[i].mood, mood) == 0)
            return &trees[i];
    }
    return NULL;
}

/* Prints how a call ended, after answering what the client asks for. */
static void end(bk__call *c, const char *what, const char *data)
{
    bk__packet_reader r = {0};
    bk__packet p;
    bk__rpc rpc = {0};
    llb__bytes m;

    while (bk__call_recv(c, -1, &m) == BK__MESSAGE) {
        if (bk__packet_parse(&r, m, &p))
            continue;
        if (p.type == BK__PACKET_REQ && data) {
            put(c, &(bk__packet){.type = BK__PACKET_DATA,
                                 .id = p.id,
                                 .data = bytes(data)});
            put(c, &(bk__packet){.type = BK__PACKET_DATA, .id = p.id});
        }
        if (p.type == BK__PACKET_FIN)
            put(c, &(bk__packet){.type = BK__PACKET_FIN});
        if (p.type == BK__PACKET_STAT && p.has_stat)
            printf("%s: %.*s\n", what, (int)p.stat.path.len,
                   (const char *)p.stat.path.data);
        if (p.type == BK__PACKET_DATA && p.data.len)
            printf("%s: %.*s\n", what, (int)p.data.len,
                   (const char *)p.data.data);
    }
    bk__call_status(c, -1, &rpc);
    printf("%s: code %d\n", what, rpc.code);
    bk__rpc_clear(&rpc);
    bk__packet_reader_clear(&r);
    bk__call_free(c);
}

static bk__call *call(bk__conn *conn, const char *method, const bk_pair *meta,
                      size_t n)
{
    bk__call *c = NULL;

    if (bk__call_new(conn, method, meta, n, 20000, &c, NULL) != LLB_OK)
        abort();
    return c;
}

static void send_tree(bk__conn *conn, const struct tree *t)
{
    bk__call *c = call(conn, "/moby.filesync.v1.FileSend/DiffCopy", NULL, 0);

    put_stat(c, "f", 0644, 4, "");
    put_stat(c, "l", BK__MODE_SYMLINK | 0777, 2, "..");
    put_stat(c, t->path, t->mode, t->size, t->link);
    put(c, &(bk__packet){.has_stat = false});
    end(c, "send", "text");
}

/* Half of a file, and then the call is dropped. */
static void send_half(bk__conn *conn)
{
    bk__call *c = call(conn, "/moby.filesync.v1.FileSend/DiffCopy", NULL, 0);

    bk__call_send(c, bk__buffer("\x0a\x04half", 6));
    usleep(50000);
    bk__call_free(c);
}

static void ask_folder(bk__conn *conn, const char *name, const char *follow)
{
    const bk_pair meta[] = {{"dir-name", name}, {"followpaths", follow}};
    bk__call *c = call(conn, "/moby.filesync.v1.FileSync/DiffCopy", meta,
                       *follow ? 2 : 1);

    /* Without a list the client sends its own; a file is asked for after. */
    put(c, &(bk__packet){.type = BK__PACKET_REQ, .id = 100});
    end(c, name, NULL);
}

static void ask(bk__conn *conn, const char *method, const char *request,
                size_t len)
{
    bk__call *c = call(conn, method, NULL, 0);

    bk__call_send(c, bk__buffer(request, len));
    bk__call_close(c);
    end(c, method, NULL);
}

/* For things that the build did not name. */
static void ask_all(bk__conn *conn)
{
    ask_folder(conn, "other", "");
    ask_folder(conn, "/etc", "");
    ask_folder(conn, "..", "");
    ask_folder(conn, ".", "../../etc/passwd");
    ask(conn, "/moby.buildkit.secrets.v1.Secrets/GetSecret", "\x0a\x05other",
        7);
    ask(conn, "/moby.filesync.v1.Auth/Credentials", "\x0a\x04host", 6);
    ask(conn, "/moby.upload.v1.Upload/Pull", "", 0);
}

void attack(peer *d)
{
    bk__conn conn = {.refs = 1 << 20, .probe = -1}; /* never released */
    const struct tree *t = find_tree(d->mood);

    if (!t && !mood_is(d, "asks") && !mood_is(d, "half"))
        return;
    pthread_mutex_lock(&d->lock);
    while (!d->has_session)
        pthread_cond_wait(&d->changed, &d->lock);
    conn.channel = d->channel;
    pthread_mutex_unlock(&d->lock);
    if (t)
        send_tree(&conn, t);
    else if (mood_is(d, "half"))
        send_half(&conn);
    else
        ask_all(&conn);
    grpc_channel_destroy(conn.channel);
}
