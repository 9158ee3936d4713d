/* Any bytes as a key file, and as a request of a step to our agent. A refused
 * file is named; an answer is one whole message. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ssh_agent.h"
#include "ssh_key_file.h"
#include "ssh_wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(int good)
{
    if (!good)
        abort();
}

static void try_file(const uint8_t *data, size_t len)
{
    EVP_PKEY *pkey = NULL;
    char *comment = NULL;
    llb_error err = {0};

    if (bk__ssh_key_parse("FILE", (const char *)data, len, &pkey, &comment,
                          &err) == LLB_OK)
        EVP_PKEY_free(pkey);
    else
        check(err.status == LLB_ENOMEM || strstr(err.message, "\"FILE\""));
    free(comment);
}

static void try_request(const uint8_t *data, size_t len)
{
    llb__buf out = LLB__BUF_INIT;

    bk__ssh_agent_answer(NULL, 0, (llb__bytes){data, len}, &out);
    bk__ssh_in in =
        bk__ssh_in_of((llb__bytes){(const uint8_t *)out.data, out.len});
    check(bk__ssh_u32(&in) == in.len && in.len > 0);
    check(*in.data == 5 || (*in.data == 12 && len > 0 && *data == 11));
    llb__buf_clear(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    try_file(data, len);
    try_request(data, len);
    return 0;
}
