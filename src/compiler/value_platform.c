/* Platforms as texts: read in all the spellings that people use, written in
 * one. The rules are those of containerd/platforms. */
#include "eval.h"

#include <ctype.h>
#include <string.h>

static const char *const known_os[] = {
    "linux", "windows", "darwin", "freebsd", "netbsd", "openbsd", "wasip1",
};

static const char *const known_arch[] = {
    "amd64",   "arm64",   "arm",      "386",    "riscv64",
    "ppc64le", "s390x",   "mips64le", "mips64", "mipsle",
    "mips",    "loong64", "ppc64",    "wasm",   "riscv",
};

enum {
    N_OS = sizeof(known_os) / sizeof(known_os[0]),
    N_ARCH = sizeof(known_arch) / sizeof(known_arch[0]),
    MAX_TEXT = 128,
};

/* Other names of architectures, and the variant that some imply. */
static const struct {
    const char *name, *arch, *variant; /* NULL: keep what is written */
} other_names[] = {
    {"i386", "386", ""},       {"x86_64", "amd64", NULL},
    {"x86-64", "amd64", NULL}, {"aarch64", "arm64", NULL},
    {"armhf", "arm", "v7"},    {"armel", "arm", "v6"},
};

/* Variants that say nothing, and other spellings of those that do. */
static const struct {
    const char *arch, *variant, *normal;
} variants[] = {
    {"amd64", "v1", ""},     {"arm64", "8", ""},   {"arm64", "v8", ""},
    {"arm64", "v8.0", ""},   {"arm64", "9", "v9"}, {"arm64", "9.0", "v9"},
    {"arm64", "v9.0", "v9"}, {"arm", "", "v7"},    {"arm", "7", "v7"},
    {"arm", "5", "v5"},      {"arm", "6", "v6"},   {"arm", "8", "v8"},
};

static bool is_one_of(const char *const *names, size_t n, const char *s)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(names[i], s) == 0)
            return true;
    }
    return false;
}

/* The parts of a platform while it is normalized. */
typedef struct parts {
    const char *os, *arch, *variant, *os_version;
} parts;

static void normalize(parts *p)
{
    if (strcmp(p->os, "macos") == 0)
        p->os = "darwin";
    for (size_t i = 0; i < sizeof(other_names) / sizeof(other_names[0]); i++) {
        if (strcmp(other_names[i].name, p->arch) != 0)
            continue;
        p->arch = other_names[i].arch;
        if (other_names[i].variant)
            p->variant = other_names[i].variant;
        break;
    }
    for (size_t i = 0; i < sizeof(variants) / sizeof(variants[0]); i++) {
        if (strcmp(variants[i].arch, p->arch) == 0 &&
            strcmp(variants[i].variant, p->variant) == 0) {
            p->variant = variants[i].normal;
            break;
        }
    }
}

/* "windows(10.0.17763)": the version stands in parentheses. */
static bool split_version(char *os, parts *p)
{
    char *open = strchr(os, '(');

    p->os_version = "";
    if (!open)
        return true;
    size_t len = strlen(open);
    if (len < 3 || open[len - 1] != ')')
        return false;
    open[len - 1] = '\0';
    *open = '\0';
    p->os_version = open + 1;
    return true;
}

static bool is_arch(const char *s)
{
    for (size_t i = 0; i < sizeof(other_names) / sizeof(other_names[0]); i++) {
        if (strcmp(other_names[i].name, s) == 0)
            return true;
    }
    return is_one_of(known_arch, N_ARCH, s);
}

static const llbc__platform *bad(llbc_diags *d, llb_span at, const char *text,
                                 const char *why, const char *help)
{
    llbc__note *n = llbc__report(d, LLBC__E_VALUE, at,
                                 "\"%s\" is no platform: %s", text, why);

    if (help)
        llbc__help(n, "%s", help);
    return NULL;
}

static const llbc__platform *finish(llb__arena *a, llbc_diags *d,
                                    const parts *p)
{
    llbc__platform *ret = llb__arena_alloc(a, sizeof(*ret));

    if (!ret) {
        llbc__diags_nomem(d);
        return NULL;
    }
    *ret = (llbc__platform){
        llb__arena_strdup(a, p->os), llb__arena_strdup(a, p->arch),
        llb__arena_strdup(a, p->variant), llb__arena_strdup(a, p->os_version),
        llb__arena_printf(a, "%s%s%s%s/%s%s%s", p->os,
                          *p->os_version ? "(" : "", p->os_version,
                          *p->os_version ? ")" : "", p->arch,
                          *p->variant ? "/" : "", p->variant)};
    if (ret->os && ret->arch && ret->variant && ret->os_version && ret->text)
        return ret;
    llbc__diags_nomem(d);
    return NULL;
}

/* Splits text at "/" into at most 4 parts; their number. */
static size_t split(char *text, char *out[4])
{
    size_t n = 0;

    for (char *s = text; s && n < 4; n++) {
        out[n] = s;
        s = strchr(s, '/');
        if (s)
            *s++ = '\0';
    }
    return n;
}

static const llbc__platform *from_parts(llb__arena *a, llbc_diags *d,
                                        const char *text, llb_span at,
                                        char *part[4], size_t n)
{
    parts p = {"linux", part[0], "", ""};

    if (n > 3)
        return bad(d, at, text, "it has more than three parts", NULL);
    if (n == 1 && !is_arch(part[0]))
        return bad(d, at, text, "it says no architecture",
                   "write os/architecture, for example linux/amd64");
    if (n == 2 && is_arch(part[0]) && !is_arch(part[1]))
        return bad(d, at, text, "the first part is an architecture",
                   llb__arena_printf(a, "write linux/%s", text));
    if (n > 1) {
        p.os = part[0];
        p.arch = part[1];
        p.variant = n > 2 ? part[2] : "";
        if (!split_version(part[0], &p))
            return bad(d, at, text, "the version is not closed", NULL);
    }
    normalize(&p);
    if (!is_one_of(known_os, N_OS, p.os)) {
        const char *near = llbc__nearest(p.os, known_os, N_OS);
        return bad(d, at, text, "no such operating system",
                   near ? llb__arena_printf(a, "did you mean \"%s\"?", near)
                        : NULL);
    }
    const char *near =
        is_arch(p.arch) ? NULL : llbc__nearest(p.arch, known_arch, N_ARCH);
    if (near)
        return bad(d, at, text, "no such architecture",
                   llb__arena_printf(a, "did you mean \"%s\"?", near));
    return finish(a, d, &p);
}

const llbc__platform *llbc__platform_make(llb__arena *a, llbc_diags *d,
                                          const char *text, llb_span at)
{
    char copy[MAX_TEXT], *part[4];
    size_t len = strlen(text);

    if (len >= sizeof(copy))
        return bad(d, at, "(long)", "it is too long", NULL);
    for (size_t i = 0; i <= len; i++)
        copy[i] = (char)tolower((unsigned char)text[i]);
    if (strcmp(copy, "local") == 0)
        return bad(d, at, text, "it has another name here",
                   "the daemon's own is build_platform");
    if (strchr(copy, ','))
        return bad(d, at, text, "it is a list",
                   "write one string each: [\"linux/amd64\", "
                   "\"linux/arm64\"]");
    for (const char *s = copy; *s; s++) {
        if (!isalnum((unsigned char)*s) && !strchr("-_./()", *s))
            return bad(d, at, text, "it holds a character that none has", NULL);
    }
    size_t n = split(copy, part);
    for (size_t i = 0; i < n; i++) {
        if (!*part[i])
            return bad(d, at, text, "a part of it is empty",
                       "write os/architecture, for example linux/amd64");
    }
    return from_parts(a, d, text, at, part, n);
}

llb_platform llbc__platform_llb(const llbc__platform *p)
{
    llb_platform ret = LLB_PLATFORM_INIT;

    ret.os = p->os;
    ret.arch = p->arch;
    ret.variant = *p->variant ? p->variant : NULL;
    ret.os_version = *p->os_version ? p->os_version : NULL;
    return ret;
}
