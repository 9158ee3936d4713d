/* Outputs: one row for each exporter that BuildKit has. */
#include "output.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <llb/client.h>

#include "error.h"
#include "spec.h"
#include "suggest.h"

/* What dest means to an exporter. */
enum dest_rule { NO_DEST, NEEDS_FOLDER, STREAM, STREAM_OR_LOAD };

static const struct exporter {
    const char *name;
    const char *type; /* the daemon's name for it */
    enum dest_rule rule;
    bool push;
} exporters[] = {
    {"local", "local", NEEDS_FOLDER, false},
    {"tar", "tar", STREAM, false},
    {"oci", "oci", STREAM, false},
    {"docker", "docker", STREAM_OR_LOAD, false},
    {"image", "image", NO_DEST, false},
    {"registry", "image", NO_DEST, true},
    {"moby", "moby", NO_DEST, false},
};

enum { N_EXPORTERS = sizeof(exporters) / sizeof(*exporters) };

static const struct exporter *exporter_named(const char *name)
{
    for (size_t i = 0; i < N_EXPORTERS; i++)
        if (strcmp(exporters[i].name, name) == 0)
            return &exporters[i];
    return NULL;
}

static llb_status unknown_type(const char *text, const char *type,
                               llb_error *err)
{
    cmd__nearest near = cmd__nearest_to(type, strlen(type));

    for (size_t i = 0; i < N_EXPORTERS; i++)
        cmd__nearest_offer(&near, exporters[i].name);
    return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                     "output \"%s\": there is no type \"%s\"; the types are "
                     "local, tar, oci, docker, image, registry and moby%s%s%s",
                     text, type, near.best ? "; did you mean \"" : "",
                     near.best ? near.best : "", near.best ? "\"?" : "");
}

/* The kind of destination that rule and dest make. */
static llb_status place(const char *text, const struct exporter *e,
                        const char *dest, bool is_tar, cmd__output *o,
                        llb_error *err)
{
    bool has_dest = dest && *dest;
    bool to_stdout = has_dest && strcmp(dest, "-") == 0;

    if (dest && !*dest && e->rule != NEEDS_FOLDER)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "output \"%s\": dest is empty", text);
    switch (e->rule) {
    case NO_DEST:
        if (dest)
            return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                             "output \"%s\": an %s has no dest; type=oci or "
                             "type=docker write a file",
                             text, e->name);
        return LLB_OK;
    case NEEDS_FOLDER:
        if (!has_dest || to_stdout)
            return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                             "output \"%s\": type=local needs a folder, as in "
                             "type=local,dest=out",
                             text);
        o->kind = CMD__DEST_FOLDER;
        break;
    case STREAM:
    case STREAM_OR_LOAD:
        if (!is_tar && (!has_dest || to_stdout))
            return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                             "output \"%s\": tar=false writes a folder, as in "
                             "type=%s,tar=false,dest=layout",
                             text, e->name);
        o->kind = !is_tar ? CMD__DEST_FOLDER
                  : to_stdout || (!has_dest && e->rule == STREAM)
                      ? CMD__DEST_STDOUT
                  : has_dest ? CMD__DEST_FILE
                             : CMD__DEST_NONE;
        break;
    }
    o->dest =
        o->kind == CMD__DEST_FOLDER || o->kind == CMD__DEST_FILE ? dest : NULL;
    return LLB_OK;
}

/* Looks at the attributes that matter here as well as to the daemon. */
static llb_status read_attrs(const char *text, const struct exporter *e,
                             cmd__output *o, bool *ret_tar, llb_error *err)
{
    const char *name = NULL;
    cmd__spec s = {.text = text};

    for (size_t i = 0; i < o->n_attrs; i++) {
        cmd__field f = {o->attrs[i].key, o->attrs[i].value};
        llb_status st = LLB_OK;
        if (strcmp(f.key, "push") == 0)
            st = cmd__spec_bool(&s, &f, &o->push, err);
        else if (strcmp(f.key, "tar") == 0)
            st = cmd__spec_bool(&s, &f, ret_tar, err);
        else if (strcmp(f.key, "name") == 0)
            name = f.value;
        else if (strcmp(f.key, "output") == 0)
            st = llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                           "output \"%s\": the key is dest, as in dest=%s",
                           text, f.value);
        if (st != LLB_OK)
            return st;
    }
    if (o->push && strcmp(e->type, "image") != 0)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "output \"%s\": only type=image can push", text);
    if (o->push && (!name || !*name))
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "output \"%s\": a push needs name=REGISTRY/NAME:TAG",
                         text);
    return LLB_OK;
}

/* The attributes, as the client knows them. */
static llb_status check_attrs(llb__arena *a, const char *text,
                              const cmd__output *o, llb_error *err)
{
    bk_pair *attrs = llb__arena_array(a, o->n_attrs + 1, sizeof(*attrs));
    bk_export e = {.type = o->type, .attrs = attrs, .n_attrs = o->n_attrs};
    llb_error why;

    if (!attrs)
        return llb__fail_nomem(err);
    for (size_t i = 0; i < o->n_attrs; i++)
        attrs[i] = (bk_pair){o->attrs[i].key, o->attrs[i].value};
    if (bk_export_check(&e, &why) == LLB_OK)
        return LLB_OK;
    return llb__fail(err, why.status, LLB__NOWHERE, "output \"%s\": %s", text,
                     why.message);
}

llb_status cmd__output_make(llb__arena *a, const char *text, const char *type,
                            const char *dest, const cmd__attr *attrs,
                            size_t n_attrs, cmd__output *ret, llb_error *err)
{
    const struct exporter *e = exporter_named(type);
    cmd__output o = {.n_attrs = n_attrs};
    bool is_tar = true;

    if (!e)
        return unknown_type(text, type, err);
    o.type = e->type;
    o.push = e->push;
    o.attrs = llb__arena_array(a, n_attrs + 1, sizeof(*o.attrs));
    if (!o.attrs)
        return llb__fail_nomem(err);
    if (n_attrs)
        memcpy(o.attrs, attrs, n_attrs * sizeof(*attrs));
    if (read_attrs(text, e, &o, &is_tar, err) != LLB_OK ||
        place(text, e, dest, is_tar, &o, err) != LLB_OK ||
        check_attrs(a, text, &o, err) != LLB_OK)
        return err->status;
    if (e->push)
        o.attrs[o.n_attrs++] = (cmd__attr){"push", "true"};
    *ret = o;
    return LLB_OK;
}

static llb_status without_key(const cmd__spec *s, const cmd__field *f,
                              llb_error *err)
{
    return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                     "output \"%s\": \"%s\" has no value; write %s=VALUE",
                     s->text, f->value, f->value);
}

llb_status cmd__output_parse(llb__arena *a, const char *text, cmd__output *ret,
                             llb_error *err)
{
    cmd__spec s;
    const char *type = NULL, *dest = NULL;
    size_t n = 0;

    if (strcmp(text, "-") == 0)
        return cmd__output_make(a, text, "tar", "-", NULL, 0, ret, err);
    if (*text && !strchr(text, '=') && !strchr(text, ','))
        return cmd__output_make(a, text, "local", text, NULL, 0, ret, err);
    if (cmd__spec_parse(a, text, &s, err) != LLB_OK)
        return err->status;
    cmd__attr *attrs = llb__arena_array(a, s.n, sizeof(*attrs));
    if (!attrs)
        return llb__fail_nomem(err);
    for (size_t i = 0; i < s.n; i++) {
        cmd__field *f = &s.fields[i];
        if (!f->key)
            return without_key(&s, f, err);
        if (strcmp(f->key, "type") == 0)
            type = f->value;
        else if (strcmp(f->key, "dest") == 0)
            dest = f->value;
        else
            attrs[n++] = (cmd__attr){f->key, f->value};
    }
    return cmd__output_make(a, text, type ? type : "local", dest, attrs, n, ret,
                            err);
}

/* The folder in which dest will be made must be there. */
static llb_status check_parent(const char *dest, llb_error *err)
{
    const char *slash = strrchr(dest, '/');
    struct stat st;

    if (!slash || slash == dest)
        return LLB_OK;
    char *parent = strndup(dest, (size_t)(slash - dest));
    if (!parent)
        return llb__fail_nomem(err);
    llb_status status = LLB_OK;
    if (stat(parent, &st) < 0 || !S_ISDIR(st.st_mode))
        status = llb__fail(err, LLB_ENOENT, LLB__NOWHERE,
                           "output %s: %s is no folder; make it first", dest,
                           parent);
    free(parent);
    return status;
}

llb_status cmd__output_check(const cmd__output *o, bool *ret_usage,
                             llb_error *err)
{
    struct stat st;
    bool exists = o->dest && stat(o->dest, &st) == 0;

    *ret_usage = true;
    if (o->kind == CMD__DEST_STDOUT && isatty(STDOUT_FILENO))
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "type=%s writes a tar, and standard output is a "
                         "terminal; say dest=FILE, or redirect it",
                         o->type);
    if (o->kind == CMD__DEST_FILE && exists && S_ISDIR(st.st_mode))
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "output %s is a folder, and type=%s writes one file; "
                         "say dest=%s/NAME.tar",
                         o->dest, o->type, o->dest);
    *ret_usage = false;
    if (o->kind == CMD__DEST_FOLDER && exists && !S_ISDIR(st.st_mode))
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "output %s is no folder, and type=%s writes into one",
                         o->dest, o->type);
    if (o->kind == CMD__DEST_FILE)
        return check_parent(o->dest, err);
    return LLB_OK;
}
