/* Image references as distribution/reference reads them. */
#ifndef LLB__LLB_REF_H
#define LLB__LLB_REF_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

/* A reference in its parts. name is "domain/path" in full; tag and digest
 * point into the text that was parsed, their lengths are 0 when absent. */
typedef struct llb__ref {
    llb__buf name;
    const char *tag, *digest;
    size_t tag_len, digest_len;
} llb__ref;

/* Reads a reference as people write it ("alpine" is docker.io/library/alpine).
 * NULL on success; else what is wrong, static text. llb__ref_clear either
 * way. */
const char *llb__ref_parse(const char *text, llb__ref *ret);
void llb__ref_clear(llb__ref *r);

/* Whether s is a digest of an algorithm that Go's client can check. */
bool llb__is_digest(const char *s, size_t n);

/* Writes it in full: with ":latest" if it has neither tag nor digest. */
void llb__ref_write(const llb__ref *r, llb__buf *out);

#endif
