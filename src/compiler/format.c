/* The formatter's front: text in, text out. */
#include <llb/format.h>

#include <stdlib.h>

#include "format_impl.h"
#include "parse.h"

/* A tree takes some forty bytes for each byte of the densest text. */
#define ARENA_LIMIT ((size_t)2 << 30)

static llb_status print(const llbc__file *file, char **ret_text,
                        size_t *ret_len)
{
    llbc__printer pr = {.source = file->source, .out = LLB__BUF_INIT};

    if (llbc__comments_place(&pr, file))
        llbc__print_file(&pr, file);
    else
        pr.out.failed = true;
    free(pr.comments);
    char *text = llb__buf_take(&pr.out, ret_len);
    if (!text)
        return LLB_ENOMEM;
    *ret_text = text;
    return LLB_OK;
}

llb_status llbc_format(const char *name, const char *text, size_t len,
                       char **ret_text, size_t *ret_len, llbc_diags *diags)
{
    uint32_t number;
    llb_status st = llbc_diags_add_file(diags, name, text, len, &number);

    if (st != LLB_OK)
        return st;
    llb__arena *arena = llb__arena_new(ARENA_LIMIT);
    if (!arena)
        return LLB_ENOMEM;
    const llbc__file *file =
        llbc__parse(llbc__source_get(diags, number), arena, diags);
    if (file)
        st = print(file, ret_text, ret_len);
    else
        st = llbc_diags_status(diags);
    llb__arena_free(arena);
    return st;
}
