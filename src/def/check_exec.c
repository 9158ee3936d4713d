/* The rules for exec ops. */
#include "check.h"

#include <inttypes.h>
#include <stdio.h>

enum { BIND = 0, SECRET = 1, SSH = 2, CACHE = 3, TMPFS = 4 };
enum { CONTENT_CACHE_ON = 1 };

/* One mount, its fields by their names in pb.Mount. */
struct mount {
    int64_t input, output, type;
    llb__bytes dest, selector, body;
    bool readonly, has_cache, has_secret, has_ssh, content_cache_on;
};

static struct mount read_mount(llb__bytes body)
{
    struct mount m = {.body = body};
    llb__wire w = llb__wire_of(body);
    llb__wire_field f;

    while (llb__wire_next(&w, &f)) {
        switch (f.number) {
        case 1:
            m.input = (int64_t)f.value;
            break;
        case 2:
            m.selector = f.body;
            break;
        case 3:
            m.dest = f.body;
            break;
        case 4:
            m.output = (int64_t)f.value;
            break;
        case 5:
            m.readonly = f.value != 0;
            break;
        case 6:
            m.type = (int64_t)f.value;
            break;
        case 20:
            m.has_cache = true;
            break;
        case 21:
            m.has_secret = llb__wire_body(f.body, 1).len > 0;
            break;
        case 22:
            m.has_ssh = true;
            break;
        case 24:
            m.content_cache_on = f.value == CONTENT_CACHE_ON;
            break;
        default:
            break;
        }
    }
    return m;
}

static bool is_root(const struct mount *m)
{
    return llb__bytes_are(m->dest, "/", 1);
}

/* What its type needs beside it; BuildKit finds these while the op runs. */
static const char *missing_option(const struct mount *m)
{
    switch (m->type) {
    case BIND:
    case TMPFS:
        return NULL;
    case SECRET:
        return m->has_secret ? NULL : "a secret mount needs secretOpt.ID";
    case SSH:
        return m->has_ssh ? NULL : "an ssh mount needs SSHOpt";
    case CACHE:
        return m->has_cache ? NULL : "a cache mount needs cacheOpt";
    default:
        return "no such mount type";
    }
}

static llb_status check_mount(const llb_def *d, size_t i, const struct mount *m,
                              llb_error *err)
{
    char what[64];
    int len = m->dest.len > 32 ? 32 : (int)m->dest.len;

    snprintf(what, sizeof what, "exec: the mount at \"%.*s\"", len,
             (const char *)m->dest.data);
    llb_status st = llb__check_input_index(d, i, what, m->input, -1, err);
    if (st != LLB_OK)
        return st;
    if (is_root(m) && m->type != BIND)
        return llb__fail_op(d, i, err, "%s: the root must be of type BIND",
                            what);
    const char *missing = missing_option(m);
    if (missing)
        return llb__fail_op(d, i, err, "%s: %s", what, missing);
    if (m->content_cache_on && !m->readonly && m->output != -1 &&
        m->selector.len > 0)
        return llb__fail_op(d, i, err,
                            "%s: contentCache ON is unsafe where a selector "
                            "stands beside a writable output",
                            what);
    return LLB_OK;
}

llb_status llb__check_exec(const llb_def *d, size_t i, llb__bytes body,
                           llb_error *err)
{
    llb__bytes meta = llb__wire_body(body, 1);
    llb__wire w = llb__wire_of(body);
    llb__wire_field f;
    bool mounts = false, root = false;

    if (!meta.data)
        return llb__fail_op(d, i, err,
                            "exec: it has no meta, so there is nothing to run");
    if (!llb__wire_find(meta, 1, LLB__LEN, &f))
        return llb__fail_op(d, i, err,
                            "exec: it has no args, so there is nothing to run");
    while (llb__wire_next(&w, &f)) {
        if (f.number != 2)
            continue;
        struct mount m = read_mount(f.body);
        llb_status st = check_mount(d, i, &m, err);
        if (st != LLB_OK)
            return st;
        mounts = true;
        root |= is_root(&m);
    }
    if (!root)
        return llb__fail_op(d, i, err,
                            "exec: it has no %s: mount something at \"/\"",
                            mounts ? "root file system" : "mounts");
    return LLB_OK;
}

/* Secrets and agents have output 0, as an absent field has, but none. */
static bool makes_output(llb__bytes body)
{
    struct mount m = read_mount(body);

    return m.output != -1 &&
           (m.type == BIND || (m.type == CACHE && m.input != -1));
}

static uint64_t n_packed(llb__bytes body)
{
    uint64_t n = 0;

    for (size_t i = 0; i < body.len; i++)
        n += body.data[i] < 0x80; /* the last byte of a number */
    return n;
}

uint64_t llb__n_outputs(const llb_def *d, size_t i)
{
    llb__bytes body = llb__op_body(d, i);
    llb__wire w = llb__wire_of(body);
    llb__wire_field f;
    uint64_t n = 0;

    switch ((llb_op_kind)d->index[i].kind) {
    case LLB_OP_SOURCE:
    case LLB_OP_BUILD:
    case LLB_OP_MERGE:
    case LLB_OP_DIFF:
        return 1;
    case LLB_OP_TERMINAL:
        return 0;
    case LLB_OP_EXEC:
        while (llb__wire_next(&w, &f))
            n += f.number == 2 && makes_output(f.body);
        return n;
    case LLB_OP_FILE:
        while (llb__wire_next(&w, &f))
            n += f.number == 2 && llb__wire_int(f.body, 3) != -1;
        return n;
    case LLB_OP_PASSTHROUGH:
        while (llb__wire_next(&w, &f))
            if (f.number == 2)
                n += f.type == LLB__LEN ? n_packed(f.body) : 1;
        return n;
    }
    return n;
}
