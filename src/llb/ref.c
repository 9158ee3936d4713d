/* The grammar of image references, which is distribution/reference's:
 *
 *     [domain "/"] path ["/" path]... [":" tag] ["@" digest]
 */
#include "ref.h"

#include <string.h>

enum { MAX_NAME = 255, MAX_TAG = 128 };

static bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
static bool is_alnum(char c) { return is_lower(c) || is_digit(c); }
static bool is_any_alnum(char c) { return is_alnum(c) || is_upper(c); }

/* One part of a path: runs of [a-z0-9] with one of ". _ __ -..." between. */
static bool path_part(const char *s, size_t n)
{
    size_t i = 0;

    for (;;) {
        size_t start = i;
        while (i < n && is_alnum(s[i]))
            i++;
        if (i == start)
            return false;
        if (i == n)
            return true;
        if (s[i] == '-') {
            while (i < n && s[i] == '-')
                i++;
        } else if (s[i] == '.') {
            i++;
        } else if (s[i] == '_') {
            i += i + 1 < n && s[i + 1] == '_' ? 2 : 1;
        } else {
            return false;
        }
    }
}

static bool path(const char *s, size_t n)
{
    for (;;) {
        const char *slash = memchr(s, '/', n);
        size_t len = slash ? (size_t)(slash - s) : n;
        if (!path_part(s, len))
            return false;
        if (!slash)
            return true;
        s += len + 1;
        n -= len + 1;
    }
}

/* Labels of letters, digits and inner "-", with dots between. */
static bool host_name(const char *s, size_t n)
{
    size_t i = 0;

    for (;;) {
        size_t start = i;
        while (i < n && (is_any_alnum(s[i]) || s[i] == '-'))
            i++;
        if (i == start || s[start] == '-' || s[i - 1] == '-')
            return false;
        if (i == n)
            return true;
        if (s[i++] != '.')
            return false;
    }
}

static bool ipv6(const char *s, size_t n)
{
    if (n < 3 || s[0] != '[' || s[n - 1] != ']')
        return false;
    for (size_t i = 1; i + 1 < n; i++)
        if (!(is_digit(s[i]) || s[i] == ':' || (s[i] >= 'a' && s[i] <= 'f') ||
              (s[i] >= 'A' && s[i] <= 'F')))
            return false;
    return true;
}

static bool domain(const char *s, size_t n)
{
    size_t host = n;

    while (host > 0 && is_digit(s[host - 1]))
        host--;
    if (host < n && host > 0 && s[host - 1] == ':')
        host--;
    else
        host = n;
    return n && (s[0] == '[' ? ipv6(s, host) : host_name(s, host));
}

static bool is_tag(const char *s, size_t n)
{
    if (n == 0 || n > MAX_TAG || !(is_any_alnum(*s) || *s == '_'))
        return false;
    for (size_t i = 1; i < n; i++)
        if (!(is_any_alnum(s[i]) || strchr("_.-", s[i])))
            return false;
    return true;
}

static bool is_hex(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!(is_digit(s[i]) || (s[i] >= 'a' && s[i] <= 'f')))
            return false;
    return true;
}

bool llb__is_digest(const char *s, size_t n)
{
    static const struct {
        const char *prefix;
        size_t hex;
    } known[] = {{"sha256:", 64}, {"sha384:", 96}, {"sha512:", 128}};

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        size_t len = strlen(known[i].prefix);
        if (n == len + known[i].hex && memcmp(s, known[i].prefix, len) == 0)
            return is_hex(s + len, n - len);
    }
    return false;
}

static bool has(const char *s, size_t n, char c)
{
    return n && memchr(s, c, n) != NULL;
}

static bool has_upper(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (is_upper(s[i]))
            return true;
    return false;
}

/* Length of the domain in front of the first "/", or 0: what has neither a
 * dot, a port nor an upper-case letter is a path, but for "localhost". */
static size_t domain_len(const char *s, size_t n)
{
    const char *slash = n ? memchr(s, '/', n) : NULL;

    if (!slash)
        return 0;
    size_t len = (size_t)(slash - s);
    if (has(s, len, '.') || has(s, len, ':') || has_upper(s, len) ||
        (len == 9 && memcmp(s, "localhost", 9) == 0))
        return len;
    return 0;
}

/* Cuts tag and digest off; returns the length of what is left. */
static size_t cut(const char *text, llb__ref *r)
{
    size_t n = strlen(text);
    const char *at = strchr(text, '@');

    if (at) {
        r->digest = at + 1;
        r->digest_len = strlen(at + 1);
        n = (size_t)(at - text);
    }
    for (size_t i = n; i-- > 0 && text[i] != '/';) {
        if (text[i] != ':')
            continue;
        r->tag = text + i + 1;
        r->tag_len = n - i - 1;
        return i;
    }
    return n;
}

static bool all_hex64(const char *s, size_t n)
{
    return n == 64 && is_hex(s, n);
}

const char *llb__ref_parse(const char *text, llb__ref *r)
{
    *r = (llb__ref){.name = LLB__BUF_INIT};
    if (!*text)
        return "is empty";
    if (all_hex64(text, strlen(text)))
        return "is 64 hex digits, which is an image id and no name";
    size_t n = cut(text, r);
    size_t d = domain_len(text, n);
    const char *rest = d ? text + d + 1 : text;
    size_t rest_len = d ? n - d - 1 : n;

    if (has_upper(rest, rest_len))
        return "has upper-case letters in its name";
    if ((d && !domain(text, d)) || !path(rest, rest_len))
        return "is no image reference: [host/]name[:tag][@digest]";
    if (r->tag && !is_tag(r->tag, r->tag_len))
        return "has a tag that is not [A-Za-z0-9_][A-Za-z0-9_.-]*, at most 128";
    if (r->digest && !llb__is_digest(r->digest, r->digest_len))
        return "has a digest that is no sha256, sha384 or sha512";
    bool hub = !d || (d == 15 && memcmp(text, "index.docker.io", d) == 0) ||
               (d == 9 && memcmp(text, "docker.io", d) == 0);
    if (hub)
        llb__buf_adds(&r->name, "docker.io/");
    if (hub && !has(rest, rest_len, '/'))
        llb__buf_adds(&r->name, "library/");
    if (!hub) {
        llb__buf_add(&r->name, text, d);
        llb__buf_addc(&r->name, '/');
    }
    llb__buf_add(&r->name, rest, rest_len);
    if (rest_len + (hub && !has(rest, rest_len, '/') ? 8 : 0) > MAX_NAME)
        return "has a name of more than 255 characters";
    return NULL;
}

void llb__ref_clear(llb__ref *r) { llb__buf_clear(&r->name); }

void llb__ref_write(const llb__ref *r, llb__buf *out)
{
    if (r->name.failed)
        out->failed = true;
    else
        llb__buf_add(out, r->name.data, r->name.len);
    if (r->tag) {
        llb__buf_addc(out, ':');
        llb__buf_add(out, r->tag, r->tag_len);
    } else if (!r->digest) {
        llb__buf_adds(out, ":latest");
    }
    if (r->digest) {
        llb__buf_addc(out, '@');
        llb__buf_add(out, r->digest, r->digest_len);
    }
}
