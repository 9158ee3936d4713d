/* Source files: their text, and where its lines start. */
#include "source.h"

#include <stdlib.h>
#include <string.h>

#include "diag_impl.h"

/* Bytes between two counts of characters: a line may have all of the file, and
 * each operation on it asks for its column. */
enum { COUNT_EVERY = 1024 };

/* Characters that start in text[0..len). In UTF-8 every byte but those that go
 * on with a character starts one. */
static uint32_t count_chars(const char *text, size_t len)
{
    uint32_t n = 0;

    for (size_t i = 0; i < len; i++)
        n += ((unsigned char)text[i] & 0xc0) != 0x80;
    return n;
}

static void index_chars(llbc__source *s)
{
    uint32_t n = 0;

    for (size_t at = 0, i = 0; at <= s->len; at += COUNT_EVERY, i++) {
        size_t left = s->len - at;
        s->chars[i] = n;
        n += count_chars(s->text + at, left < COUNT_EVERY ? left : COUNT_EVERY);
    }
}

/* Characters that start in front of an offset. */
static uint32_t chars_before(const llbc__source *s, uint32_t offset)
{
    uint32_t i = offset / COUNT_EVERY, at = i * COUNT_EVERY;

    return s->chars[i] + count_chars(s->text + at, offset - at);
}

static uint32_t count_lines(const char *text, size_t len)
{
    uint32_t n = 1;

    for (const char *at = text, *end = text + len;
         (at = memchr(at, '\n', (size_t)(end - at))) != NULL; at++)
        n++;
    return n;
}

static void index_lines(llbc__source *s)
{
    const char *end = s->text + s->len;
    uint32_t n = 1;

    s->lines[0] = 0;
    for (const char *at = s->text;
         (at = memchr(at, '\n', (size_t)(end - at))) != NULL; at++)
        s->lines[n++] = (uint32_t)(at + 1 - s->text);
    s->n_lines = n;
}

llbc__source *llbc__source_new(uint32_t number, const char *name,
                               const char *text, size_t len)
{
    llbc__source *s = calloc(1, sizeof *s);
    char *copy = malloc(len + 1), *label = strdup(name);
    uint32_t *lines = calloc(count_lines(text, len), sizeof *lines);
    uint32_t *chars = calloc(len / COUNT_EVERY + 1, sizeof *chars);

    if (!s || !copy || !label || !lines || !chars) {
        free(chars);
        free(lines);
        free(label);
        free(copy);
        free(s);
        return NULL;
    }
    if (len)
        memcpy(copy, text, len);
    copy[len] = '\0';
    *s = (llbc__source){.number = number,
                        .name = label,
                        .text = copy,
                        .len = (uint32_t)len,
                        .lines = lines,
                        .chars = chars};
    index_lines(s);
    index_chars(s);
    return s;
}

void llbc__source_free(llbc__source *s)
{
    if (!s)
        return;
    free(s->allows);
    free(s->chars);
    free(s->lines);
    free((char *)s->text);
    free((char *)s->name);
    free(s);
}

const llbc__source *llbc__source_get(const llbc_diags *d, uint32_t file)
{
    return file && file <= d->n_sources ? d->sources[file - 1] : NULL;
}

/* The index of the line that holds offset: the last one that starts at or
 * before it. */
static uint32_t line_of(const llbc__source *s, uint32_t offset)
{
    uint32_t low = 0, high = s->n_lines;

    while (high - low > 1) {
        uint32_t mid = low + (high - low) / 2;

        if (s->lines[mid] <= offset)
            low = mid;
        else
            high = mid;
    }
    return low;
}

uint32_t llbc__source_line_of(const llbc__source *s, uint32_t offset)
{
    return line_of(s, offset) + 1;
}

llbc__pos llbc__source_pos(const llbc__source *s, uint32_t offset)
{
    if (offset > s->len)
        offset = s->len;
    uint32_t line = line_of(s, offset), start = s->lines[line];
    const char *text = s->text;

    /* Inside of a character: its column. */
    while (offset > start && ((unsigned char)text[offset] & 0xc0) == 0x80)
        offset--;
    uint32_t before = offset - start < COUNT_EVERY
                          ? count_chars(text + start, offset - start)
                          : chars_before(s, offset) - chars_before(s, start);
    return (llbc__pos){line + 1, before + 1};
}

void llbc__source_line(const llbc__source *s, uint32_t line,
                       uint32_t *ret_start, uint32_t *ret_end)
{
    if (!line || line > s->n_lines) {
        *ret_start = *ret_end = 0;
        return;
    }
    *ret_start = s->lines[line - 1];
    *ret_end = line < s->n_lines ? s->lines[line] - 1 : s->len;
    if (*ret_end > *ret_start && s->text[*ret_end - 1] == '\r')
        --*ret_end;
}
