/* What a piece of code writes to a descriptor, as text. */
#ifndef CAPTURE_H
#define CAPTURE_H

#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

struct capture {
    int fd, saved;
    FILE *file;
};

/* From now on fd goes into a file. */
static inline struct capture capture_begin(int fd)
{
    struct capture c = {.fd = fd, .saved = dup(fd), .file = tmpfile()};

    dup2(fileno(c.file), fd);
    return c;
}

/* Gives fd back and copies what came, at most size - 1 bytes, into text. */
static inline size_t capture_end(struct capture *c, char *text, size_t size)
{
    dup2(c->saved, c->fd);
    close(c->saved);
    rewind(c->file);
    size_t n = fread(text, 1, size - 1, c->file);
    text[n] = '\0';
    fclose(c->file);
    return n;
}

#endif
