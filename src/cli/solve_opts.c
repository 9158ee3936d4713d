/* Options of a solve, read into what the client takes. */
#include "solve.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "secret.h"
#include "spec.h"
#include "ssh.h"

enum { N_RUNNER = 3 };

static llb_status parse_outputs(cmd__solve *s)
{
    const cmd__list *l = &s->o->outputs;

    s->outputs = llb__arena_array(s->a, l->n + 1, sizeof(*s->outputs));
    if (!s->outputs)
        return llb__fail_nomem(&s->err);
    for (; s->n_outputs < l->n; s->n_outputs++)
        if (cmd__output_parse(s->a, l->items[s->n_outputs],
                              &s->outputs[s->n_outputs], &s->err) != LLB_OK)
            return s->err.status;
    return LLB_OK;
}

static llb_status parse_secrets(cmd__solve *s)
{
    const cmd__list *l = &s->o->secrets;

    s->secrets = llb__arena_array(s->a, l->n + 1, sizeof(*s->secrets));
    if (!s->secrets)
        return llb__fail_nomem(&s->err);
    for (size_t i = 0; i < l->n; i++) {
        cmd__secret one;
        if (cmd__secret_parse(s->a, l->items[i], &one, &s->err) != LLB_OK)
            return s->err.status;
        for (size_t j = 0; j < s->n_secrets; j++)
            if (strcmp(s->secrets[j].id, one.id) == 0)
                return llb__fail(&s->err, LLB_EINVAL, LLB__NOWHERE,
                                 "the secret \"%s\" is given twice", one.id);
        if (one.program &&
            cmd__secret_run(s->a, &one, s->cancel, &s->err) != LLB_OK)
            return s->err.status;
        s->secrets[s->n_secrets++] =
            (bk_secret){one.id, one.path, one.env, one.data, one.len};
    }
    return LLB_OK;
}

static llb_status parse_ssh(cmd__solve *s)
{
    const cmd__list *l = &s->o->ssh;

    s->ssh = llb__arena_array(s->a, l->n + 1, sizeof(*s->ssh));
    if (!s->ssh)
        return llb__fail_nomem(&s->err);
    for (; s->n_ssh < l->n; s->n_ssh++) {
        bk_ssh *one = &s->ssh[s->n_ssh];
        if (cmd__ssh_parse(s->a, l->items[s->n_ssh], one, &s->err) != LLB_OK)
            return s->err.status;
        for (size_t j = 0; j < s->n_ssh; j++)
            if (strcmp(s->ssh[j].id, one->id) == 0)
                return llb__fail(&s->err, LLB_EINVAL, LLB__NOWHERE,
                                 "the ssh agent \"%s\" is given twice",
                                 one->id);
    }
    return LLB_OK;
}

static llb_status parse_allow(cmd__solve *s)
{
    static const char *const known[] = {"network.host", "security.insecure",
                                        "device"};
    const cmd__list *l = &s->o->allow;

    /* one more: a build whose default network is the host's adds it */
    s->allow = llb__arena_array(s->a, l->n + 1, sizeof(*s->allow));
    if (!s->allow)
        return llb__fail_nomem(&s->err);
    for (size_t i = 0; i < l->n; i++) {
        const char *word = l->items[i];
        if (s->o->allow_fs && strncmp(word, "fs=", 3) == 0)
            continue; /* of the compiler */
        bool good = strncmp(word, "device=", 7) == 0;
        for (size_t j = 0; j < 3; j++)
            good = good || strcmp(word, known[j]) == 0;
        if (!good)
            return llb__fail(&s->err, LLB_EINVAL, LLB__NOWHERE,
                             "--allow %s: what can be allowed is "
                             "network.host, security.insecure%s device%s",
                             word, s->o->allow_fs ? "," : " and",
                             s->o->allow_fs ? " and fs=FOLDER" : "");
        s->allow[s->n_allow++] = word;
    }
    return LLB_OK;
}

/* What GitHub's runners say of their cache, where the option does not. */
static void add_runner(bk_cache *c, bk_pair *attrs)
{
    static const struct {
        const char *key, *variable;
    } from[] = {{"url", "ACTIONS_CACHE_URL"},
                {"url_v2", "ACTIONS_RESULTS_URL"},
                {"token", "ACTIONS_RUNTIME_TOKEN"}};

    for (size_t i = 0; i < N_RUNNER; i++) {
        const char *value = getenv(from[i].variable);
        size_t k = 0;
        while (k < c->n_attrs && strcmp(attrs[k].key, from[i].key) != 0)
            k++;
        if (value && *value && k == c->n_attrs)
            attrs[c->n_attrs++] = (bk_pair){from[i].key, value};
    }
}

/* An image reference alone means the registry. */
static llb_status parse_cache(cmd__solve *s, const char *option, bool to,
                              const char *text, bk_cache *ret)
{
    cmd__spec spec;
    bk_pair *attrs;

    if (cmd__spec_parse(s->a, text, &spec, &s->err) != LLB_OK)
        return s->err.status;
    attrs = llb__arena_array(s->a, spec.n + N_RUNNER, sizeof(*attrs));
    if (!attrs)
        return llb__fail_nomem(&s->err);
    *ret = (bk_cache){.type = "registry", .attrs = attrs};
    for (size_t i = 0; i < spec.n; i++) {
        const cmd__field *f = &spec.fields[i];
        if (!f->key && spec.n > 1)
            return llb__fail(&s->err, LLB_EINVAL, LLB__NOWHERE,
                             "--%s %s: \"%s\" has no value", option, text,
                             f->value);
        if (f->key && strcmp(f->key, "type") == 0)
            ret->type = f->value;
        else
            attrs[ret->n_attrs++] =
                (bk_pair){f->key ? f->key : "ref", f->value};
    }
    if (strcmp(ret->type, "gha") == 0)
        add_runner(ret, attrs);
    llb_error why;
    if (bk_cache_check(ret, to, &why) != LLB_OK)
        return llb__fail(&s->err, why.status, LLB__NOWHERE, "--%s %s: %s",
                         option, text, why.message);
    return LLB_OK;
}

static llb_status parse_caches(cmd__solve *s, const char *option, bool to,
                               const cmd__list *l, bk_cache **ret)
{
    *ret = llb__arena_array(s->a, l->n + 1, sizeof(**ret));
    if (!*ret)
        return llb__fail_nomem(&s->err);
    for (size_t i = 0; i < l->n; i++)
        if (parse_cache(s, option, to, l->items[i], &(*ret)[i]) != LLB_OK)
            return s->err.status;
    return LLB_OK;
}

llb_status cmd__solve_parse(cmd__solve *s)
{
    llb_status st = parse_outputs(s);

    if (st == LLB_OK)
        st = parse_secrets(s);
    if (st == LLB_OK)
        st = parse_ssh(s);
    if (st == LLB_OK)
        st = parse_allow(s);
    if (st == LLB_OK)
        st = parse_caches(s, "cache-from", false, &s->o->cache_from,
                          &s->cache_from);
    if (st == LLB_OK)
        st = parse_caches(s, "cache-to", true, &s->o->cache_to, &s->cache_to);
    if (st == LLB_OK)
        st = cmd__solve_parse_attrs(s);
    return st;
}
