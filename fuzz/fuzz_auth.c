/* Any bytes as what logins are read from; the first one chooses: config.json,
 * the answer of a token server, the output of a helper program, the file of
 * seeds, base64. */
#include <stdint.h>

#include "base64.h"
#include "login.h"
#include "scratch.h"
#include "token.h"
#include "token_key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void try_config(const uint8_t *data, size_t len, llb__arena *a)
{
    static const char *const hosts[] = {"docker.io", "h", "h:5000", ""};
    bk__docker_config *c;
    llb_error err = {0};

    scratch_new();
    scratch_write("config.json", data, len);
    if (bk__docker_config_read(scratch_path, &c, &err) != LLB_OK) {
        scratch_must(strstr(err.message, scratch_path) != NULL);
        return;
    }
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        bool named;
        bk__login l;
        bk__docker_config_helper(c, hosts[i], &named);
        if (bk__docker_config_login(c, hosts[i], a, &l, &err) == LLB_OK)
            scratch_must(l.username && l.secret && l.registry_token);
        else
            scratch_must(strstr(err.message, scratch_path) != NULL);
    }
    bk__docker_config_free(c);
}

/* A seed that is made or found is there the next time. */
static void try_seeds(const uint8_t *data, size_t len)
{
    uint8_t one[BK__SEED_LEN], two[BK__SEED_LEN];

    scratch_new();
    scratch_write(".token_seed", data, len);
    scratch_must(bk__token_seed(scratch_path, "h", one, NULL) == LLB_OK);
    scratch_must(bk__token_seed(scratch_path, "h", two, NULL) == LLB_OK);
    scratch_must(memcmp(one, two, sizeof one) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    llb__arena *a = llb__arena_new(1 << 20);
    llb__bytes in = {data + 1, len ? len - 1 : 0};
    bk__token token;
    bk__login login = {"", "", ""};
    size_t n;

    unsetenv("DOCKER_AUTH_CONFIG");
    switch (len ? *data % 5 : 5) {
    case 0:
        try_config(in.data, in.len, a);
        break;
    case 1:
        scratch_must(bk__token_read(in, a, &token) && token.expires_in > 0);
        break;
    case 2:
        if (bk__login_read(in, a, &login) == LLB_OK)
            scratch_must(login.username && login.secret);
        break;
    case 3:
        try_seeds(in.data, in.len);
        break;
    case 4:
        if (bk__base64_decode(a, (const char *)in.data, in.len, &n))
            scratch_must(n <= in.len / 4 * 3 + 2);
        break;
    default:
        break;
    }
    llb__arena_free(a);
    return 0;
}
