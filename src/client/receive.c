/* The receiver. One thread does all: entries without content are created as
 * they come, files are asked for a few at a time, so that the requests under
 * way always fit into what the daemon reads without waiting for us. Hard links
 * and the folders' own metadata come last. */
#include "receive.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "packet.h"
#include "receive_check.h"
#include "receive_write.h"

enum { MAX_ASKED = 32 };
#define MAX_MEMORY ((size_t)1 << 30)

/* A growing list of entries, which live in the arena. */
typedef bk__targets entries;

struct receiver {
    const bk__receive *where;
    bk__stream *stream;
    llb_error err;
    llb__arena *arena;
    bk__writer writer;
    bk__order order;
    uint32_t n_stats;
    bool listed;     /* the end of the list was received */
    entries targets; /* regular files and nodes, no links */
    entries folders;
    entries links;
    size_t next_file; /* the first of targets that was not asked for */
    bk__file files[MAX_ASKED];
    size_t n_files;
};

static llb_status fail(struct receiver *r, llb__bytes path, const char *why)
{
    int len = path.len > 200 ? 200 : (int)path.len;

    return llb__fail(&r->err, LLB_EINVAL, LLB__NOWHERE,
                     "the daemon sent \"%.*s\", which %s; nothing was written "
                     "for it in %s",
                     len, path.len ? (const char *)path.data : "", why,
                     r->where->root_name);
}

static bool append(entries *list, bk__entry *e)
{
    if (list->n == list->cap) {
        size_t cap = list->cap ? 2 * list->cap : 64;
        bk__entry **items = realloc(list->items, cap * sizeof(bk__entry *));
        if (!items)
            return false;
        list->items = items;
        list->cap = cap;
    }
    list->items[list->n++] = e;
    return true;
}

static bool copy_bytes(llb__arena *a, llb__bytes in, llb__bytes *ret)
{
    char *copy = llb__arena_strndup(a, in.data, in.len);

    *ret = (llb__bytes){(uint8_t *)copy, in.len};
    return copy != NULL;
}

static bool copy_xattrs(llb__arena *a, const bk__stat *st, bk__entry *e)
{
    if (st->n_xattrs == 0)
        return true;
    bk__xattr *xs = llb__arena_array(a, st->n_xattrs, sizeof *xs);
    for (size_t i = 0; xs && i < st->n_xattrs; i++) {
        if (!copy_bytes(a, st->xattrs[i].name, &xs[i].name) ||
            !copy_bytes(a, st->xattrs[i].value, &xs[i].value))
            return false;
    }
    e->xattrs = xs;
    e->n_xattrs = st->n_xattrs;
    return xs != NULL;
}

/* A copy of st in the arena. NULL: no memory, or more entries than fit. */
static bk__entry *entry_of(struct receiver *r, const bk__stat *st)
{
    bk__entry *e = llb__arena_alloc(r->arena, sizeof *e);

    if (!e)
        return NULL;
    e->path = llb__arena_strndup(r->arena, st->path.data, st->path.len);
    e->linkname =
        st->linkname.len
            ? llb__arena_strndup(r->arena, st->linkname.data, st->linkname.len)
            : "";
    e->mode = st->mode;
    e->id = r->n_stats;
    e->size = st->size;
    e->mod_time = st->mod_time;
    e->devmajor = st->devmajor;
    e->devminor = st->devminor;
    if (!e->path || !e->linkname || !copy_xattrs(r->arena, st, e))
        return NULL;
    return e;
}

static llb_status send_packet(struct receiver *r, const bk__packet *p)
{
    llb__buf b = LLB__BUF_INIT;
    llb_status st = LLB_OK;

    bk__packet_marshal(p, &b);
    if (b.failed)
        st = llb__fail_nomem(&r->err);
    else if (!r->stream->ops->send(r->stream,
                                   &(llb__bytes){(uint8_t *)b.data, b.len}, 1))
        st = LLB_ECANCELED;
    llb__buf_clear(&b);
    return st;
}

/* Asks for files while there is room. */
static llb_status ask(struct receiver *r)
{
    llb_status st = LLB_OK;

    while (r->n_files < MAX_ASKED && r->next_file < r->targets.n) {
        const bk__entry *e = r->targets.items[r->next_file++];
        if (e->mode & BK__MODE_TYPE)
            continue;
        st = bk__file_open(&r->writer, e, &r->files[r->n_files]);
        if (st != LLB_OK)
            return st;
        r->n_files++;
        st = send_packet(r, &(bk__packet){.type = BK__PACKET_REQ, .id = e->id});
        if (st != LLB_OK)
            return st;
    }
    return st;
}

static llb_status add_target(struct receiver *r, bk__entry *e)
{
    llb_status st = LLB_OK;

    if (!append(&r->targets, e))
        return llb__fail_nomem(&r->err);
    if (e->mode & BK__MODE_TYPE)
        st = bk__write_node(&r->writer, e);
    return st == LLB_OK ? ask(r) : st;
}

static llb_status add_link(struct receiver *r, bk__entry *e, const bk__stat *st)
{
    if (!bk__targets_find(&r->targets, st->linkname))
        return fail(r, st->path, "is a hard link to a file that was not sent");
    return append(&r->links, e) ? LLB_OK : llb__fail_nomem(&r->err);
}

static llb_status on_stat(struct receiver *r, const bk__stat *st)
{
    const char *why = r->listed ? "came behind the end of the list"
                                : bk__order_add(&r->order, st);

    if (!why)
        why = bk__check_stat(st);
    if (why)
        return fail(r, st->path, why);
    bk__entry *e = entry_of(r, st);
    if (!e)
        return llb__fail_nomem(&r->err);
    r->n_stats++;
    if (r->where->seen &&
        !bk__seen_add(r->where->seen, e->path, (e->mode & BK__MODE_DIR) != 0))
        return llb__fail_nomem(&r->err);
    if (e->mode & BK__MODE_DIR) {
        llb_status s = bk__write_dir(&r->writer, e);
        if (s != LLB_OK)
            return s;
        return append(&r->folders, e) ? LLB_OK : llb__fail_nomem(&r->err);
    }
    if (e->mode & BK__MODE_SYMLINK)
        return bk__write_symlink(&r->writer, e);
    return *e->linkname ? add_link(r, e, st) : add_target(r, e);
}

static llb_status fail_file(struct receiver *r, const bk__entry *e,
                            const char *why)
{
    return llb__fail(&r->err, LLB_EINVAL, LLB__NOWHERE, "%s/%s: the daemon %s",
                     r->where->root_name, e->path, why);
}

static llb_status on_data(struct receiver *r, const bk__packet *p)
{
    size_t i = 0;

    while (i < r->n_files && r->files[i].entry->id != p->id)
        i++;
    if (i == r->n_files)
        return llb__fail(&r->err, LLB_EINVAL, LLB__NOWHERE,
                         "the daemon sent data of number %u, which nobody "
                         "asked for",
                         p->id);
    bk__file *f = &r->files[i];
    const bk__entry *e = f->entry;
    if (p->data.len > (uint64_t)(e->size - f->len))
        return fail_file(r, e, "sent more bytes than it had announced");
    if (p->data.len > 0)
        return bk__file_add(&r->writer, f, p->data);
    if (f->len != e->size)
        return fail_file(r, e, "sent fewer bytes than it had announced");
    llb_status st = bk__file_done(&r->writer, f);
    r->files[i] = r->files[--r->n_files];
    return st == LLB_OK ? ask(r) : st;
}

/* Everything has come: what had to wait for that. */
static llb_status complete(struct receiver *r)
{
    llb_status st = LLB_OK;

    for (size_t i = 0; st == LLB_OK && i < r->links.n; i++)
        st = bk__write_link(&r->writer, r->links.items[i]);
    for (size_t i = r->folders.n; st == LLB_OK && i > 0; i--)
        st = bk__write_dir_done(&r->writer, r->folders.items[i - 1]);
    if (st == LLB_OK)
        st = send_packet(r, &(bk__packet){.type = BK__PACKET_FIN});
    return st;
}

static llb_status on_packet(struct receiver *r, const bk__packet *p)
{
    switch (p->type) {
    case BK__PACKET_STAT:
        if (p->has_stat)
            return on_stat(r, &p->stat);
        r->listed = true;
        return LLB_OK;
    case BK__PACKET_DATA:
        return on_data(r, p);
    case BK__PACKET_ERR:
        return llb__fail(&r->err, LLB_EIO, LLB__NOWHERE,
                         "the daemon could not send to %s: %.*s",
                         r->where->root_name,
                         p->data.len > 300 ? 300 : (int)p->data.len,
                         p->data.len ? (const char *)p->data.data : "");
    case BK__PACKET_REQ:
    case BK__PACKET_FIN:
        break;
    }
    return llb__fail(&r->err, LLB_EINVAL, LLB__NOWHERE,
                     "the daemon sent a packet of type %d in the middle of "
                     "the transfer",
                     p->type);
}

/* One packet. LLB_ECANCELED: there will be none. */
static llb_status receive(struct receiver *r, bk__packet_reader *reader,
                          bk__packet *ret)
{
    llb__bytes message;

    if (r->stream->ops->recv(r->stream, &message) <= 0)
        return LLB_ECANCELED;
    const char *why = bk__packet_parse(reader, message, ret);
    return why ? llb__fail(&r->err, LLB_EINVAL, LLB__NOWHERE,
                           "the daemon sent a packet that %s", why)
               : LLB_OK;
}

static llb_status run(struct receiver *r)
{
    bk__packet_reader reader = {NULL, 0};
    bk__packet p;
    llb_status st = LLB_OK;

    while (st == LLB_OK &&
           (!r->listed || r->n_files > 0 || r->next_file < r->targets.n)) {
        st = receive(r, &reader, &p);
        if (st == LLB_OK)
            st = on_packet(r, &p);
    }
    if (st == LLB_OK)
        st = complete(r);
    bk__packet_reader_clear(&reader);
    return st;
}

/* Waits for the daemon's FIN. All is in place: how the stream ends tells
 * nothing about it. */
static void wait_for_end(struct receiver *r)
{
    bk__packet_reader reader = {NULL, 0};
    bk__packet p;

    while (receive(r, &reader, &p) == LLB_OK && p.type != BK__PACKET_FIN)
        ;
    bk__packet_reader_clear(&reader);
}

static bk__rpc_status end(struct receiver *r, llb_status st)
{
    if (st == LLB_OK) {
        wait_for_end(r);
        return bk__rpc_ok();
    }
    if (st == LLB_ECANCELED)
        return bk__rpc_fail(BK__RPC_CANCELED, "the transfer to %s was cut off",
                            r->where->root_name);
    llb__bytes text = {(uint8_t *)r->err.message, strlen(r->err.message)};
    send_packet(r, &(bk__packet){.type = BK__PACKET_ERR, .data = text});
    return bk__failed_add(r->where->failed, &r->err);
}

/* Leaves the folders that stay as they were meant to be. */
static void finish_folders(struct receiver *r)
{
    llb_error first = r->err;

    for (size_t i = r->folders.n; !r->where->fresh && i > 0; i--)
        bk__write_dir_done(&r->writer, r->folders.items[i - 1]);
    r->err = first;
}

static void clear(struct receiver *r)
{
    for (size_t i = 0; i < r->n_files; i++)
        bk__file_drop(&r->files[i]);
    free(r->targets.items);
    free(r->folders.items);
    free(r->links.items);
    llb__arena_free(r->arena);
    free(r);
}

bk__rpc_status bk__receive_tree(const bk__receive *where, bk__stream *stream,
                                bool *ret_complete)
{
    struct receiver *r = calloc(1, sizeof *r);

    *ret_complete = false;
    if (!r)
        return bk__rpc_fail(BK__RPC_INTERNAL, "not enough memory");
    r->where = where;
    r->stream = stream;
    bk__writer_init(&r->writer, where->root, where->root_name, where->fresh,
                    &r->err);
    r->arena = llb__arena_new(MAX_MEMORY);
    llb_status st = r->arena ? run(r) : llb__fail_nomem(&r->err);
    *ret_complete = st == LLB_OK;
    if (st != LLB_OK)
        finish_folders(r);
    bk__rpc_status ret = end(r, st);
    clear(r);
    return ret;
}
