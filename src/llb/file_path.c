/* Parts of file actions: paths, owners and what nearly all end with. */
#include "file_int.h"

#include "path.h"

#define MINUS_ONE 255, 255, 255, 255, 255, 255, 255, 255, 255, 1

llb__bytes llb__usual_tail(uint32_t field)
{
    static const uint8_t copy[] = {0x20, MINUS_ONE, 0x58, MINUS_ONE};
    static const uint8_t made[] = {0x28, MINUS_ONE},
                         symlink[] = {0x20, MINUS_ONE};

    switch (field) {
    case LLB__ACTION_COPY:
        return (llb__bytes){copy, sizeof copy};
    case LLB__ACTION_MKFILE:
    case LLB__ACTION_MKDIR:
        return (llb__bytes){made, sizeof made};
    case LLB__ACTION_SYMLINK:
        return (llb__bytes){symlink, sizeof symlink};
    default:
        return (llb__bytes){NULL, 0};
    }
}

void llb__path_encode(llb__enc *e, uint32_t field, const char *dir,
                      const char *p, bool keep_slash, char *scratch)
{
    size_t len = strlen(p);
    size_t n = llb__path_clean(*p == '/' ? "" : dir, p, len, scratch);
    bool slash = len >= 1 && p[len - 1] == '/';
    bool dot = len >= 2 && p[len - 2] == '/' && p[len - 1] == '.';

    if (keep_slash && (slash || dot) && scratch[n - 1] != '/')
        scratch[n++] = '/';
    if (keep_slash && dot)
        scratch[n++] = '.';
    llb__enc_text(e, field, scratch, n);
}

static void encode_user(llb__enc *e, uint32_t field, const char *name,
                        uint32_t id, int64_t input)
{
    size_t mark = llb__enc_len(e);

    if (name) {
        llb__enc_i64(e, 2, input);
        llb__enc_str(e, 1, name);
        llb__enc_wrap(e, 1, mark);
    } else { /* a member of a oneof is there even when it is 0 */
        llb__enc_varint(e, id);
        llb__enc_tag(e, 2, LLB__WIRE_VARINT);
    }
    llb__enc_wrap(e, field, mark);
}

void llb__owner_encode(llb__enc *e, uint32_t field, const llb__owner *o,
                       int64_t input)
{
    size_t mark = llb__enc_len(e);

    if (o->has_group)
        encode_user(e, 2, o->group, o->gid, input);
    encode_user(e, 1, o->user, o->uid, input);
    llb__enc_wrap(e, field, mark);
}

/* Reads a decimal number of 32 bits as Go's ParseInt does: a sign is fine, and
 * what is negative wraps. */
static bool parse_id(const char *s, size_t len, uint32_t *ret)
{
    bool minus = len && *s == '-';
    int64_t v = 0;
    size_t i = len && (*s == '-' || *s == '+') ? 1 : 0;

    if (i == len)
        return false;
    for (; i < len; i++) {
        if (s[i] < '0' || s[i] > '9')
            return false;
        v = v * 10 + (s[i] - '0');
        if (v > (int64_t)INT32_MAX + minus)
            return false;
    }
    *ret = (uint32_t)(minus ? -v : v);
    return true;
}

/* One side of "user:group": an id, or a name in the graph. Empty is 0. */
static void parse_owner_part(llb__call *c, const char *s, size_t len,
                             const char **ret_name, uint32_t *ret_id)
{
    *ret_name = NULL;
    *ret_id = 0;
    if (len == 0 || (len == 4 && memcmp(s, "root", 4) == 0) ||
        parse_id(s, len, ret_id))
        return;
    char *name = llb__alloc_array(c, len + 1, 1);
    if (name)
        memcpy(name, s, len);
    *ret_name = name;
}

bool llb__owner_parse(llb__call *c, const llb_owner *given, llb__owner *o)
{
    llb_owner in = LLB_OWNER_INIT;

    if (!llb__opts(c, &in, sizeof in, given, LLB__FIRST(llb_owner, user)) ||
        !llb__opt_text(c, "user of an owner", in.user))
        return false;
    *o = (llb__owner){.uid = in.uid, .gid = in.gid, .has_group = true};
    if (!in.user)
        return true;
    const char *colon = strchr(in.user, ':');
    size_t len = colon ? (size_t)(colon - in.user) : strlen(in.user);
    parse_owner_part(c, in.user, len, &o->user, &o->uid);
    o->has_group = colon != NULL;
    if (colon)
        parse_owner_part(c, colon + 1, strlen(colon + 1), &o->group, &o->gid);
    return !c->error;
}
