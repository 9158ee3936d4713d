/* Addresses of daemons. One that is wrong is refused here, with the way out,
 * and not by a resolver that takes it for a host's name. */
#include "addr.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "error.h"
#include "helper.h"

static const char forms[] =
    "use unix:///PATH, tcp://HOST:PORT, docker-container://NAME, "
    "kube-pod://POD or ssh://HOST";

static llb_status wrong(llb_error *err, const char *text, const char *why)
{
    return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                     "address \"%.200s\": %s; %s", text, why, forms);
}

/* The part behind "SCHEME://", or NULL. */
static const char *behind(const char *text, const char *scheme)
{
    size_t len = strlen(scheme);

    if (strncmp(text, scheme, len) != 0 || strncmp(text + len, "://", 3) != 0)
        return NULL;
    return text + len + 3;
}

llb_status bk__addr_unix(const char *path, struct sockaddr_un *ret,
                         llb_error *err)
{
    size_t len = strlen(path);

    if (len >= sizeof ret->sun_path)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "the socket path %.120s... has %zu bytes, but a "
                         "socket's may have %zu; use a shorter one or a link",
                         path, len, sizeof ret->sun_path - 1);
    *ret = (struct sockaddr_un){.sun_family = AF_UNIX};
    memcpy(ret->sun_path, path, len + 1);
    return LLB_OK;
}

static llb_status parse_unix(bk__addr *a, const char *path, llb_error *err)
{
    struct sockaddr_un un;

    if (*path != '/')
        return wrong(err, a->text, "the path of the socket is not absolute");
    a->parts = strdup(path);
    if (!a->parts)
        return llb__fail_nomem(err);
    a->path = a->parts;
    return bk__addr_unix(path, &un, err);
}

static bool is_port(const char *s)
{
    size_t len = strspn(s, "0123456789");

    return len > 0 && len <= 5 && s[len] == '\0' && atoi(s) > 0 &&
           atoi(s) < 65536;
}

/* HOST:PORT, [V6]:PORT; an engine's port may be left out. */
static llb_status parse_tcp(bk__addr *a, bool tls, const char *rest,
                            llb_error *err)
{
    const char *usual = tls ? "2376" : "2375"; /* Docker's */

    a->tcp = true;
    a->parts = strdup(rest);
    if (!a->parts)
        return llb__fail_nomem(err);
    char *host = a->parts;
    size_t len = strlen(host);
    if (len > 0 && host[len - 1] == '/')
        host[--len] = '\0';
    char *end = strrchr(host, ':');
    if (*host == '[') {
        char *close = strchr(host, ']');
        if (!close)
            return wrong(err, a->text, "\"]\" is missing");
        *close = '\0';
        end = close[1] == ':' ? close + 1 : NULL;
        if (close[1] && !end)
            return wrong(err, a->text, "there is more behind \"]\"");
        host++;
    }
    if (end)
        *end = '\0';
    a->host = host;
    a->port = end ? end + 1 : a->docker ? (char *)usual : NULL;
    if (!*a->host)
        return wrong(err, a->text, "the host is missing");
    if (!a->port)
        return wrong(err, a->text, "the port is missing");
    if (!is_port(a->port))
        return wrong(err, a->text, "the port is no number from 1 to 65535");
    return LLB_OK;
}

static llb_status parse(bk__addr *a, bool tls, llb_error *err)
{
    const char *rest;
    bool known;

    if (!*a->text)
        return wrong(err, a->text, "it is empty");
    if (a->text[strcspn(a->text, " \t\r\n")])
        return wrong(err, a->text, "there is a space in it");
    a->docker = strncmp(a->text, "docker:", 7) == 0 ||
                strncmp(a->text, "docker+", 7) == 0;
    if (*a->text == '/') /* a path can be nothing else */
        return parse_unix(a, a->text, err);
    if ((rest = behind(a->text, "unix")) ||
        (rest = behind(a->text, "docker")) ||
        (rest = behind(a->text, "docker+unix")))
        return parse_unix(a, rest, err);
    if ((rest = behind(a->text, "tcp")) ||
        (rest = behind(a->text, "docker+tcp")))
        return parse_tcp(a, tls, rest, err);
    llb_status st = bk__helper_parse(a, &known, err);
    if (known)
        return st;
    return wrong(err, a->text,
                 strstr(a->text, "://") ? "unknown scheme"
                                        : "it has no scheme");
}

llb_status bk__addr_parse(const char *text, bool tls, bk__addr *ret,
                          llb_error *err)
{
    bk__addr a = {.text = strdup(text)};

    if (!a.text)
        return llb__fail_nomem(err);
    llb_status st = parse(&a, tls, err);
    if (st != LLB_OK)
        bk__addr_clear(&a);
    else
        *ret = a;
    return st;
}

void bk__addr_clear(bk__addr *a)
{
    free(a->text);
    free(a->parts);
    *a = (bk__addr){0};
}
