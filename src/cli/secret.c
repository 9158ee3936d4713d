/* Secrets named on the command line. */
#include "secret.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "error.h"
#include "bounds.h"
#include "file.h"
#include "interrupt.h"
#include "run.h"
#include "spec.h"

static llb_status read_pipe(llb__arena *a, const char *text, cmd__secret *r,
                            llb_error *err)
{
    llb_error why = {0};
    char *data;

    if (llb__file_read(r->path, LLB__MAX_SECRET, &data, &r->len, &why) !=
        LLB_OK)
        return llb__fail(err, why.status, LLB__NOWHERE, "secret \"%s\": %s",
                         text, why.message);
    r->data = llb__arena_strndup(a, data, r->len);
    explicit_bzero(data, r->len);
    free(data);
    r->path = NULL;
    return r->data ? LLB_OK : llb__fail_nomem(err);
}

static llb_status check_file(const char *text, const char *path, bool *ret_once,
                             llb_error *err)
{
    struct stat st;

    if (stat(path, &st) < 0)
        return llb__fail(err, LLB_ENOENT, LLB__NOWHERE,
                         "secret \"%s\": cannot read %s: %s", text, path,
                         strerror(errno));
    if (!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode) && !S_ISCHR(st.st_mode))
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "secret \"%s\": %s is no file", text, path);
    if (S_ISREG(st.st_mode) && (size_t)st.st_size > LLB__MAX_SECRET)
        return llb__fail(err, LLB_ELIMIT, LLB__NOWHERE,
                         "secret \"%s\": %s has %lld bytes; a secret has at "
                         "most 500 KiB",
                         text, path, (long long)st.st_size);
    *ret_once = !S_ISREG(st.st_mode);
    return LLB_OK;
}

static llb_status check_env(const char *text, const char *name, llb_error *err)
{
    const char *value = getenv(name);

    if (!value)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "secret \"%s\": the variable %s is not set", text,
                         name);
    if (strlen(value) > LLB__MAX_SECRET)
        return llb__fail(err, LLB_ELIMIT, LLB__NOWHERE,
                         "secret \"%s\": %s has more than 500 KiB", text, name);
    return LLB_OK;
}

/* One place where each key is known, so that a wrong one is named. */
static llb_status read_fields(const cmd__spec *s, cmd__secret *r,
                              const char **ret_type, llb_error *err)
{
    for (size_t i = 0; i < s->n; i++) {
        const cmd__field *f = &s->fields[i];
        const char *key = f->key ? f->key : "";
        if (strcmp(key, "id") == 0)
            r->id = f->value;
        else if (strcmp(key, "src") == 0 || strcmp(key, "source") == 0)
            r->path = f->value;
        else if (strcmp(key, "env") == 0)
            r->env = f->value;
        else if (strcmp(key, "type") == 0)
            *ret_type = f->value;
        else
            return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                             "secret \"%s\": \"%s\" is none of id=, src=, "
                             "env= and type=",
                             s->text, f->key ? f->key : f->value);
    }
    return LLB_OK;
}

/* As long as people may need to find the device that their password manager
 * asks for. */
enum { PROGRAM_MS = 2 * 60 * 1000 };

static bool is_cancelled(void *cancel) { return bk_cancel_is_set(cancel); }

static llb_status take_output(llb__arena *a, const llb__ran *ran,
                              cmd__secret *s, llb_error *err)
{
    if (ran->code != 0)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "secret \"%s\": \"%s\" exited with code %d%s%s", s->id,
                         s->program, ran->code, *ran->said ? ": " : "",
                         ran->said);
    s->data = llb__arena_strndup(a, ran->out, ran->out_len);
    s->len = ran->out_len;
    s->program = NULL;
    return s->data ? LLB_OK : llb__fail_nomem(err);
}

llb_status cmd__secret_run(llb__arena *a, cmd__secret *s, bk_cancel *cancel,
                           llb_error *err)
{
    const char *const argv[] = {"/bin/sh", "-c", s->program, NULL};
    llb__run_opts o = {.argv = argv,
                       .max_out = LLB__MAX_SECRET,
                       .timeout_ms = PROGRAM_MS,
                       .is_over = is_cancelled,
                       .arg = cancel};
    llb__ran ran = {0};
    llb_error why = {0};

    cmd__interrupt_cancels(cancel, true);
    llb_status st = llb__run(&o, &ran, &why);
    cmd__interrupt_cancels(NULL, false);
    if (st == LLB_OK)
        st = take_output(a, &ran, s, err);
    else
        llb__fail(err, st, LLB__NOWHERE, "secret \"%s\": \"%s\": %s", s->id,
                  s->program, why.message);
    llb__ran_clear(&ran);
    return st;
}

static llb_status apply_type(const char *text, const char *type, cmd__secret *r,
                             llb_error *err)
{
    if (strcmp(type, "env") == 0) {
        if (!r->env)
            r->env = r->path ? r->path : r->id;
        r->path = NULL;
    } else if (strcmp(type, "file") == 0) {
        if (!r->path)
            r->path = r->id;
    } else if (strcmp(type, "exec") == 0) {
        r->program = r->path;
        r->path = NULL;
        if (!r->program)
            return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                             "secret \"%s\": src= is missing, the command "
                             "that prints it",
                             text);
    } else {
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "secret \"%s\": there is no type \"%s\"; the types "
                         "are file, env and exec",
                         text, type);
    }
    return LLB_OK;
}

llb_status cmd__secret_parse(llb__arena *a, const char *text, cmd__secret *ret,
                             llb_error *err)
{
    cmd__spec s;
    cmd__secret r = {0};
    const char *type = NULL;

    if (!*text)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "secret \"\": say id=NAME,src=FILE");
    if (cmd__spec_parse(a, text, &s, err) != LLB_OK ||
        read_fields(&s, &r, &type, err) != LLB_OK)
        return err->status;
    if (!r.id || !*r.id)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "secret \"%s\": id= is missing", text);
    if (type && apply_type(text, type, &r, err) != LLB_OK)
        return err->status;
    if ((r.path || r.program) && r.env)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "secret \"%s\": give src= or env=, not both", text);
    if (r.program) {
        *ret = r;
        return LLB_OK;
    }
    if (!r.path && !r.env && getenv(r.id))
        r.env = r.id;
    else if (!r.path && !r.env)
        r.path = r.id;
    bool once = false;
    llb_status st = r.env ? check_env(text, r.env, err)
                          : check_file(text, r.path, &once, err);
    if (st == LLB_OK && once)
        st = read_pipe(a, text, &r, err);
    if (st == LLB_OK)
        *ret = r;
    return st;
}
