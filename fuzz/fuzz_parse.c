/* Any bytes as a source file. What parses must format, the formatted text must
 * parse to an equal tree with as many comments, and format to itself. What
 * does not parse must be said, and sayable in every form. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <llb/format.h>

#include "parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(int good)
{
    if (!good)
        abort();
}

static const llbc__file *parse(llbc_diags *d, llb__arena *a, const char *text,
                               size_t len)
{
    uint32_t number;

    check(llbc_diags_add_file(d, "f.llb", text, len, &number) == LLB_OK);
    return llbc__parse(llbc__source_get(d, number), a, d);
}

/* Nothing of the text may reach a terminal raw. */
static void check_shown(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        check((unsigned char)text[i] >= ' ' || text[i] == '\n');
}

static void show(const llbc_diags *d)
{
    char *text;
    size_t len;

    for (size_t i = 0; i < llbc_diags_count(d); i++) {
        const llbc_diag *g = llbc_diags_get(d, i);
        uint32_t line, column;

        check(g->at.start <= g->at.end && g->message[0] != '\0');
        check(llbc_diags_place(d, g->at.file, g->at.start, &line, &column));
    }
    check(llbc_diags_render(d, 0, &text, &len) == LLB_OK);
    check_shown(text, len);
    free(text);
    check(llbc_diags_json(d, &text, &len) == LLB_OK);
    free(text);
}

static size_t n_comments(const llbc__file *file)
{
    size_t n = 0;

    for (const llbc__comment *c = file->comments; c; c = c->next)
        n++;
    return n;
}

static void format(llbc_diags *d, llb__arena *a, const llbc__file *file)
{
    char *once, *twice;
    size_t once_len, twice_len;

    check(llbc_format("f.llb", file->source->text, file->source->len, &once,
                      &once_len, d) == LLB_OK);
    const llbc__file *again = parse(d, a, once, once_len);
    check(again != NULL);
    check(llbc__file_equal(file, again));
    check(n_comments(file) == n_comments(again));
    check(llbc_format("f.llb", once, once_len, &twice, &twice_len, d) ==
          LLB_OK);
    check(once_len == twice_len && memcmp(once, twice, once_len) == 0);
    free(twice);
    free(once);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    llbc_diags *d = llbc_diags_new();
    llb__arena *a = llb__arena_new((size_t)1 << 30);

    check(d && a);
    const llbc__file *file = parse(d, a, (const char *)data, len);
    check((file != NULL) == (llbc_diags_status(d) == LLB_OK));
    if (file)
        format(d, a, file);
    else
        show(d);
    llb__arena_free(a);
    llbc_diags_free(d);
    return 0;
}
