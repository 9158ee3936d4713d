/* The SSH service. */
#include "svc_ssh.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "packet.h"
#include "ssh_agent.h"
#include "ssh_socket.h"
#include "ssh_wire.h"

/* One id, with a socket or with keys. */
struct agent {
    char *id, *socket;
    bool raw;
    bk__ssh_key **keys;
    size_t n_keys;
};

struct ssh {
    bk__service service;
    struct agent *agents;
    size_t n;
};

static const char *or_default(const char *id)
{
    return id && *id ? id : "default";
}

static const struct agent *find(const struct ssh *t, llb__bytes id)
{
    if (id.len == 0)
        id = (llb__bytes){(const uint8_t *)"default", 7};
    for (size_t i = 0; i < t->n; i++) {
        const char *have = t->agents[i].id;
        if (strlen(have) == id.len && memcmp(have, id.data, id.len) == 0)
            return &t->agents[i];
    }
    return NULL;
}

static bk__rpc_status unknown(llb__bytes id)
{
    return bk__rpc_fail(BK__RPC_UNKNOWN, "the ssh agent \"%.*s\" was not given",
                        id.len > 200 ? 200 : (int)id.len,
                        id.len ? (const char *)id.data : "default");
}

static bk__rpc_status check_agent(bk__service *svc, bk__stream *s)
{
    llb__bytes request, id;

    if (s->ops->recv(s, &request) <= 0)
        return bk__rpc_cut();
    if (!bk__field1_parse(request, &id))
        return bk__rpc_fail(BK__RPC_INVALID_ARGUMENT,
                            "the request is no CheckAgentRequest");
    if (!find((const struct ssh *)svc, id))
        return unknown(id);
    if (!s->ops->send(s, &(llb__bytes){(const uint8_t *)"", 0}, 1))
        return bk__rpc_cut();
    return bk__rpc_ok();
}

/* ---- forwarding, request by request ---- */

/* One connection of a step. */
struct talk {
    const struct agent *agent;
    bk__stream *s;
    int fd;      /* to the agent; -1 when the keys are ours */
    llb__buf in; /* the start of a request */
    llb__buf reply;
};

/* Hands the request to the agent and takes its answer into t->reply. */
static bool ask_agent(struct talk *t, llb__bytes frame)
{
    uint8_t head[4];

    if (!bk__ssh_write_full(t->s, t->fd, frame.data, frame.len) ||
        !bk__ssh_read_full(t->s, t->fd, head, sizeof head))
        return false;
    bk__ssh_in in = bk__ssh_in_of((llb__bytes){head, sizeof head});
    size_t len = bk__ssh_u32(&in);
    if (len == 0 || len > BK__SSH_AGENT_MAX ||
        !llb__buf_reserve(&t->reply, sizeof head + len))
        return false;
    llb__buf_add(&t->reply, head, sizeof head);
    if (!bk__ssh_read_full(t->s, t->fd, t->reply.data + t->reply.len, len))
        return false;
    t->reply.len += len;
    return true;
}

/* Answers one request. False: the connection is of no more use. */
static bool answer(struct talk *t, llb__bytes frame)
{
    llb__bytes body = {frame.data + 4, frame.len - 4};
    bool usable = true;

    t->reply.len = 0;
    if (!bk__ssh_agent_allows(body)) {
        bk__ssh_agent_refuse(&t->reply);
    } else if (t->fd < 0) {
        bk__ssh_agent_answer(t->agent->keys, t->agent->n_keys, body, &t->reply);
    } else if (!ask_agent(t, frame)) {
        usable = false;
        t->reply.len = 0;
        bk__ssh_agent_refuse(&t->reply);
    }
    llb__bytes reply = {(const uint8_t *)t->reply.data, t->reply.len};
    return !t->reply.failed && bk__stream_send_data(t->s, reply) && usable;
}

/* Takes whole requests out of t->in and answers them. False: the end. */
static bool answer_all(struct talk *t)
{
    llb__bytes rest = {(const uint8_t *)t->in.data, t->in.len};
    bool go_on = !t->in.failed;

    while (go_on && rest.len >= 4) {
        bk__ssh_in in = bk__ssh_in_of(rest);
        size_t len = bk__ssh_u32(&in);
        if (len == 0 || len > BK__SSH_AGENT_MAX)
            return false;
        if (in.len < len)
            break;
        go_on = answer(t, (llb__bytes){rest.data, 4 + len});
        rest.data += 4 + len;
        rest.len -= 4 + len;
    }
    if (rest.len)
        memmove(t->in.data, rest.data, rest.len);
    t->in.len = rest.len;
    return go_on;
}

static bk__rpc_status talk(const struct agent *agent, bk__stream *s, int fd)
{
    struct talk t = {.agent = agent, .s = s, .fd = fd};
    llb__bytes message, data;

    while (s->ops->recv(s, &message) == 1) {
        if (!bk__field1_parse(message, &data))
            break;
        llb__buf_add(&t.in, data.data, data.len);
        if (!answer_all(&t))
            break;
    }
    llb__buf_clear(&t.in);
    llb__buf_clear(&t.reply);
    return s->ops->is_over(s) ? bk__rpc_cut() : bk__rpc_ok();
}

static bk__rpc_status forward_agent(bk__service *svc, bk__stream *s)
{
    llb__bytes id = s->ops->meta(s, "buildkit.ssh.id", 0);
    const struct agent *a = find((const struct ssh *)svc, id);
    llb_error err = {0};
    int fd = -1;

    if (!a)
        return unknown(id);
    if (a->socket && bk__ssh_connect(a->socket, &fd, &err) != LLB_OK)
        return bk__rpc_fail(BK__RPC_UNKNOWN, "%s", err.message);
    bk__rpc_status st = a->raw ? bk__ssh_pump(s, fd) : talk(a, s, fd);
    if (fd >= 0)
        close(fd);
    return st;
}

static const bk__method methods[] = {
    {"/moby.sshforward.v1.SSH/CheckAgent", check_agent},
    {"/moby.sshforward.v1.SSH/ForwardAgent", forward_agent},
};

/* ---- what was given ---- */

static void agent_clear(struct agent *a)
{
    for (size_t i = 0; i < a->n_keys; i++)
        bk__ssh_key_free(a->keys[i]);
    free(a->keys);
    free(a->socket);
    free(a->id);
}

static void ssh_free(bk__service *svc)
{
    struct ssh *t = (struct ssh *)svc;

    for (size_t i = 0; i < t->n; i++)
        agent_clear(&t->agents[i]);
    free(t->agents);
    free(t);
}

/* Somebody listens there; what it speaks is found out by who uses it. */
static llb_status take_socket(struct agent *a, const char *path, llb_error *err)
{
    int fd;
    llb_status st = bk__ssh_connect(path, &fd, err);

    if (st != LLB_OK)
        return st;
    close(fd);
    a->socket = strdup(path);
    return a->socket ? LLB_OK : llb__fail_nomem(err);
}

static llb_status take_default(struct agent *a, llb_error *err)
{
    const char *path = getenv("SSH_AUTH_SOCK");

    if (!path || !*path)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "SSH_AUTH_SOCK is not set, so there is no agent to "
                         "forward; start one, or name a key file or a socket");
    return take_socket(a, path, err);
}

/* A socket must be the only path; all others are keys. */
static llb_status take_path(struct agent *a, const bk_ssh *given,
                            const char *path, llb_error *err)
{
    struct stat st;

    if (stat(path, &st) < 0)
        return llb__fail(err, errno == ENOENT ? LLB_ENOENT : LLB_EIO,
                         LLB__NOWHERE, "cannot read \"%.200s\": %s", path,
                         strerror(errno));
    if (S_ISSOCK(st.st_mode) && given->n_paths > 1)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "\"%.200s\" is a socket, and must be the only path",
                         path);
    if (S_ISSOCK(st.st_mode))
        return take_socket(a, path, err);
    if (given->raw)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "\"%.200s\" is no socket, as raw needs one", path);
    if (!S_ISREG(st.st_mode))
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "\"%.200s\" is neither a private key nor a socket",
                         path);
    llb_status got = bk__ssh_key_read(path, &a->keys[a->n_keys], err);
    a->n_keys += got == LLB_OK;
    return got;
}

static llb_status fill(struct agent *a, const bk_ssh *given, llb_error *err)
{
    llb_status st = LLB_OK;

    a->id = strdup(or_default(given->id));
    a->keys = calloc(given->n_paths + 1, sizeof *a->keys);
    a->raw = given->raw;
    if (!a->id || !a->keys)
        return llb__fail_nomem(err);
    if (given->n_paths == 0)
        return take_default(a, err);
    for (size_t i = 0; i < given->n_paths && st == LLB_OK; i++)
        st = take_path(a, given, given->paths[i], err);
    return st;
}

static llb_status add(struct ssh *t, const bk_ssh *given, llb_error *err)
{
    const char *id = or_default(given->id);
    llb_error why = {0};

    if (find(t, (llb__bytes){(const uint8_t *)id, strlen(id)}))
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "the ssh agent \"%.100s\" is given twice", id);
    llb_status st = fill(&t->agents[t->n++], given, &why);
    if (st == LLB_OK || st == LLB_ENOMEM)
        return st == LLB_OK ? st : llb__fail_nomem(err);
    return llb__fail(err, st, LLB__NOWHERE, "ssh agent \"%.100s\": %s", id,
                     why.message);
}

llb_status bk__svc_ssh_new(const bk_ssh *list, size_t n, bk__service **ret,
                           llb_error *err)
{
    struct ssh *t = calloc(1, sizeof *t);
    llb_status st = LLB_OK;

    if (!t)
        return llb__fail_nomem(err);
    t->service =
        (bk__service){methods, sizeof methods / sizeof *methods, ssh_free};
    t->agents = calloc(n + 1, sizeof *t->agents);
    if (!t->agents)
        st = llb__fail_nomem(err);
    for (size_t i = 0; st == LLB_OK && i < n; i++)
        st = add(t, &list[i], err);
    if (st != LLB_OK) {
        ssh_free(&t->service);
        return st;
    }
    *ret = &t->service;
    return LLB_OK;
}

llb_status bk_ssh_check(const bk_ssh *ssh, llb_error *err)
{
    bk__service *svc;

    if (!ssh)
        return llb__fail_null(err, "bk_ssh_check", "ssh");
    llb_status st = bk__svc_ssh_new(ssh, 1, &svc, err);
    if (st == LLB_OK)
        svc->free(svc);
    return st;
}
