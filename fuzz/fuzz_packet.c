/* What a daemon may send as an exported tree. Whatever it is, nothing may
 * appear or change outside of the folder that it is for, and what is complete
 * is what was said. The first byte chooses whether the folder is new; then
 * come records: most of them become clean packets of entries with short names,
 * since random bytes hardly ever do. */
#include <dirent.h>
#include <stdint.h>

#include "packet.h"
#include "receive.h"
#include "scratch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { LONG_AGO = 1000000000 };

struct daemon {
    bk__stream stream; /* first */
    llb__bytes left;
    llb__buf message;
    bk__packet_reader reader;
};

static uint8_t byte(struct daemon *d)
{
    if (d->left.len == 0)
        return 0;
    d->left.len--;
    return *d->left.data++;
}

/* As many bytes as the next one says, each one of a few letters. */
static llb__bytes letters(struct daemon *d, char out[16])
{
    static const char some[] = "abdfl/./";
    size_t n = byte(d) & 15;

    for (size_t i = 0; i < n; i++)
        out[i] = some[byte(d) & 7];
    return (llb__bytes){(const uint8_t *)out, n};
}

static void entry(struct daemon *d, uint8_t kind)
{
    static const uint32_t modes[] = {0,
                                     0,
                                     BK__MODE_DIR,
                                     BK__MODE_SYMLINK,
                                     BK__MODE_FIFO,
                                     BK__MODE_DEVICE | BK__MODE_CHARDEV,
                                     BK__MODE_SETUID,
                                     BK__MODE_SOCKET};
    char path[16], link[16];
    bk__packet p = {.type = BK__PACKET_STAT, .has_stat = true};
    bk__xattr x = {{(const uint8_t *)"user.a", 6}, {d->left.data, 0}};

    p.stat.path = letters(d, path);
    p.stat.mode = modes[kind & 7] | (byte(d) * 2u & 0777);
    if ((kind & 7) == 3 || (kind & 7) == 1)
        p.stat.linkname = letters(d, link);
    p.stat.size = byte(d) & 7;
    p.stat.mod_time = (int64_t)byte(d) << (kind >> 3);
    p.stat.xattrs = &x;
    p.stat.n_xattrs = kind >> 6 & 1;
    bk__packet_marshal(&p, &d->message);
}

static int receive(bk__stream *s, llb__bytes *ret)
{
    struct daemon *d = (struct daemon *)s;
    uint8_t kind = byte(d), bytes[255];

    if (d->left.len == 0)
        return -1;
    d->message.len = 0;
    if (kind < 0xc0) {
        entry(d, kind);
    } else if (kind < 0xd0) { /* the end of the list, or of all */
        bk__packet_marshal(
            &(bk__packet){.type = kind & 1 ? BK__PACKET_FIN : BK__PACKET_STAT},
            &d->message);
    } else if (kind < 0xf0) { /* bytes of one of the first files */
        memset(bytes, kind & 1 ? 'x' : 0, 8);
        bk__packet_marshal(&(bk__packet){.type = BK__PACKET_DATA,
                                         .id = kind >> 1 & 7,
                                         .data = {bytes, byte(d) & 7}},
                           &d->message);
    } else { /* anything */
        size_t n = byte(d) < d->left.len ? d->left.data[-1] : d->left.len;
        llb__buf_add(&d->message, d->left.data, n);
        d->left.data += n;
        d->left.len -= n;
    }
    scratch_must(!d->message.failed);
    *ret = (llb__bytes){(const uint8_t *)d->message.data, d->message.len};
    return 1;
}

/* What we answer can be read. */
static bool answer(bk__stream *s, const llb__bytes *pieces, size_t n)
{
    struct daemon *d = (struct daemon *)s;
    bk__packet p;

    scratch_must(n == 1 && !bk__packet_parse(&d->reader, pieces[0], &p));
    scratch_must(p.type == BK__PACKET_REQ || p.type == BK__PACKET_FIN ||
                 p.type == BK__PACKET_ERR);
    return true;
}

static llb__bytes no_meta(bk__stream *s, const char *key, size_t i)
{
    (void)s, (void)key, (void)i;
    return (llb__bytes){NULL, 0};
}

static bool never_over(bk__stream *s)
{
    (void)s;
    return false;
}

static void nothing(bk__stream *s) { (void)s; }

/* Beside the folder lie a file and an empty folder, to which links lead. The
 * time of the folder shows what came and went in it. */
static void check_outside(void)
{
    struct dirent *e;
    struct stat st;
    size_t n = 0;
    DIR *dir = opendir(scratch_path);

    scratch_must(dir != NULL);
    while ((e = readdir(dir)))
        n++;
    closedir(dir);
    scratch_must(n == 2 + 3);
    scratch_must(stat(scratch_at("a"), &st) == 0 && st.st_size == 4 &&
                 st.st_nlink == 1 && st.st_mode == (S_IFREG | 0600) &&
                 st.st_mtim.tv_sec == LONG_AGO);
    scratch_must(stat(scratch_at("d"), &st) == 0 && st.st_nlink == 2 &&
                 st.st_mode == (S_IFDIR | 0700) &&
                 st.st_mtim.tv_sec == LONG_AGO);
}

static void make_old(const char *name)
{
    struct timespec t = {LONG_AGO, 0};

    scratch_must(utimensat(AT_FDCWD, scratch_at(name),
                           (struct timespec[]){t, t}, 0) == 0);
}

/* root, with older entries in the way unless it is new. */
static int make_root(bool fresh)
{
    int root;

    scratch_new();
    scratch_write("a", "safe", 4);
    scratch_must(mkdir(scratch_at("d"), 0700) == 0);
    make_old("a");
    make_old("d");
    scratch_must(mkdir(scratch_at("root"), 0700) == 0);
    if (!fresh) {
        scratch_must(symlink("..", scratch_at("root/l")) == 0);
        scratch_must(symlink("../d", scratch_at("root/d")) == 0);
        scratch_must(symlink("../a", scratch_at("root/a")) == 0);
        scratch_must(mkdir(scratch_at("root/f"), 0700) == 0);
        scratch_write("root/f/a", "old", 3);
    }
    root = open(scratch_at("root"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    scratch_must(root >= 0);
    return root;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static const struct bk__stream_ops ops = {receive, answer, no_meta,
                                              never_over, nothing};
    struct daemon d = {
        .stream = {&ops}, .left = {data, len}, .message = LLB__BUF_INIT};
    uint8_t how = byte(&d);
    bk__failed failed;
    bk__seen seen = {0};
    bool complete;
    int root = make_root(how & 1);
    bk__receive where = {.root = root,
                         .root_name = "ROOT",
                         .fresh = how & 1,
                         .failed = &failed,
                         .seen = &seen};

    bk__failed_init(&failed);
    bk__rpc_status st = bk__receive_tree(&where, &d.stream, &complete);
    scratch_must(!complete || st.code == BK__RPC_OK);
    if (complete && how & 2)
        bk__seen_mirror(&seen, root, "ROOT", NULL);
    close(root);
    check_outside();
    bk__seen_clear(&seen);
    bk__failed_clear(&failed);
    bk__packet_reader_clear(&d.reader);
    llb__buf_clear(&d.message);
    return 0;
}
