/* Finding a login. Helper programs are those of docker-credential-helpers:
 * the name of the registry on standard input, JSON on standard output. */
#include "login.h"

#include <string.h>

#include <jansson.h>

#include "error.h"
#include "run.h"
#include "wipe.h"

enum { MAX_OUT = 256 * 1024 };

/* One question to a helper. */
struct question {
    const bk__docker_config *c;
    const char *host, *helper;
};

static llb_status fail(const struct question *q, llb_status status,
                       const char *why, const char *what, llb_error *err)
{
    return llb__fail(
        err, status, LLB__NOWHERE,
        "no login for %.80s: docker-credential-%.50s, which %.150s "
        "names, %s%.150s",
        q->host, q->helper, bk__docker_config_path(q->c), why, what);
}

/* The output without the blanks around it. */
static char *trim(char *out)
{
    size_t len = strlen(out);

    while (len > 0 && (unsigned char)out[len - 1] <= ' ')
        out[--len] = '\0';
    return out + strspn(out, " \t\r\n");
}

static llb_status read_failure(const struct question *q, const llb__ran *ran,
                               llb_error *err)
{
    char *said = trim(ran->out);
    char why[40];

    if (*said == '{') /* it may be a login all the same */
        *said = '\0';

    /* This very text, with code 1, says that all is well but empty. */
    if (strcmp(said, "credentials not found in native keychain") == 0)
        return LLB_OK;
    snprintf(why, sizeof why, "exited with code %d%s", ran->code,
             *said || *ran->said ? ": " : "");
    return fail(q, LLB_EINVAL, why, *said ? said : ran->said, err);
}

llb_status bk__login_read(llb__bytes out, llb__arena *a, bk__login *ret)
{
    const char *user, *secret;
    json_t *o = json_loadb((const char *)out.data, out.len, 0, NULL);
    llb_status st = LLB_EINVAL;

    if (json_unpack(o, "{s:s,s:s}", "Username", &user, "Secret", &secret) ==
        0) {
        bool token = strcmp(user, "<token>") == 0;
        ret->username = token ? "" : llb__arena_strdup(a, user);
        ret->secret = llb__arena_strdup(a, secret);
        st = ret->username && ret->secret ? LLB_OK : LLB_ENOMEM;
    }
    bk__wipe_json(o);
    return st;
}

static llb_status read_output(const struct question *q, const llb__ran *ran,
                              llb__arena *a, bk__login *ret, llb_error *err)
{
    llb_status st = bk__login_read(
        (llb__bytes){(const uint8_t *)ran->out, ran->out_len}, a, ret);

    if (st == LLB_ENOMEM)
        return llb__fail_nomem(err);
    if (st == LLB_EINVAL)
        return fail(q, st,
                    *trim(ran->out) ? "printed something else than a login"
                                    : "printed nothing",
                    "", err);
    return st;
}

static llb_status ask_helper(const struct question *q, const bk__wanted *w,
                             llb__arena *a, bk__login *ret, llb_error *err)
{
    const char *program =
        llb__arena_printf(a, "docker-credential-%s", q->helper);
    const char *key = bk__docker_config_key(q->host);
    const char *const argv[] = {program, "get", NULL};
    llb__run_opts o = {.argv = argv,
                       .in = {(const uint8_t *)key, strlen(key)},
                       .max_out = MAX_OUT,
                       .timeout_ms = w->timeout_ms,
                       .is_over = w->is_over,
                       .arg = w->arg};
    llb__ran ran = {0};
    llb_error why = {0};

    if (!program)
        return llb__fail_nomem(err);
    llb_status st = llb__run(&o, &ran, &why);
    if (st == LLB_ENOENT)
        return fail(q, st, "was not found on PATH", "", err);
    if (st != LLB_OK)
        return fail(q, st, "was of no use: ", why.message, err);
    st = ran.code ? read_failure(q, &ran, err)
                  : read_output(q, &ran, a, ret, err);
    llb__ran_clear(&ran);
    return st;
}

/* A name that goes into that of a program, and nothing else. */
static bool is_name(const char *helper)
{
    return *helper && !strchr(helper, '/') && strlen(helper) < 100;
}

llb_status bk__login_find(const bk__docker_config *c, const char *host,
                          const bk__wanted *w, llb__arena *a, bk__login *ret,
                          llb_error *err)
{
    bool named;
    const char *helper = bk__docker_config_helper(c, host, &named);
    struct question q = {c, host, helper};

    *ret = (bk__login){"", "", ""};
    if (!helper)
        return bk__docker_config_login(c, host, a, ret, err);
    if (!is_name(helper))
        return fail(&q, LLB_EINVAL, "is no name of a helper", "", err);
    llb_status st = ask_helper(&q, w, a, ret, err);
    /* What nobody asked for must not stop anybody: a keyring that is not
     * unlocked, say, on a machine without a screen. */
    if (st != LLB_OK && !named && st != LLB_ECANCELED && st != LLB_ENOMEM) {
        *ret = (bk__login){"", "", ""};
        return LLB_OK;
    }
    return st;
}
