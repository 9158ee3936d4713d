/* Names of capabilities. */
#include "caps.h"

static const struct cap {
    const char *id;
    size_t len;
} table[LLB__N_CAPS] = {
#define ROW(name, id) {id, sizeof id - 1},
    LLB__CAPS(ROW)
#undef ROW
};

const char *llb__cap_id(unsigned number) { return table[number].id; }

int llb__cap_find(const char *id, size_t len)
{
    int lo = 0, hi = len > 0 ? LLB__N_CAPS : 0; /* id may be NULL then */

    while (lo < hi) {
        int mid = (lo + hi) / 2;
        size_t n = len < table[mid].len ? len : table[mid].len;
        int c = memcmp(id, table[mid].id, n);
        if (c == 0 && len == table[mid].len)
            return mid;
        if (c < 0 || (c == 0 && len < table[mid].len))
            hi = mid;
        else
            lo = mid + 1;
    }
    return -1;
}

void llb__caps_encode(llb__enc *e, uint32_t field, llb__caps caps)
{
    while (caps) {
        unsigned nr = 63u - (unsigned)__builtin_clzll(caps);
        size_t mark = llb__enc_len(e);
        llb__enc_u64(e, 2, 1);
        llb__enc_elem(e, 1, table[nr].id, table[nr].len);
        llb__enc_wrap(e, field, mark);
        caps &= ~((llb__caps)1 << nr);
    }
}
