/* Platforms. The names of architectures are those of containerd/platforms. */
#include "platform.h"

#include <stdlib.h>
#include <strings.h>
#include <sys/utsname.h>

enum { MAX_WORD = 64 }; /* of os, architecture and variant, lower-cased */

struct words {
    char os[MAX_WORD], arch[MAX_WORD], variant[MAX_WORD];
};

static void lower(const char *s, char out[MAX_WORD])
{
    size_t i = 0;

    for (; s[i] && i < MAX_WORD - 1; i++)
        out[i] = (char)(s[i] >= 'A' && s[i] <= 'Z' ? s[i] + 32 : s[i]);
    out[i] = '\0';
}

static const struct alias {
    const char *arch;
    const char *variant; /* "*": any */
    const char *to_arch, *to_variant;
} aliases[] = {
    {"i386", "*", "386", ""},           {"x86_64", "v1", "amd64", ""},
    {"x86-64", "v1", "amd64", ""},      {"amd64", "v1", "amd64", ""},
    {"aarch64", "8", "arm64", ""},      {"aarch64", "v8", "arm64", ""},
    {"aarch64", "v8.0", "arm64", ""},   {"arm64", "8", "arm64", ""},
    {"arm64", "v8", "arm64", ""},       {"arm64", "v8.0", "arm64", ""},
    {"aarch64", "9", "arm64", "v9"},    {"aarch64", "9.0", "arm64", "v9"},
    {"aarch64", "v9.0", "arm64", "v9"}, {"arm64", "9", "arm64", "v9"},
    {"arm64", "9.0", "arm64", "v9"},    {"arm64", "v9.0", "arm64", "v9"},
    {"armhf", "*", "arm", "v7"},        {"armel", "*", "arm", "v6"},
    {"arm", "", "arm", "v7"},           {"arm", "7", "arm", "v7"},
    {"arm", "5", "arm", "v5"},          {"arm", "6", "arm", "v6"},
    {"arm", "8", "arm", "v8"},
};

/* Names that are only another spelling, whatever the variant. */
static const char *const spellings[][2] = {
    {"x86_64", "amd64"}, {"x86-64", "amd64"}, {"aarch64", "arm64"}};

static void normalize_words(struct words *w)
{
    if (!*w->os)
        strcpy(w->os, "linux");
    else if (strcmp(w->os, "macos") == 0)
        strcpy(w->os, "darwin");
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++) {
        const struct alias *a = &aliases[i];
        if (strcmp(w->arch, a->arch) != 0 ||
            (*a->variant != '*' && strcmp(w->variant, a->variant) != 0))
            continue;
        strcpy(w->arch, a->to_arch);
        strcpy(w->variant, a->to_variant);
        return;
    }
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++)
        if (strcmp(w->arch, spellings[i][0]) == 0)
            strcpy(w->arch, spellings[i][1]);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorts a list and drops what is twice; returns how many are left. */
static size_t sort_unique(const char **list, size_t n)
{
    size_t kept = 0;

    if (n)
        qsort(list, n, sizeof *list, by_text);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || strcmp(list[kept - 1], list[i]) != 0)
            list[kept++] = list[i];
    return kept;
}

static void encode(llb__enc *e, const llb_platform *p)
{
    size_t mark = llb__enc_len(e);

    for (size_t i = p->n_os_features; i-- > 0;)
        llb__enc_elem(e, 5, p->os_features[i], strlen(p->os_features[i]));
    llb__enc_str(e, 4, p->os_version);
    llb__enc_str(e, 3, p->variant);
    llb__enc_str(e, 2, p->os);
    llb__enc_str(e, 1, p->arch);
    llb__enc_wrap(e, 10, mark);
}

static bool finish(llb__call *c, llb__platform *p)
{
    encode(&c->g->enc, &p->p);
    p->field = llb__take_enc(c, &p->field_len);
    return p->field != NULL;
}

static bool same(const llb_platform *p, const struct words *w,
                 const char *const *features, size_t n)
{
    if (strcmp(p->os, w->os) != 0 || strcmp(p->arch, w->arch) != 0 ||
        strcmp(p->variant, w->variant) != 0 || n != p->n_os_features)
        return false;
    for (size_t i = 0; i < n; i++)
        if (strcmp(features[i], p->os_features[i]) != 0)
            return false;
    return true;
}

static const llb__platform *normal_of(llb__call *c, const llb__platform *p)
{
    struct words w;
    size_t n = p->p.n_os_features;

    if (strlen(p->p.os) >= MAX_WORD || strlen(p->p.arch) >= MAX_WORD ||
        strlen(p->p.variant) >= MAX_WORD)
        return p; /* no word that we know another spelling of */
    lower(p->p.os, w.os);
    lower(p->p.arch, w.arch);
    lower(p->p.variant, w.variant);
    normalize_words(&w);
    const char **features = llb__alloc_array(c, n + 1, sizeof *features);
    if (!features)
        return NULL;
    for (size_t i = 0; i < n; i++)
        features[i] = p->p.os_features[i];
    n = sort_unique(features, n);
    if (same(&p->p, &w, features, n))
        return p;
    llb__platform *q = llb__alloc(c, sizeof *q);
    if (!q)
        return NULL;
    q->p = p->p;
    q->p.os = llb__copy_text(c, w.os);
    q->p.arch = llb__copy_text(c, w.arch);
    q->p.variant = llb__copy_text(c, w.variant);
    q->p.os_features = features;
    q->p.n_os_features = n;
    q->normal = q;
    return c->error || !finish(c, q) ? NULL : q;
}

const llb__platform *llb__platform_new(llb__call *c, const char *what,
                                       const llb_platform *given)
{
    llb_platform o = LLB_PLATFORM_INIT;

    if (!given)
        llb__call_fail(c, LLB_EINVAL, "%s is NULL", what);
    if (!llb__opts(c, &o, sizeof o, given,
                   LLB__FIRST(llb_platform, n_os_features)) ||
        !llb__opt_text(c, "os of a platform", o.os) ||
        !llb__opt_text(c, "arch of a platform", o.arch) ||
        !llb__opt_text(c, "variant of a platform", o.variant) ||
        !llb__opt_text(c, "os_version of a platform", o.os_version) ||
        !llb__need_texts(c, "os_features of a platform", o.os_features,
                         o.n_os_features))
        return NULL;
    llb__platform *p = llb__alloc(c, sizeof *p);
    const char **features =
        llb__alloc_array(c, o.n_os_features + 1, sizeof *features);
    if (!p || !features)
        return NULL;
    for (size_t i = 0; i < o.n_os_features; i++)
        features[i] = llb__copy_text(c, o.os_features[i]);
    p->p = (llb_platform){(uint32_t)sizeof p->p,
                          0,
                          llb__copy_text(c, o.os),
                          llb__copy_text(c, o.arch),
                          llb__copy_text(c, o.variant),
                          llb__copy_text(c, o.os_version),
                          features,
                          o.n_os_features};
    if (c->error || !finish(c, p))
        return NULL;
    p->normal = normal_of(c, p);
    return p->normal ? p : NULL;
}

/* uname's machine names that are not Go's. */
static const char *const machines[][2] = {
    {"x86_64", "amd64"},    {"aarch64", "arm64"},
    {"i386", "386"},        {"i486", "386"},
    {"i586", "386"},        {"i686", "386"},
    {"ppc64le", "ppc64le"}, {"s390x", "s390x"},
    {"riscv64", "riscv64"}, {"loongarch64", "loong64"},
    {"mips64", "mips64"}};

void llb__platform_local(llb_platform *ret)
{
    struct utsname u;

    *ret = (llb_platform)LLB_PLATFORM_INIT;
    ret->os = "linux";
    ret->arch = "amd64";
    if (uname(&u) != 0)
        return;
    for (size_t i = 0; i < sizeof machines / sizeof *machines; i++) {
        if (strcmp(u.machine, machines[i][0]) == 0) {
            ret->arch = machines[i][1];
            return;
        }
    }
    if (strncmp(u.machine, "armv", 4) == 0) {
        ret->arch = "arm";
        ret->variant = u.machine[4] == '6'   ? "v6"
                       : u.machine[4] == '5' ? "v5"
                                             : "v7";
    }
}
