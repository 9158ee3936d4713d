/* The golden definitions, for tests that walk through all of them. */
#ifndef GOLDEN_H
#define GOLDEN_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

/* Bytes of a hex string; freed with free(). Never NULL in a test that has
 * memory. */
static inline unsigned char *golden_bytes(const char *hex, size_t *ret_len)
{
    size_t len = strlen(hex) / 2;
    unsigned char *out = malloc(len + 1);

    for (size_t i = 0; i < len; i++) {
        unsigned byte = 0;
        sscanf(hex + 2 * i, "%2x", &byte);
        out[i] = (unsigned char)byte;
    }
    *ret_len = len;
    return out;
}

/* Calls f with each scenario that does not expect an error; returns how many
 * there were. */
static inline size_t golden_each(void (*f)(json_t *scenario))
{
    static const char *const files[] = {"golden.jsonl", "master.jsonl"};
    char path[512], *line = NULL;
    size_t cap = 0, n = 0;

    for (size_t i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/tests/golden-defs/%s", LLB_SOURCE_DIR,
                 files[i]);
        FILE *in = fopen(path, "r");
        while (in && getline(&line, &cap, in) > 0) {
            json_t *s = json_loads(line, 0, NULL);
            if (s && !json_object_get(s, "error")) {
                f(s);
                n++;
            }
            json_decref(s);
        }
        if (in)
            fclose(in);
    }
    free(line);
    return n;
}

#endif
