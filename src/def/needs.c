/* What a build of a definition asks its session and its daemon for. */
#include "def_int.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "error.h"

/* What the caller gets a pointer into. */
struct needs {
    llb_def_needs pub;
    llb__arena *names;
};

struct collector {
    const llb_def *d;
    struct needs *needs;
    size_t cap;
    size_t op; /* the one being looked at */
    bool failed;
};

static int compare_names(const char *a, size_t a_len, const char *b,
                         size_t b_len)
{
    size_t n = a_len < b_len ? a_len : b_len;
    int c = n ? memcmp(a, b, n) : 0;

    return c ? c : (a_len > b_len) - (a_len < b_len);
}

static int compare(const void *a, const void *b)
{
    const llb_def_need *x = a, *y = b;

    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    int c = compare_names(x->name, x->name_len, y->name, y->name_len);
    return c ? c : (x->op > y->op) - (x->op < y->op);
}

/* Sorts, and makes equal needs one. */
static void compact(llb_def_needs *needs)
{
    size_t n = 0;

    if (needs->n == 0)
        return;
    qsort(needs->list, needs->n, sizeof *needs->list, compare);
    for (size_t i = 1; i < needs->n; i++) {
        llb_def_need *last = &needs->list[n], *next = &needs->list[i];
        if (last->kind == next->kind &&
            compare_names(last->name, last->name_len, next->name,
                          next->name_len) == 0)
            last->optional = last->optional && next->optional;
        else
            needs->list[++n] = *next;
    }
    needs->n = n + 1;
}

/* Room for one more. Most ops need what others need too, so a full list is
 * made short before it is made long. */
static bool make_room(struct collector *c)
{
    llb_def_needs *needs = &c->needs->pub;

    if (needs->n < c->cap)
        return true;
    compact(needs);
    if (needs->n < c->cap / 2)
        return true;
    size_t cap = c->cap ? 2 * c->cap : 16;
    llb_def_need *list = realloc(needs->list, cap * sizeof *list);
    if (!list) {
        c->failed = true;
        return false;
    }
    needs->list = list;
    c->cap = cap;
    return true;
}

/* name: borrowed until the end, when all names are copied. */
static void add(struct collector *c, llb_need_kind kind, const void *name,
                size_t len, bool optional)
{
    llb_def_needs *needs = &c->needs->pub;

    if (!make_room(c))
        return;
    needs->list[needs->n++] = (llb_def_need){.kind = kind,
                                             .optional = optional,
                                             .name = len ? name : "",
                                             .name_len = len,
                                             .op = c->op};
}

static void add_text(struct collector *c, llb_need_kind kind, const char *name)
{
    add(c, kind, name, strlen(name), false);
}

static void add_bytes(struct collector *c, llb_need_kind kind, llb__bytes name,
                      bool optional)
{
    add(c, kind, name.data, name.len, optional);
}

/* prefix and name in one. */
static void add_joined(struct collector *c, llb_need_kind kind,
                       const char *prefix, llb__bytes name, bool optional)
{
    size_t n = strlen(prefix);
    char *text = llb__arena_bytes(c->needs->names, n + name.len + 1);

    if (!text) {
        c->failed = true;
        return;
    }
    memcpy(text, prefix, n);
    if (name.len)
        memcpy(text + n, name.data, name.len);
    text[n + name.len] = '\0';
    add(c, kind, text, n + name.len, optional);
}

static bool strip(llb__bytes *text, const char *prefix)
{
    size_t n = strlen(prefix);

    if (text->len < n || memcmp(text->data, prefix, n) != 0)
        return false;
    text->data += n;
    text->len -= n;
    return true;
}

/* What stands before the first of the stop characters. */
static llb__bytes until(llb__bytes text, const char *stop)
{
    size_t n = 0;

    while (n < text.len && !(text.data[n] && strchr(stop, text.data[n])))
        n++;
    return (llb__bytes){text.data, n};
}

/* The host of an image reference, as in distribution/reference: a first part
 * without dot or colon is a folder of docker.io. */
static void add_registry(struct collector *c, llb__bytes ref)
{
    llb__bytes host = until(ref, "/");
    bool is_host = llb__bytes_are(host, "localhost", 9) ||
                   until(host, ".:").len < host.len;

    if (host.len == ref.len || !is_host)
        add_text(c, LLB_NEED_REGISTRY, "docker.io");
    else
        add_bytes(c, LLB_NEED_REGISTRY, host, false);
}

static void add_http_defaults(struct collector *c, llb__bytes url)
{
    llb__bytes host = until(url, "/?#");
    llb__bytes user = until(host, "@");

    if (user.len < host.len) {
        host.data += user.len + 1;
        host.len -= user.len + 1;
    }
    add_joined(c, LLB_NEED_SECRET, "HTTP_AUTH_HEADER_", host, true);
    add_joined(c, LLB_NEED_SECRET, "HTTP_AUTH_TOKEN_", host, true);
}

/* Attributes that name something, whatever the scheme. */
static const struct attr {
    const char *key;
    llb_need_kind kind;
    bool optional;
} attrs[] = {
    {"http.authheadersecret", LLB_NEED_SECRET, false},
    {"git.authheadersecret", LLB_NEED_SECRET, true},
    {"git.authtokensecret", LLB_NEED_SECRET, true},
    {"git.mountsshsock", LLB_NEED_SSH, false},
    {"oci.store", LLB_NEED_OCI_STORE, false},
};

static void add_attr(struct collector *c, llb__bytes key, llb__bytes value)
{
    for (size_t i = 0; i < sizeof attrs / sizeof *attrs; i++)
        if (llb__bytes_are(key, attrs[i].key, strlen(attrs[i].key)))
            add_bytes(c, attrs[i].kind, value, attrs[i].optional);
    if (llb__bytes_are(key, "git.bundle", 10) &&
        strip(&value, "docker-image+blob://"))
        add_registry(c, value);
}

static void add_source(struct collector *c, llb__bytes source)
{
    llb__bytes id = llb__wire_body(source, 1);
    llb__wire w = llb__wire_of(source);
    llb__wire_field f;
    bool own_secret = false;

    while (llb__wire_next(&w, &f)) {
        if (f.number != 2)
            continue;
        llb__bytes key = llb__wire_body(f.body, LLB__KEY);
        add_attr(c, key, llb__wire_body(f.body, LLB__VALUE));
        own_secret |= llb__bytes_are(key, "http.authheadersecret", 21);
    }
    if (strip(&id, "local://"))
        add_bytes(c, LLB_NEED_LOCAL, id, false);
    else if (strip(&id, "docker-image://") ||
             strip(&id, "docker-image+blob://"))
        add_registry(c, id);
    else if ((strip(&id, "http://") || strip(&id, "https://")) && !own_secret)
        add_http_defaults(c, id);
}

static void add_ssh(struct collector *c, llb__bytes opt)
{
    llb__bytes id = llb__wire_body(opt, 1);

    if (id.len == 0)
        id = (llb__bytes){(const uint8_t *)"default", 7};
    add_bytes(c, LLB_NEED_SSH, id, llb__wire_int(opt, 5) != 0);
}

static void add_mount(struct collector *c, llb__bytes mount)
{
    llb__bytes secret = llb__wire_body(mount, 21);

    switch (llb__wire_int(mount, 6)) {
    case 1:
        add_bytes(c, LLB_NEED_SECRET, llb__wire_body(secret, 1),
                  llb__wire_int(secret, 5) != 0);
        break;
    case 2:
        add_ssh(c, llb__wire_body(mount, 22));
        break;
    default:
        break;
    }
}

static void add_exec(struct collector *c, llb__bytes exec)
{
    llb__wire w = llb__wire_of(exec);
    llb__wire_field f;

    while (llb__wire_next(&w, &f)) {
        if (f.number == 1 && llb__wire_body(f.body, 10).len)
            add_text(c, LLB_NEED_CAP, "exec.meta.cgroup.parent");
        else if (f.number == 2)
            add_mount(c, f.body);
        else if (f.number == 3 && f.value == 1)
            add_text(c, LLB_NEED_ENTITLEMENT, "network.host");
        else if (f.number == 4 && f.value == 1)
            add_text(c, LLB_NEED_ENTITLEMENT, "security.insecure");
        else if (f.number == 5)
            add_bytes(c, LLB_NEED_SECRET, llb__wire_body(f.body, 1),
                      llb__wire_int(f.body, 3) != 0);
        else if (f.number == 6)
            add_joined(c, LLB_NEED_ENTITLEMENT,
                       "device=", llb__wire_body(f.body, 1),
                       llb__wire_int(f.body, 2) != 0);
    }
}

/* Fields that BuildKit's client leaves without their capability, although a
 * daemon that does not know them ignores them. */
static void add_copy(struct collector *c, llb__bytes copy)
{
    static const char *const ids[] = {
        [12] = "file.copy.includeexcludepatterns",
        [13] = "file.copy.includeexcludepatterns",
        [14] = "file.copy.alwaysreplaceexistingdestpaths",
        [15] = "file.copy.modestring",
        [16] = "file.copy.requiredpaths",
    };
    llb__wire w = llb__wire_of(copy);
    llb__wire_field f;

    while (llb__wire_next(&w, &f))
        if (f.number < sizeof ids / sizeof *ids && ids[f.number])
            add_text(c, LLB_NEED_CAP, ids[f.number]);
}

static void add_file(struct collector *c, llb__bytes file)
{
    llb__wire actions = llb__wire_of(file);
    llb__wire_field action, f;

    while (llb__wire_next(&actions, &action)) {
        llb__wire w = llb__wire_of(action.body);
        while (action.number == 2 && llb__wire_next(&w, &f)) {
            if (f.number == 4)
                add_copy(c, f.body);
            else if (f.number == 8)
                add_text(c, LLB_NEED_CAP, "file.symlink.create");
        }
    }
}

static void add_caps(struct collector *c, llb__bytes metadata)
{
    llb__wire w = llb__wire_of(metadata);
    llb__wire_field f;

    while (llb__wire_next(&w, &f))
        if (f.number == LLB__META_CAPS)
            add_bytes(c, LLB_NEED_CAP, llb__wire_body(f.body, LLB__KEY), false);
}

static void collect(struct collector *c)
{
    const llb_def *d = c->d;

    for (size_t i = 0; i < d->n_ops && !c->failed; i++) {
        if (d->index[i].is_unreached || d->index[i].kind == LLB_OP_TERMINAL)
            continue;
        c->op = i;
        if (d->index[i].kind == LLB_OP_SOURCE)
            add_source(c, llb__op_body(d, i));
        else if (d->index[i].kind == LLB_OP_EXEC)
            add_exec(c, llb__op_body(d, i));
        else if (d->index[i].kind == LLB_OP_FILE)
            add_file(c, llb__op_body(d, i));
        add_caps(c, llb__op_metadata(d, i));
    }
    compact(&c->needs->pub);
}

/* The definition may go before the needs do. */
static bool copy_names(struct needs *needs)
{
    for (size_t i = 0; i < needs->pub.n; i++) {
        llb_def_need *need = &needs->pub.list[i];
        need->name =
            llb__arena_strndup(needs->names, need->name, need->name_len);
        if (!need->name)
            return false;
    }
    return true;
}

llb_status llb_def_needs_of(const llb_def *def, llb_def_needs **ret_needs,
                            llb_error *err)
{
    if (!def || !ret_needs)
        return llb__fail_null(err, "llb_def_needs_of",
                              def ? "ret_needs" : "def");
    struct needs *needs = calloc(1, sizeof *needs);
    struct collector c = {.d = llb__indexed(def), .needs = needs};

    if (!needs)
        return llb__fail_nomem(err);
    needs->names = llb__arena_new(SIZE_MAX / 4);
    if (needs->names)
        collect(&c);
    if (!needs->names || c.failed || !copy_names(needs)) {
        llb_def_needs_free(&needs->pub);
        return llb__fail_nomem(err);
    }
    *ret_needs = &needs->pub;
    return LLB_OK;
}

void llb_def_needs_free(llb_def_needs *needs)
{
    struct needs *n = (struct needs *)needs; /* pub is its first member */

    if (!n)
        return;
    llb__arena_free(n->names);
    free(n->pub.list);
    free(n);
}

const llb_def_need *llb_def_needs_find(const llb_def_needs *needs,
                                       llb_need_kind kind, const char *name,
                                       size_t name_len)
{
    llb_def_need key = {.kind = kind, .name = name, .name_len = name_len};
    size_t low = 0, high = needs ? needs->n : 0;

    if (!needs || !name)
        return NULL;

    while (low < high) { /* the first that is not less than (kind, name) */
        size_t mid = low + (high - low) / 2;
        if (compare(&needs->list[mid], &key) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    if (low == needs->n || needs->list[low].kind != kind ||
        compare_names(needs->list[low].name, needs->list[low].name_len, name,
                      name_len) != 0)
        return NULL;
    return &needs->list[low];
}

static bool exec_asks(llb__bytes exec)
{
    llb__wire w = llb__wire_of(exec);
    llb__wire_field f;

    while (llb__wire_next(&w, &f)) {
        int64_t type = f.number == 2 ? llb__wire_int(f.body, 6) : 0;
        if (type == 1 || type == 2 || f.number == 5)
            return true;
    }
    return false;
}

bool llb_def_needs_session(const llb_def *def)
{
    const llb_def *d = def ? llb__indexed(def) : NULL;

    for (size_t i = 0; d && i < d->n_ops; i++) {
        if (d->index[i].is_unreached)
            continue;
        if (d->index[i].kind == LLB_OP_SOURCE ||
            d->index[i].kind == LLB_OP_BUILD ||
            (d->index[i].kind == LLB_OP_EXEC && exec_asks(llb__op_body(d, i))))
            return true;
    }
    return false;
}
