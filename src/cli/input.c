/* Reading definitions, and writing what was made of them. */
#include "input.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "file.h"
#include "bounds.h"
#include "report.h"

/* The bytes of a file that must not be empty, for free(). */
static llb_status read_bytes(const char *path, char **ret_data, size_t *ret_len,
                             bool *ret_usage, llb_error *err)
{
    bool is_stdin = !path || strcmp(path, "-") == 0;

    *ret_usage = is_stdin && isatty(STDIN_FILENO);
    if (*ret_usage)
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "a definition is read from standard input, and that "
                         "is a terminal; name a file, or pipe llb compile "
                         "into this");
    llb_status st = llb__file_read(is_stdin ? "-" : path, LLB__MAX_DEFINITION,
                                   ret_data, ret_len, err);
    if (st != LLB_OK || *ret_len > 0)
        return st;
    free(*ret_data);
    return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                     "%s is empty and holds no ops; llb compile writes a "
                     "definition",
                     is_stdin ? "standard input" : path);
}

/* A result of the one definition in data, which is taken. */
static llb_status refs_of_def(char *data, size_t len, bk_refs **ret,
                              llb_error *err)
{
    llb_def *def;
    llb_status st = llb_def_parse(data, len, LLB_DEF_TAKE, &def, err);

    if (st != LLB_OK) {
        free(data); /* taken on success only */
        return st;
    }
    bk_ref one = {"", NULL, def};
    st = bk_refs_new(&one, 1, false, NULL, 0, ret, err);
    llb_def_free(def);
    return st;
}

llb_status cmd__read_refs(const char *path, bk_refs **ret_refs, bool *ret_usage,
                          llb_error *err)
{
    bool is_stdin = !path || strcmp(path, "-") == 0;
    llb_error why = {0};
    char *data;
    size_t len;
    llb_status st = read_bytes(path, &data, &len, ret_usage, err);

    if (st != LLB_OK)
        return st;
    if (bk_refs_is_bundle(data, len)) {
        st = bk_refs_parse(data, len, ret_refs, &why);
        free(data);
    } else {
        st = refs_of_def(data, len, ret_refs, &why);
    }
    return st == LLB_OK
               ? LLB_OK
               : llb__fail(err, st, LLB__NOWHERE, "%s: %s",
                           is_stdin ? "standard input" : path, why.message);
}

llb_status cmd__read_def(const char *path, llb_def **ret_def, bool *ret_usage,
                         llb_error *err)
{
    bk_refs *refs;
    llb_status st = cmd__read_refs(path, &refs, ret_usage, err);

    if (st != LLB_OK)
        return st;
    if (refs->n == 1)
        *ret_def = llb_def_ref(refs->list[0].def);
    else
        st = llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                       "%s is a bundle for %zu platforms, %s and more; one "
                       "definition is wanted (compile with --platform)",
                       path ? path : "standard input", refs->n,
                       refs->list[0].platform);
    bk_refs_free(refs);
    return st;
}

int cmd__write_out(const char *path, const void *data, size_t len)
{
    llb_error err = {0};

    if (!path || strcmp(path, "-") == 0)
        return cmd__print(data, len);
    if (llb__file_write_all(path, data, len, 0666, &err) != LLB_OK)
        return cmd__fail(&err);
    return CMD__DONE;
}
