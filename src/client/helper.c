/* The command lines are those of BuildKit's client/connhelper, word for word,
 * and for engines behind ssh those of docker/cli's connhelper: people have
 * wrappers and rules (sudo, authorized_keys) made for them. */
#include "helper.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

enum { MAX_KEYS = 4 };

/* An address behind its scheme: [USER@]HOST[:PORT][/PATH][?KEY=VALUE&...] */
struct url {
    const char *user, *host, *port, *path; /* NULL: not given */
    const char *keys[MAX_KEYS], *values[MAX_KEYS];
    size_t n_keys;
    char *scratch; /* free bytes of a->parts for words that are made */
    size_t left;
};

static llb_status wrong(const bk__addr *a, const char *why, llb_error *err)
{
    return llb__fail(err, LLB_EINVAL, LLB__NOWHERE, "address \"%.200s\": %s",
                     a->text, why);
}

/* Decodes %XX in place. */
static void decode(char *s)
{
    char *to = s;

    for (; *s; s++) {
        if (*s == '%' && isxdigit((unsigned char)s[1]) &&
            isxdigit((unsigned char)s[2])) {
            char hex[3] = {s[1], s[2], '\0'};
            *to++ = (char)strtol(hex, NULL, 16);
            s += 2;
        } else
            *to++ = *s;
    }
    *to = '\0';
}

/* Cuts s at c: what stands behind it, or NULL. */
static char *cut(char *s, char c)
{
    char *at = strchr(s, c);

    if (at)
        *at++ = '\0';
    return at;
}

static llb_status split_query(const bk__addr *a, char *query, struct url *u,
                              llb_error *err)
{
    for (char *next; query && *query; query = next) {
        next = cut(query, '&');
        char *value = cut(query, '=');
        if (!value || u->n_keys == MAX_KEYS)
            return wrong(a, "behind \"?\" stand KEY=VALUE, with \"&\" between",
                         err);
        decode(query);
        decode(value);
        u->keys[u->n_keys] = query;
        u->values[u->n_keys++] = value;
    }
    return LLB_OK;
}

/* HOST or HOST:PORT, the host possibly in brackets. */
static llb_status split_host(const bk__addr *a, char *host, struct url *u,
                             llb_error *err)
{
    if (*host == '[') {
        char *end = cut(++host, ']');
        if (!end || (*end && *end != ':'))
            return wrong(a, "\"]\" is missing", err);
        u->port = *end ? end + 1 : NULL;
    } else
        u->port = cut(host, ':');
    u->host = host;
    if (!*host)
        return wrong(a, "the host or container is missing", err);
    if (*host == '-') /* the program would take it for an option */
        return wrong(a, "a name cannot start with \"-\"", err);
    if (u->port && (!*u->port || u->port[strspn(u->port, "0123456789")]))
        return wrong(a, "the port is no number", err);
    return LLB_OK;
}

static llb_status split(bk__addr *a, const char *rest, struct url *u,
                        llb_error *err)
{
    size_t len = strlen(rest);

    /* Room for the path, for it in quotes (four times as long at the worst),
     * for that once more in a longer word, and for what frames them. */
    *u = (struct url){.left = 10 * len + 256};
    a->parts = malloc(len + 1 + u->left);
    if (!a->parts)
        return llb__fail_nomem(err);
    char *s = memcpy(a->parts, rest, len + 1);
    u->scratch = s + len + 1;
    if (cut(s, '#'))
        return wrong(a, "\"#\" has no meaning in it", err);
    llb_status st = split_query(a, cut(s, '?'), u, err);
    if (st != LLB_OK)
        return st;
    char *path = strchr(s, '/');
    if (path && path[1]) {
        char *copy = u->scratch; /* the slash in s ends the host */
        u->scratch += strlen(path) + 1;
        u->left -= strlen(path) + 1;
        decode(strcpy(copy, path));
        u->path = copy;
    }
    if (path)
        *path = '\0';
    char *host = cut(s, '@');
    if (!host)
        return split_host(a, s, u, err);
    if (strchr(s, ':'))
        return wrong(a, "a password is not taken; use a key or an agent", err);
    u->user = s;
    return split_host(a, host, u, err);
}

/* The value of a key, "" when it is not given. */
static const char *get(const struct url *u, const char *key)
{
    for (size_t i = 0; i < u->n_keys; i++) {
        if (strcmp(u->keys[i], key) == 0)
            return u->values[i];
    }
    return "";
}

/* A word PREFIX + text of a command line. */
static const char *word(struct url *u, const char *prefix, const char *text)
{
    int n = snprintf(u->scratch, u->left, "%s%s", prefix, text);
    const char *made = u->scratch;

    u->scratch += n + 1;
    u->left -= (size_t)n + 1;
    return made;
}

/* The same, for a shell at the other end. */
static const char *quoted(struct url *u, const char *prefix, const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+@:,";
    const char *made = u->scratch;

    if (!text[strspn(text, plain)])
        return word(u, prefix, text);
    word(u, prefix, "'");
    for (; *text; text++) {
        u->scratch--; /* over the NUL */
        u->left++;
        word(u, *text == '\'' ? "'\\'" : "", (char[]){*text, '\0'});
    }
    u->scratch--;
    u->left++;
    word(u, "", "'");
    return made;
}

struct args {
    const char **argv;
    size_t n;
};

static void add(struct args *l, const char *arg)
{
    if (l->n + 1 < BK__MAX_ARGV)
        l->argv[l->n++] = arg;
}

static void add_dial(struct args *l)
{
    add(l, "buildctl");
    add(l, "dial-stdio");
}

static void docker(struct url *u, struct args *l)
{
    const char *context = get(u, "context");

    add(l, "docker");
    if (*context)
        add(l, word(u, "--context=", context));
    add(l, "exec");
    add(l, "-i");
    add(l, u->host);
    add_dial(l);
}

static void podman(struct url *u, struct args *l)
{
    add(l, "podman");
    add(l, "exec");
    add(l, "-i");
    add(l, u->host);
    add_dial(l);
}

static void nerdctl(struct url *u, struct args *l)
{
    const char *space = get(u, "namespace");

    add(l, "nerdctl");
    add(l, "exec");
    if (*space) {
        add(l, "--namespace");
        add(l, space);
    }
    add(l, "-i");
    add(l, u->host);
    add_dial(l);
}

static void kube(struct url *u, struct args *l)
{
    const char *context = get(u, "context");
    const char *space = get(u, "namespace");
    const char *container = get(u, "container");

    add(l, "kubectl");
    add(l, word(u, "--context=", context));
    add(l, word(u, "--namespace=", space));
    add(l, "exec");
    add(l, word(u, "--container=", container));
    add(l, "-i");
    add(l, u->host);
    add(l, "--");
    add_dial(l);
}

static void add_ssh(struct url *u, struct args *l)
{
    add(l, "ssh");
    if (u->user && *u->user) {
        add(l, "-l");
        add(l, u->user);
    }
    if (u->port) {
        add(l, "-p");
        add(l, u->port);
    }
}

static void ssh(struct url *u, struct args *l)
{
    add_ssh(u, l);
    add(l, "--");
    add(l, u->host);
    add(l, "buildctl");
    if (u->path) {
        add(l, "--addr");
        add(l, quoted(u, "unix://", u->path));
    }
    add(l, "dial-stdio");
}

static void docker_ssh(struct url *u, struct args *l)
{
    add_ssh(u, l);
    add(l, "-o");
    add(l, "ConnectTimeout=30");
    add(l, "-T");
    add(l, "--");
    add(l, u->host);
    if (u->path) {
        const char *host = quoted(u, "docker --host=unix://", u->path);
        add(l, word(u, host, " system dial-stdio"));
    } else
        add(l, "docker system dial-stdio");
}

/* What names a pod, a namespace, a container. */
static bool is_kube_name(const char *s)
{
    return !s[strspn(s, "-abcdefghijklmnopqrstuvwxyz0123456789.")];
}

static const struct helper {
    const char *scheme;
    void (*make)(struct url *, struct args *); /* NULL: not on this system */
    bool is_ssh; /* a user, a port and a path may be given */
    const char *keys[MAX_KEYS];
} helpers[] = {
    {"docker-container", docker, false, {"context"}},
    {"podman-container", podman, false, {NULL}},
    {"nerdctl-container", nerdctl, false, {"namespace"}},
    {"kube-pod", kube, false, {"context", "namespace", "container"}},
    {"ssh", ssh, true, {NULL}},
    {"docker+ssh", docker_ssh, true, {NULL}},
    {"npipe", NULL, true, {NULL}},
};

static bool takes_key(const struct helper *h, const char *key)
{
    for (size_t i = 0; i < MAX_KEYS && h->keys[i]; i++) {
        if (strcmp(h->keys[i], key) == 0)
            return true;
    }
    return false;
}

static llb_status fill(bk__addr *a, const struct helper *h, const char *rest,
                       llb_error *err)
{
    struct url u;
    struct args l = {a->argv, 0};

    if (!h->make)
        return wrong(a, "named pipes are on Windows only", err);
    llb_status st = split(a, rest, &u, err);

    if (st != LLB_OK)
        return st;
    if ((u.user || u.port || u.path) && !h->is_ssh)
        return wrong(a, "only a name stands behind that scheme", err);
    for (size_t i = 0; i < u.n_keys; i++) {
        if (!takes_key(h, u.keys[i]))
            return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                             "address \"%.200s\": \"%.40s\" has no meaning "
                             "with that scheme",
                             a->text, u.keys[i]);
    }
    if (h->make == kube &&
        (!is_kube_name(u.host) || !is_kube_name(get(&u, "namespace")) ||
         !is_kube_name(get(&u, "container"))))
        return wrong(a,
                     "names of pods, namespaces and containers have lower "
                     "case letters, digits, \"-\" and \".\" only",
                     err);
    h->make(&u, &l);
    return LLB_OK;
}

llb_status bk__helper_parse(bk__addr *a, bool *ret_known, llb_error *err)
{
    const char *rest = strstr(a->text, "://");
    size_t len = rest ? (size_t)(rest - a->text) : 0;

    *ret_known = false;
    for (size_t i = 0; i < sizeof helpers / sizeof *helpers; i++) {
        const struct helper *h = &helpers[i];
        if (strlen(h->scheme) != len || memcmp(a->text, h->scheme, len) != 0)
            continue;
        *ret_known = true;
        return fill(a, h, rest + 3, err);
    }
    return LLB_OK;
}
