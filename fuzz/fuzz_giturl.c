/* Any text as a git remote, with the fragment on a second line. What is a URL
 * is written so that it reads the same again; what is not goes to the daemon
 * as it is; a source whose text is UTF-8 always makes a definition. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <llb/llb.h>

#include "giturl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(int good)
{
    if (!good)
        abort();
}

static int same(const llb__buf *a, const llb__buf *b)
{
    return a->len == b->len &&
           (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

/* A decoded path is absolute and clean. It may hold a NUL byte ("%00"). */
static void check_path(const llb__buf *path)
{
    check(path->len > 0 && path->data[0] == '/');
    for (size_t i = 0; i + 1 < path->len; i++)
        check(path->data[i] != '/' || path->data[i + 1] != '/');
    check(!memmem(path->data, path->len, "/../", 4));
    check(!memmem(path->data, path->len, "/./", 3));
    check(path->len == 1 || path->data[path->len - 1] != '/');
}

static void check_again(const llb__giturl *u)
{
    llb__giturl again;

    /* A scheme alone is written without slashes, as Go does: no URL. */
    if (u->remote.data[u->remote.len - 1] == ':' && !u->host.len)
        return;
    llb__giturl_parse(u->remote.data, &again);
    check(again.ok && again.ssh == u->ssh);
    check(same(&again.remote, &u->remote));
    check(same(&again.host, &u->host) && same(&again.path, &u->path));
    llb__giturl_clear(&again);
}

static void check_url(const char *text)
{
    llb__giturl u;

    llb__giturl_parse(text, &u);
    check(!u.remote.failed && !u.host.failed && !u.path.failed);
    if (u.ok) {
        check_path(&u.path);
        check(!memchr(u.remote.data, '#', u.remote.len));
        check(!memchr(u.remote.data, '?', u.remote.len));
        check_again(&u);
    } else {
        size_t len = strlen(text);
        check(u.remote.len >= len);
        check(memcmp(u.remote.data + u.remote.len - len, text, len) == 0);
    }
    llb__giturl_clear(&u);
}

static void check_source(const char *remote, const char *fragment)
{
    llb_graph *g = llb_graph_new(NULL);
    llb_git_opts o = LLB_GIT_OPTS_INIT;
    llb_error err = {0};
    llb_def *def = NULL;
    static const char *const hosts[] = {"example.com ssh-ed25519 AAAA\n"};

    check(g != NULL);
    o.known_ssh_hosts = hosts;
    o.n_known_ssh_hosts = 1;
    const llb_state *s = llb_git(g, remote, fragment, &o);
    const llb_error *why = llb_state_error(s);
    llb_status st = llb_marshal(s, NULL, &def, &err);
    check(!why || (st == why->status && why->message[0]));
    check((st == LLB_OK) == (def != NULL));
    /* Escapes may decode to what is not UTF-8, and that is said. */
    check(st == LLB_OK || (st == LLB_EINVAL && err.message[0]));
    if (def)
        check(llb_def_n_ops(def) == 2 && llb_def_needs_session(def));
    llb_def_free(def);
    llb_graph_free(g);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    char *text = malloc(len + 1);

    check(text != NULL);
    if (len)
        memcpy(text, data, len);
    text[len] = '\0';
    char *line = strchr(text, '\n');
    check_url(text); /* before it is cut: newlines are input too */
    if (line)
        *line++ = '\0';
    check_source(text, line);
    free(text);
    return 0;
}
