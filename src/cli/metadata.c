/* --metadata-file and --iidfile. */
#include "metadata.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "error.h"
#include "file.h"
#include "progress.h"

llb_status cmd__check_writable(const char *option, const char *path,
                               llb_error *err)
{
    llb__file_writer w;
    llb_error why = {0};
    struct stat st;

    /* opening a pipe only to look would be the end for who reads there */
    if (stat(path, &st) == 0 && S_ISFIFO(st.st_mode))
        return LLB_OK;
    if (llb__file_create(&w, path, 0666, &why) != LLB_OK)
        return llb__fail(err, why.status, LLB__NOWHERE, "--%s: %s", option,
                         why.message);
    llb__file_abort(&w);
    return LLB_OK;
}

static int digit(char c)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "abcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(letters, c) : NULL;

    return at ? (int)(at - letters) : -1;
}

/* Decodes text into memory for free(); NULL: no base64, or no memory. */
static char *decode(const char *text, size_t *ret_len)
{
    size_t len = strlen(text), n = 0;
    unsigned bits = 0, held = 0;
    char *out;

    if (len % 4 != 0 || !(out = malloc(len + 1)))
        return NULL;
    while (len > 0 && text[len - 1] == '=')
        len--;
    for (size_t i = 0; i < len; i++) {
        int d = digit(text[i]);
        if (d < 0) {
            free(out);
            return NULL;
        }
        bits = (bits << 6 | (unsigned)d) & 0xffff;
        held += 6;
        if (held >= 8) {
            held -= 8;
            out[n++] = (char)(bits >> held & 0xff);
        }
    }
    *ret_len = n;
    return out;
}

static json_t *value_of(const char *text)
{
    size_t len;
    char *bytes = decode(text, &len);
    json_t *o = bytes ? json_loadb(bytes, len, 0, NULL) : NULL;

    free(bytes);
    if (json_is_object(o) && json_object_size(o) > 0)
        return o;
    json_decref(o);
    return cmd__json_text(text, strlen(text));
}

json_t *cmd__metadata(const bk_result *r)
{
    json_t *o = json_object();

    for (size_t i = 0; i < r->n_response; i++)
        json_object_set_new(o, r->response[i].key,
                            value_of(r->response[i].value));
    return o;
}

llb_status cmd__metadata_write(const char *path, const json_t *o,
                               llb_error *err)
{
    char *text = o ? json_dumps(o, JSON_INDENT(2) | JSON_SORT_KEYS) : NULL;
    llb_status st;

    if (!text)
        return llb__fail_nomem(err);
    size_t len = strlen(text);
    text[len] = '\n'; /* over the NUL */
    st = llb__file_write_all(path, text, len + 1, 0666, err);
    free(text);
    return st;
}
