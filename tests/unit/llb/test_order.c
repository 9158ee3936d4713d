/* The order of digests, which a map of Go's has too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "order.h"

enum { MOST = 5000 };

/* Sums whose first bits are the same for every `alike` of them. */
static void fill(llb__def_op *ops, size_t n, uint32_t alike)
{
    uint32_t x = 1;

    memset(ops, 0, n * sizeof *ops);
    for (size_t i = 0; i < n; i++) {
        uint32_t first = (uint32_t)i / alike * 2654435761u;
        memcpy(ops[i].sum, &first, sizeof first);
        x = x * 1664525 + 1013904223;
        memcpy(ops[i].sum + 20, &x, sizeof x);
    }
}

static void check(size_t n, uint32_t alike)
{
    static llb__def_op ops[MOST];
    static llb__order_item items[2 * MOST];
    static uint32_t order[MOST];
    static uint8_t seen[MOST];

    fill(ops, n, alike);
    memset(seen, 0, sizeof seen);
    llb__order_by_sum(ops, n, items, order);
    for (size_t i = 0; i < n; i++) {
        assert_in_range(order[i], 0, n - 1);
        assert_int_equal(seen[order[i]]++, 0);
        if (i)
            assert_true(memcmp(ops[order[i - 1]].sum, ops[order[i]].sum,
                               sizeof ops->sum) < 0);
    }
}

static void sums_are_sorted_by_all_of_their_bytes(void **state)
{
    static const size_t sizes[] = {0, 1, 2, 31, 32, 33, 1000, MOST};
    (void)state;

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        check(sizes[i], 1);
        check(sizes[i], 2);
        check(sizes[i], 40);
        check(sizes[i], MOST);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_are_sorted_by_all_of_their_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
