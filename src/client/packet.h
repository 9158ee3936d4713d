/* The messages of a file transfer: fsutil.types.Packet and Stat, and the
 * BytesMessage that carries plain bytes. A flat, bounded codec of our own:
 * parsed values point into the message, nothing is copied. */
#ifndef LLB__CLIENT_PACKET_H
#define LLB__CLIENT_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "buf.h"

typedef enum bk__packet_type {
    BK__PACKET_STAT = 0,
    BK__PACKET_REQ = 1,
    BK__PACKET_DATA = 2,
    BK__PACKET_FIN = 3,
    BK__PACKET_ERR = 4,
} bk__packet_type;

/* Bits of Stat.mode: Go's fs.FileMode, whose low 9 bits are rwx as usual. */
enum {
    BK__MODE_SYMLINK = 1 << 27,
    BK__MODE_DEVICE = 1 << 26, /* alone: a block device */
    BK__MODE_FIFO = 1 << 25,
    BK__MODE_SOCKET = 1 << 24,
    BK__MODE_SETUID = 1 << 23,
    BK__MODE_SETGID = 1 << 22,
    BK__MODE_CHARDEV = 1 << 21, /* with DEVICE */
    BK__MODE_STICKY = 1 << 20,
    BK__MODE_IRREGULAR = 1 << 19,
};
#define BK__MODE_DIR ((uint32_t)1 << 31)

/* Any of these: no regular file, so its bytes cannot be asked for. */
#define BK__MODE_TYPE                                                          \
    (BK__MODE_DIR | BK__MODE_SYMLINK | BK__MODE_DEVICE | BK__MODE_FIFO |       \
     BK__MODE_SOCKET | BK__MODE_CHARDEV | BK__MODE_IRREGULAR)

typedef struct bk__xattr {
    llb__bytes name, value;
} bk__xattr;

typedef struct bk__stat {
    llb__bytes path; /* any bytes; no promise of UTF-8 */
    uint32_t mode;   /* BK__MODE_* and rwx */
    uint32_t uid, gid;
    int64_t size;
    int64_t mod_time; /* nanoseconds since 1970, may be negative */
    llb__bytes linkname;
    int64_t devmajor, devminor;
    const bk__xattr *xattrs;
    size_t n_xattrs;
} bk__stat;

typedef struct bk__packet {
    bk__packet_type type;
    bool has_stat; /* a STAT without one ends the list */
    bk__stat stat;
    uint32_t id;
    llb__bytes data;
} bk__packet;

/* Reads packets one after the other; start from {0}. */
typedef struct bk__packet_reader {
    bk__xattr *xattrs;
    size_t cap;
} bk__packet_reader;

void bk__packet_reader_clear(bk__packet_reader *r);

/* Parses one message. What *ret points to lives as long as message and until
 * the next call with r. NULL, or why the message is refused (static text). */
const char *bk__packet_parse(bk__packet_reader *r, llb__bytes message,
                             bk__packet *ret);

/* Appends p to b, in field order, without what is zero. */
void bk__packet_marshal(const bk__packet *p, llb__buf *b);

/* The start of a DATA packet whose last field is len bytes that follow; len 0
 * ends the file. Returns its length, at most BK__DATA_HEAD_MAX. */
enum { BK__DATA_HEAD_MAX = 32 };
size_t bk__packet_data_head(uint32_t id, size_t len,
                            uint8_t out[BK__DATA_HEAD_MAX]);

/* Field 1 of a message, as bytes: the data of a BytesMessage, the id of a
 * GetSecretRequest. False: no message. data NULL when the field is absent. */
bool bk__field1_parse(llb__bytes message, llb__bytes *ret);

/* The head of a message whose only field is 1, len bytes that follow. */
size_t bk__field1_head(size_t len, uint8_t out[BK__DATA_HEAD_MAX]);

#endif
