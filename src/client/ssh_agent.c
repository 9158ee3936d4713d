/* An ssh agent that lists and signs, as draft-miller-ssh-agent has it. */
#include "ssh_agent.h"

#include <string.h>

#include "ssh_wire.h"

enum {
    FAILURE = 5,
    LIST = 11,
    LIST_ANSWER = 12,
    SIGN = 13,
    SIGN_ANSWER = 14,
};

bool bk__ssh_agent_allows(llb__bytes request)
{
    return request.len > 0 &&
           (request.data[0] == LIST || request.data[0] == SIGN);
}

void bk__ssh_agent_refuse(llb__buf *out)
{
    bk__ssh_put_u32(out, 1);
    llb__buf_addc(out, FAILURE);
}

static void list(bk__ssh_key *const *keys, size_t n, llb__buf *body)
{
    llb__buf_addc(body, LIST_ANSWER);
    bk__ssh_put_u32(body, n);
    for (size_t i = 0; i < n; i++) {
        llb__bytes blob = bk__ssh_key_blob(keys[i]);
        bk__ssh_put(body, blob.data, blob.len);
        bk__ssh_put_text(body, bk__ssh_key_comment(keys[i]));
    }
}

static void sign(bk__ssh_key *const *keys, size_t n, bk__ssh_in in,
                 llb__buf *body)
{
    llb__bytes wanted = bk__ssh_string(&in), data = bk__ssh_string(&in);
    uint32_t flags = bk__ssh_u32(&in);

    for (size_t i = 0; i < n && !in.bad; i++) {
        llb__bytes blob = bk__ssh_key_blob(keys[i]);
        if (blob.len != wanted.len ||
            memcmp(blob.data, wanted.data, blob.len) != 0)
            continue;
        llb__buf_addc(body, SIGN_ANSWER);
        if (!bk__ssh_key_sign(keys[i], data, flags, body))
            body->len = 0;
        return;
    }
}

void bk__ssh_agent_answer(bk__ssh_key *const *keys, size_t n,
                          llb__bytes request, llb__buf *out)
{
    llb__buf body = LLB__BUF_INIT;
    bk__ssh_in in = bk__ssh_in_of(request);
    llb__bytes type = bk__ssh_take(&in, 1);

    if (type.data && *type.data == LIST)
        list(keys, n, &body);
    else if (type.data && *type.data == SIGN)
        sign(keys, n, in, &body);
    if (body.len && !body.failed)
        bk__ssh_put(out, body.data, body.len);
    else
        bk__ssh_agent_refuse(out);
    llb__buf_clear(&body);
}
