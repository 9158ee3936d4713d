/* URLs as Go's net/url reads and writes them, as far as remotes of git need:
 * scheme, user, host and path; query and fragment only have to be well-formed.
 */
#include "giturl.h"

#include <arpa/inet.h>
#include <string.h>

#include "path.h"

/* The parts of a URL have rules of their own about what is escaped. */
enum part { PART_USER, PART_HOST, PART_ZONE, PART_PATH, PART_FRAGMENT };

static bool is_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9');
}

static bool in(char c, const char *set) { return c && strchr(set, c); }

static bool must_escape(char c, enum part part)
{
    if (is_alnum(c) || in(c, "-_.~"))
        return false;
    switch (part) {
    case PART_USER:
        return !in(c, "$&+,;=");
    case PART_HOST:
    case PART_ZONE:
        return !in(c, "!$&'()*+,;=:[]<>\"");
    case PART_PATH:
        return !in(c, "$&+,/:;=@");
    case PART_FRAGMENT:
        return !in(c, "$&+,/:;=?@!()*");
    }
    return true;
}

static int unhex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static void escape(llb__buf *out, const char *s, size_t len, enum part part)
{
    for (size_t i = 0; i < len; i++) {
        if (must_escape(s[i], part))
            llb__buf_printf(out, "%%%02X", (unsigned)(unsigned char)s[i]);
        else
            llb__buf_addc(out, s[i]);
    }
}

/* Decodes "%XX"; false if s is not well-formed. */
static bool unescape(llb__buf *out, const char *s, size_t len, enum part part)
{
    bool in_host = part == PART_HOST || part == PART_ZONE;

    for (size_t i = 0; i < len; i++) {
        if (s[i] != '%') {
            if (in_host && (unsigned char)s[i] < 0x80 &&
                must_escape(s[i], part))
                return false;
            llb__buf_addc(out, s[i]);
            continue;
        }
        int hi = i + 2 < len ? unhex(s[i + 1]) : -1;
        int lo = i + 2 < len ? unhex(s[i + 2]) : -1;
        if (hi < 0 || lo < 0)
            return false;
        /* In a host only bytes beyond ASCII are escaped; in the zone of an
         * address what could stand there as it is, and blanks. */
        char c = (char)(hi << 4 | lo);
        if (c != '%' &&
            ((part == PART_HOST && hi < 8) ||
             (part == PART_ZONE && c != ' ' && must_escape(c, part))))
            return false;
        llb__buf_addc(out, c);
        i += 2;
    }
    return true;
}

/* Whether a path may stay as it was written. */
static bool is_encoded_path(const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!in(s[i], "!'()*[]%") && must_escape(s[i], PART_PATH))
            return false;
    return true;
}

/* "user[:password]", decoded and escaped anew. */
static bool user_info(llb__buf *out, const char *s, size_t len)
{
    const char *colon = len ? memchr(s, ':', len) : NULL;
    size_t name = colon ? (size_t)(colon - s) : len;
    llb__buf part = LLB__BUF_INIT;
    bool ok;

    for (size_t i = 0; i < len; i++)
        if (!is_alnum(s[i]) && !in(s[i], "-._:~!$&'()*+,;=%@"))
            return false;
    ok = unescape(&part, s, name, PART_USER);
    escape(out, part.data, part.len, PART_USER);
    if (ok && colon) {
        part.len = 0;
        ok = unescape(&part, colon + 1, len - name - 1, PART_USER);
        llb__buf_addc(out, ':');
        escape(out, part.data, part.len, PART_USER);
    }
    out->failed |= part.failed;
    llb__buf_clear(&part);
    llb__buf_addc(out, '@');
    return ok;
}

/* Nothing, or ":" and digits. */
static bool is_port(const char *s, size_t len)
{
    if (len && *s != ':')
        return false;
    for (size_t i = 1; i < len; i++)
        if (s[i] < '0' || s[i] > '9')
            return false;
    return true;
}

static size_t span_to(const char *s, size_t len, char c)
{
    const char *at = len ? memchr(s, c, len) : NULL;

    return at ? (size_t)(at - s) : len;
}

/* Whether brackets hold an IPv6 address, perhaps with a zone ("fe80::1%eth0"),
 * and nothing else. */
static bool is_ipv6(const char *s, size_t len)
{
    struct in6_addr addr;
    char text[INET6_ADDRSTRLEN];
    size_t n = span_to(s, len, '%');

    if (n + 1 == len || n >= sizeof text)
        return false;
    memcpy(text, s, n);
    text[n] = '\0';
    return inet_pton(AF_INET6, text, &addr) == 1;
}

/* "[address]" and perhaps a port. */
static bool ip_literal(llb__buf *out, const char *s, size_t len)
{
    size_t end = len;

    while (end > 0 && s[end - 1] != ']')
        end--;
    const char *percent = memmem(s, end, "%25", 3);
    size_t zone = percent ? (size_t)(percent - s) : end;
    if (end == 0 || !is_port(s + end, len - end) ||
        !unescape(out, s, zone, PART_HOST) ||
        !unescape(out, s + zone, end - zone, PART_ZONE) || out->failed)
        return false;
    if (!is_ipv6(out->data + 1, out->len - 2))
        return false;
    llb__buf_add(out, s + end, len - end);
    return true;
}

/* As Go 1.26 has it: in http and https a colon begins the port, elsewhere only
 * the last one does. */
static bool host(llb__buf *out, const char *s, size_t len, bool is_http)
{
    size_t colon = span_to(s, len, ':');

    if (len && *s == '[' && !memchr(s + 1, '[', len - 1))
        return ip_literal(out, s, len);
    if (len && memchr(s, '[', len))
        return false;
    for (size_t i = colon; i < len && !is_http; i++)
        if (s[i] == ':')
            colon = i;
    return is_port(s + colon, len - colon) && unescape(out, s, len, PART_HOST);
}

/* Cleans a decoded path, as path.Join("/", p). */
static void clean_path(llb__buf *path)
{
    llb__buf out = LLB__BUF_INIT;

    if (!path->failed && llb__buf_reserve(&out, path->len + 8))
        out.len = llb__path_clean("/", path->data ? path->data : "", path->len,
                                  out.data);
    out.failed |= path->failed;
    llb__buf_clear(path);
    *path = out;
}

/* What follows "scheme://": authority and path. */
static bool hierarchy(llb__giturl *u, const char *s, size_t len, bool is_http)
{
    size_t authority = span_to(s, len, '/'), at = authority;
    const char *rest = s + authority;
    size_t rest_len = len - authority;

    while (at > 0 && s[at - 1] != '@')
        at--;
    if (at && !user_info(&u->remote, s, at - 1))
        return false;
    if (!host(&u->host, s + at, authority - at, is_http) ||
        !unescape(&u->path, rest, rest_len, PART_PATH))
        return false;
    escape(&u->remote, u->host.data, u->host.len, PART_HOST);
    if (is_encoded_path(rest, rest_len))
        llb__buf_add(&u->remote, rest, rest_len);
    else
        escape(&u->remote, u->path.data, u->path.len, PART_PATH);
    return true;
}

static bool parse_url(llb__giturl *u, const char *text, size_t scheme)
{
    static const char *const known[] = {"http", "https", "ssh", "git"};
    const char *s = text + scheme + 3;
    size_t len = strlen(s), n = span_to(s, len, '#');
    llb__buf fragment = LLB__BUF_INIT;
    bool is_known = false;

    for (const char *p = text; *p; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            return false;
    for (size_t i = 0; i < scheme; i++)
        llb__buf_addc(
            &u->remote,
            (char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] + 32 : text[i]));
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        is_known |= u->remote.len == strlen(known[i]) &&
                    memcmp(u->remote.data, known[i], u->remote.len) == 0;
    bool ok = is_known && (n == len || unescape(&fragment, s + n + 1,
                                                len - n - 1, PART_FRAGMENT));
    llb__buf_clear(&fragment);
    u->ssh = u->remote.len == 3 && memcmp(u->remote.data, "ssh", 3) == 0;
    bool is_http = u->remote.len >= 4 && memcmp(u->remote.data, "http", 4) == 0;
    llb__buf_adds(&u->remote, "://");
    size_t mark = u->remote.len;
    ok = ok && hierarchy(u, s, span_to(s, n, '?'), is_http);
    if (ok && !u->remote.failed && u->remote.len == mark) {
        u->remote.len -= 2; /* nothing that the slashes could introduce */
        u->remote.data[u->remote.len] = '\0';
    }
    return ok;
}

/* user@host:path, path up to "?" or "#". */
static bool parse_scp(llb__giturl *u, const char *text)
{
    size_t user = 0, end, path;

    while (is_alnum(text[user]) || in(text[user], "-_"))
        user++;
    if (user == 0 || text[user] != '@')
        return false;
    for (end = user + 1; is_alnum(text[end]) || in(text[end], "-.");)
        end++;
    if (end == user + 1 || text[end] != ':' || strchr(text, '\n'))
        return false;
    path = strcspn(text + end + 1, "?#");
    llb__buf_add(&u->host, text + user + 1, end - user - 1);
    llb__buf_add(&u->path, text + end + 1, path);
    llb__buf_add(&u->remote, text, end + 1 + path);
    u->ssh = true;
    return true;
}

/* Length of the scheme if "://" follows it, or 0. */
static size_t scheme_len(const char *text)
{
    size_t n = 0;

    while (is_alnum(text[n]))
        n++;
    return strncmp(text + n, "://", 3) == 0 ? n : 0;
}

void llb__giturl_parse(const char *text, llb__giturl *u)
{
    llb__buf full = LLB__BUF_INIT;
    size_t scheme = scheme_len(text);

    *u = (llb__giturl){
        .remote = LLB__BUF_INIT, .host = LLB__BUF_INIT, .path = LLB__BUF_INIT};
    if (!scheme && parse_scp(u, text)) {
        u->ok = true;
    } else {
        if (!scheme) {
            scheme = 5;
            llb__buf_adds(&full, "https://");
        }
        llb__buf_adds(&full, text);
        u->ok = !full.failed && parse_url(u, full.data, scheme);
    }
    bool failed = u->remote.failed || u->host.failed || u->path.failed;
    if (u->ok) {
        clean_path(&u->path);
    } else {
        u->ssh = false;
        llb__buf_clear(&u->remote);
        u->remote = full;
        u->remote.failed |= failed; /* then it may well be a URL */
        full = LLB__BUF_INIT;
    }
    llb__buf_clear(&full);
}

void llb__giturl_clear(llb__giturl *u)
{
    llb__buf_clear(&u->remote);
    llb__buf_clear(&u->host);
    llb__buf_clear(&u->path);
}
