/* Types and values of the language. Both are immutable and live in an arena. */
#ifndef LLB__COMPILER_VALUE_H
#define LLB__COMPILER_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "buf.h"

typedef enum llbc__kind {
    LLBC__UNKNOWN, /* after an error, and what an empty list holds */
    LLBC__STRING,
    LLBC__INT,
    LLBC__BOOL,
    LLBC__PLATFORM,
    LLBC__FS,
    LLBC__MOUNTS,
    LLBC__LIST,
    LLBC__MAP,
} llbc__kind;

/* A type; elem is set for lists and maps only. Equal types may have different
 * addresses. */
typedef struct llbc__ty {
    llbc__kind kind;
    const struct llbc__ty *elem;
} llbc__ty;

extern const llbc__ty llbc__ty_unknown, llbc__ty_string, llbc__ty_int,
    llbc__ty_bool, llbc__ty_platform, llbc__ty_fs, llbc__ty_mounts,
    llbc__ty_strings;

/* [elem] or {elem}; NULL: no memory. */
const llbc__ty *llbc__ty_of(llb__arena *a, llbc__kind kind,
                            const llbc__ty *elem);

/* Whether a value of type from can stand where to is expected. The unknown
 * type fits everything and everything fits it, so that one mistake is told
 * once. */
bool llbc__ty_fits(const llbc__ty *from, const llbc__ty *to);

/* The type of both, for the elements of a list and the arms of an `if`; NULL
 * if they have none in common. */
const llbc__ty *llbc__ty_join(const llbc__ty *a, const llbc__ty *b);

/* "string", "[int]": as the language writes it. The text is "" without memory,
 * which a message can bear. */
void llbc__ty_print(llb__buf *out, const llbc__ty *t);
const char *llbc__ty_text(llb__arena *a, const llbc__ty *t);

/* The type that text[0..len) names ("[string]"); NULL if it names none. */
const llbc__ty *llbc__ty_parse(llb__arena *a, const char *text, size_t len);

typedef struct llbc__value llbc__value;
typedef struct llbc__entry llbc__entry;
typedef struct llbc__fs llbc__fs;         /* lower.h */
typedef struct llbc__mounts llbc__mounts; /* lower.h */

/* A platform in normal form; what it does not say is "". */
typedef struct llbc__platform {
    const char *os, *arch, *variant, *os_version;
    const char *text; /* os[(version)]/arch[/variant] */
} llbc__platform;

/* A value. Of kind LLBC__UNKNOWN after an error that has been reported: what
 * is computed from it is unknown again, without another word. */
struct llbc__value {
    llbc__kind kind;
    size_t n; /* bytes of the string, elements of the list or map */
    union {
        const char *str; /* UTF-8 without NUL, and a NUL behind it */
        int64_t num;
        bool flag;
        const llbc__platform *platform;
        const llbc__fs *fs;
        const llbc__mounts *mounts;
        const llbc__value *list;
        const llbc__entry *map; /* in the order written; no key twice */
    } u;
};

struct llbc__entry {
    const char *key;
    llbc__value value;
};

static inline bool llbc__known(llbc__value v)
{
    return v.kind != LLBC__UNKNOWN;
}

llbc__value llbc__no_value(void);
llbc__value llbc__int_value(int64_t num);
llbc__value llbc__bool_value(bool flag);

/* str is borrowed and must live as long as the value. */
llbc__value llbc__string_value(const char *str, size_t len);
llbc__value llbc__text_value(const char *str);
llbc__value llbc__list_value(const llbc__value *items, size_t n);
llbc__value llbc__map_value(const llbc__entry *entries, size_t n);
llbc__value llbc__platform_value(const llbc__platform *p);

/* The value of a key of a map; NULL when it is not there. */
const llbc__value *llbc__map_find(llbc__value map, const char *key);

/* Bytes that looking at all of a value passes over, those of elements that it
 * holds several times counted each time; stops behind limit. */
size_t llbc__value_weight(llbc__value v, size_t limit);

/* Equal in type and content; filesystems and mounts only if they are one. */
bool llbc__value_equal(llbc__value a, llbc__value b);

/* Order of two strings (by bytes) or two ints: below, equal to or above 0. */
int llbc__value_order(llbc__value a, llbc__value b);

/* Text of a string, int, bool or platform as "${}" inserts it. The string is
 * in the arena or the value's own; NULL: no memory. */
const char *llbc__value_text(llb__arena *a, llbc__value v, size_t *ret_len);

#endif
