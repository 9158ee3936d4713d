/* Messages as JSON values. */
#ifndef LLB__DEF_JSON_H
#define LLB__DEF_JSON_H

#include <jansson.h>

#include "buf.h"
#include "def_int.h"
#include "schema.h"

/* A message that has been checked as an object by field names; with skip,
 * without the field of that number. NULL: no memory. */
json_t *llb__json_message(llb__bytes b, const llb__message *m, uint32_t skip);

/* Text as a JSON string; what is not UTF-8 becomes U+FFFD. NULL: no memory. */
json_t *llb__json_text(const void *text, size_t len);

/* Adds value (taken, may be NULL) to object under a key of any bytes. False:
 * value was NULL or there was no memory. */
bool llb__json_set(json_t *object, const void *key, size_t len, json_t *value);
bool llb__json_put(json_t *object, const char *key, json_t *value);

/* OpMetadata and the parts of a definition as docs/definition-json.md has
 * them. NULL: no memory. */
json_t *llb__json_op(const llb_def *d, size_t i);
json_t *llb__json_metadata(llb__bytes metadata);
json_t *llb__json_locations(llb__bytes locations);
json_t *llb__json_info(const llb_def *d, size_t i);

/* Writes a value (taken, may be NULL) on lines that start with indent blanks;
 * the first has none. False: no memory. */
bool llb__json_write(llb__buf *b, json_t *value, unsigned indent);

/* A value (borrowed) on one line, freed with free(). NULL: no memory. */
char *llb__json_dump(const json_t *value);

#endif
