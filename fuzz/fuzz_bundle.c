/* Any bytes as a bundle. What is taken must be written again, and be the same
 * then: refs in their order, definitions but for their sessions, metadata. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <llb/gateway.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(int good)
{
    if (!good)
        abort();
}

static void compare(const bk_refs *a, const bk_refs *b)
{
    check(a->n == b->n && a->keyed == b->keyed && a->n_meta == b->n_meta);
    for (size_t i = 0; i < a->n; i++) {
        check(strcmp(a->list[i].platform, b->list[i].platform) == 0);
        check(a->list[i].def && !*a->list[i].id);
        check(llb_def_n_ops(a->list[i].def) == llb_def_n_ops(b->list[i].def));
    }
    for (size_t i = 0; i < a->n_meta; i++) {
        check(strcmp(a->meta[i].key, b->meta[i].key) == 0);
        check(a->meta[i].len == b->meta[i].len);
        check(memcmp(a->meta[i].value, b->meta[i].value, a->meta[i].len) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    bk_refs *refs, *again;
    llb_error err = {0};
    char *out;
    size_t out_len;

    if (bk_refs_parse(data, len, &refs, &err) != LLB_OK) {
        check(err.message[0] != '\0');
        return 0;
    }
    if (bk_refs_marshal(refs, &out, &out_len, &err) == LLB_OK) {
        check(bk_refs_is_bundle(out, out_len));
        check(bk_refs_parse(out, out_len, &again, &err) == LLB_OK);
        compare(refs, again);
        bk_refs_free(again);
        free(out);
    }
    bk_refs_free(refs);
    return 0;
}
