/* What is said about a result beside it: provenance, bills of materials, its
 * date. BuildKit takes them as attributes of a frontend, also where there is
 * none. */
#include "solve.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "file.h"
#include "spec.h"

enum { MAX_POLICY = 4 << 20 };

static llb_status add_attr(cmd__solve *s, const char *key, const char *value)
{
    for (size_t i = 0; i < s->n_attrs; i++)
        if (strcmp(s->attrs[i].key, key) == 0)
            return llb__fail(&s->err, LLB_EINVAL, LLB__NOWHERE,
                             "the attestation %s is given twice",
                             strchr(key, ':') + 1);
    if (!value)
        return llb__fail_nomem(&s->err);
    s->attrs[s->n_attrs++] = (bk_pair){key, value};
    return LLB_OK;
}

/* One attestation; rest is its attributes as they go to the daemon. */
static llb_status add_attest(cmd__solve *s, const char *option,
                             const char *type, const char *rest, bool disabled)
{
    if (disabled)
        return LLB_OK;
    if (strcmp(type, "sbom") == 0)
        return add_attr(s, "attest:sbom", rest);
    if (strcmp(type, "provenance") == 0)
        return add_attr(s, "attest:provenance", rest);
    return llb__fail(&s->err, LLB_EINVAL, LLB__NOWHERE,
                     "--%s: there is no attestation \"%s\"; there are "
                     "provenance and sbom",
                     option, type);
}

static llb_status check_mode(cmd__solve *s, const char *option,
                             const cmd__spec *spec)
{
    const char *mode = cmd__spec_get(spec, "mode");

    if (!mode || strcmp(mode, "min") == 0 || strcmp(mode, "max") == 0)
        return LLB_OK;
    return llb__fail(&s->err, LLB_EINVAL, LLB__NOWHERE,
                     "--%s %s: mode is min or max, not \"%s\"", option,
                     spec->text, mode);
}

/* The fields but type and disabled, quoted where they have to be. */
static const char *join(cmd__solve *s, const cmd__spec *spec)
{
    const char *text = "";

    for (size_t i = 0; i < spec->n && text; i++) {
        const cmd__field *f = &spec->fields[i];
        if (strcmp(f->key, "type") == 0 || strcmp(f->key, "disabled") == 0)
            continue;
        const char *quote = strchr(f->value, ',') ? "\"" : "";
        text = llb__arena_printf(s->a, "%s%s%s%s=%s%s", text, *text ? "," : "",
                                 quote, f->key, f->value, quote);
    }
    return text;
}

static llb_status parse_spec(cmd__solve *s, const char *option,
                             const char *type, const char *text)
{
    cmd__spec spec;
    bool disabled = false;

    if (cmd__spec_parse(s->a, text, &spec, &s->err) != LLB_OK)
        return s->err.status;
    for (size_t i = 0; i < spec.n; i++) {
        const cmd__field *f = &spec.fields[i];
        if (!f->key || strchr(f->value, '"'))
            return llb__fail(&s->err, LLB_EINVAL, LLB__NOWHERE,
                             "--%s %s: \"%s\" is no KEY=VALUE", option, text,
                             f->value);
        if (strcmp(f->key, "disabled") == 0 &&
            cmd__spec_bool(&spec, f, &disabled, &s->err) != LLB_OK)
            return s->err.status;
    }
    if (!type)
        type = cmd__spec_get(&spec, "type");
    if (!type)
        return llb__fail(&s->err, LLB_EINVAL, LLB__NOWHERE,
                         "--%s %s: type=provenance or type=sbom is missing",
                         option, text);
    if (check_mode(s, option, &spec) != LLB_OK)
        return s->err.status;
    return add_attest(s, option, type, join(s, &spec), disabled);
}

/* --sbom and --provenance: a word, or the attributes. */
static llb_status parse_short(cmd__solve *s, const char *type, const char *text)
{
    static const struct {
        const char *word, *attrs; /* NULL: none is made */
    } words[] = {{"false", NULL}, {"0", NULL},         {"true", ""},
                 {"1", ""},       {"min", "mode=min"}, {"max", "mode=max"}};
    bool is_sbom = strcmp(type, "sbom") == 0;

    if (!text)
        return LLB_OK;
    for (size_t i = 0; i < (is_sbom ? 4 : 6); i++) {
        if (strcmp(words[i].word, text) != 0)
            continue;
        const char *attrs = words[i].attrs;
        /* of what a daemon thinks best, the one that tells no secrets */
        if (attrs && !is_sbom && !*attrs)
            attrs = "mode=min";
        return attrs ? add_attest(s, type, type, attrs, false) : LLB_OK;
    }
    if (strchr(text, '='))
        return parse_spec(s, type, type, text);
    return llb__fail(&s->err, LLB_EINVAL, LLB__NOWHERE,
                     "--%s %s: it is true, false%s or KEY=VALUE,...", type,
                     text, is_sbom ? "" : ", min, max");
}

/* Seconds since 1970, of the option or else the variable. */
static llb_status parse_epoch(cmd__solve *s)
{
    const char *given = s->o->epoch;
    const char *text = given ? given : getenv("SOURCE_DATE_EPOCH");

    if (!text || !*text)
        return LLB_OK;
    if (strspn(text, "0123456789") == strlen(text) && strlen(text) <= 12)
        return add_attr(s, "build-arg:SOURCE_DATE_EPOCH", text);
    return llb__fail(&s->err, LLB_EINVAL, LLB__NOWHERE,
                     "%s %s: it is a number of seconds since 1970",
                     given ? "--source-date-epoch" : "SOURCE_DATE_EPOCH", text);
}

static llb_status read_policy(cmd__solve *s)
{
    const char *path = s->o->source_policy;
    char *text;
    size_t len;

    if (!path)
        return LLB_OK;
    llb_status st = llb__file_read(path, MAX_POLICY, &text, &len, &s->err);
    if (st != LLB_OK)
        return st;
    s->policy = llb__arena_strndup(s->a, text, len);
    free(text);
    return s->policy ? LLB_OK : llb__fail_nomem(&s->err);
}

llb_status cmd__solve_parse_attrs(cmd__solve *s)
{
    const cmd__list *l = &s->o->attests;
    llb_status st;

    s->attrs = llb__arena_array(s->a, l->n + 3, sizeof(*s->attrs));
    if (!s->attrs)
        return llb__fail_nomem(&s->err);
    st = parse_short(s, "sbom", s->o->sbom);
    if (st == LLB_OK)
        st = parse_short(s, "provenance", s->o->provenance);
    for (size_t i = 0; i < l->n && st == LLB_OK; i++)
        st = parse_spec(s, "attest", NULL, l->items[i]);
    if (st == LLB_OK)
        st = parse_epoch(s);
    return st == LLB_OK ? read_policy(s) : st;
}

const bk_pair *cmd__solve_join_attrs(cmd__solve *s, const bk_pair *given,
                                     size_t n_given, size_t *ret_n)
{
    bk_pair *all =
        llb__arena_array(s->a, n_given + s->n_attrs + 1, sizeof(*all));
    size_t n = n_given;

    if (!all)
        return NULL;
    if (n_given)
        memcpy(all, given, n_given * sizeof(*all));
    for (size_t i = 0; i < s->n_attrs; i++) {
        size_t k = 0;
        while (k < n_given && strcmp(given[k].key, s->attrs[i].key) != 0)
            k++;
        if (k == n_given) /* a build argument of that name comes first */
            all[n++] = s->attrs[i];
    }
    *ret_n = n;
    return all;
}
