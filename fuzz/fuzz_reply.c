/* Any bytes as a daemon's answer. The first chooses which; what the flat walk
 * lets through must be read by protobuf-c within its means, and written and
 * read again. The details of an error become a failure. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <caps.pb-c.h>
#include <content.pb-c.h>
#include <control.pb-c.h>
#include <filesync.pb-c.h>
#include <gateway.pb-c.h>
#include <status.pb-c.h>

#include "failure.h"
#include "packet.h"
#include "wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const ProtobufCMessageDescriptor *const types[] = {
    &bk__control__solve_response__descriptor,
    &bk__control__status_response__descriptor,
    &bk__control__disk_usage_response__descriptor,
    &bk__control__list_workers_response__descriptor,
    &bk__control__info_response__descriptor,
    &bk__gw__solve_response__descriptor,
    &bk__gw__exec_message__descriptor,
    &bk__gw__read_dir_response__descriptor,
    &bk__gw__pong_response__descriptor,
    &bk__content__write_content_request__descriptor,
    &bk__filesync__fetch_token_request__descriptor,
};
enum { N_TYPES = sizeof types / sizeof *types };

static void check(int good)
{
    if (!good)
        abort();
}

static void try_message(const ProtobufCMessageDescriptor *type, llb__bytes in)
{
    ProtobufCMessage *m, *again;
    uint8_t *packed;
    size_t len;

    if (bk__unpack(type, in, "answer", &m, NULL) != LLB_OK)
        return;
    check(bk__pack(m, &packed, &len, NULL) == LLB_OK);
    check(bk__unpack(type, (llb__bytes){packed, len}, "answer", &again, NULL) ==
          LLB_OK);
    bk__free(again);
    bk__free(m);
    free(packed);
}

static void try_failure(llb__bytes in)
{
    static char words[] = "failed: exit code: 1";
    bk__rpc rpc = {2, words, (uint8_t *)(uintptr_t)in.data, in.len, true};
    bk__maps maps;

    bk__maps_init(&maps);
    bk_failure *f = bk__failure_make(&rpc, NULL, &maps);
    check(f != NULL);
    bk_failure_free(f);
    bk__maps_clear(&maps);
}

/* The codecs of our own. */
static void try_flat(llb__bytes in)
{
    bk__packet_reader r = {NULL, 0}, r2 = {NULL, 0};
    bk__packet p, again;
    llb__bytes part;
    llb__buf b = LLB__BUF_INIT;

    bk__field1_parse(in, &part);
    bk__wire_bytes_message(in, &part);
    if (!bk__packet_parse(&r, in, &p)) {
        bk__packet_marshal(&p, &b);
        check(!bk__packet_parse(
            &r2, (llb__bytes){(const uint8_t *)b.data, b.len}, &again));
        check(p.type == again.type && p.id == again.id &&
              p.data.len == again.data.len &&
              p.stat.path.len == again.stat.path.len &&
              p.stat.n_xattrs == again.stat.n_xattrs &&
              p.stat.mod_time == again.stat.mod_time);
    }
    llb__buf_clear(&b);
    bk__packet_reader_clear(&r);
    bk__packet_reader_clear(&r2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len == 0)
        return 0;
    llb__bytes rest = {data + 1, len - 1};
    size_t which = *data % (N_TYPES + 2);
    if (which < N_TYPES)
        try_message(types[which], rest);
    else if (which == N_TYPES)
        try_failure(rest);
    else
        try_flat(rest);
    return 0;
}
