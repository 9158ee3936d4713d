/* Tests of src/base: arena, buffer, UTF-8, digests, errors, files. */
#include <setjmp.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "arena.h"
#include "buf.h"
#include "error.h"
#include "fail_alloc.h"
#include "file.h"
#include "sha256.h"
#include "utf8.h"

static void arena_gives_zeroed_aligned_memory(void **state)
{
    llb__arena *a = llb__arena_new(1 << 20);
    (void)state;

    for (size_t size = 0; size < 5000; size = size * 2 + 1) {
        unsigned char *p = llb__arena_alloc(a, size);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % LLB__ALIGN, 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(p[i], 0);
        memset(p, 0xff, size);
        assert_non_null(llb__arena_bytes(a, 3));
    }
    llb__arena_free(a);
}

static void arena_stops_at_its_limit(void **state)
{
    llb__arena *a = llb__arena_new(100);
    (void)state;

    assert_non_null(llb__arena_alloc(a, 60));
    assert_null(llb__arena_alloc(a, 60));
    assert_null(llb__arena_alloc(a, SIZE_MAX));
    assert_null(llb__arena_array(a, SIZE_MAX / 2, 4));
    assert_null(llb__arena_strndup(a, "", SIZE_MAX));
    assert_string_equal(llb__arena_printf(a, "%d-%s", 7, "x"), "7-x");
    llb__arena_clear(a);
    assert_int_equal(llb__arena_used(a), 0);
    assert_non_null(llb__arena_alloc(a, 100));
    llb__arena_free(a);
}

static void arena_survives_each_failing_allocation(void **state)
{
    (void)state;
    for (long n = 0;; n++) {
        fail_alloc_at(n);
        llb__arena *a = llb__arena_new(1 << 20);
        bool got = a && llb__arena_alloc(a, 100) && llb__arena_alloc(a, 99999);
        bool failed = fail_alloc_done();
        llb__arena_free(a);
        assert_int_equal(got, !failed);
        if (!failed)
            break;
    }
}

static void buffer_grows_and_keeps_a_nul(void **state)
{
    llb__buf b = LLB__BUF_INIT;
    size_t len;
    (void)state;

    for (int i = 0; i < 1000; i++)
        llb__buf_printf(&b, "%d,", i);
    llb__buf_addc(&b, '\0');
    llb__buf_adds(&b, "end");
    assert_false(b.failed);
    char *s = llb__buf_take(&b, &len);
    assert_int_equal(len, 3890 + 4);
    assert_string_equal(s + 3891, "end");
    free(s);
    s = llb__buf_take(&b, &len);
    assert_string_equal(s, "");
    free(s);
}

static void buffer_failure_sticks(void **state)
{
    llb__buf b = LLB__BUF_INIT;
    (void)state;

    llb__buf_adds(&b, "x");
    fail_alloc_at(0);
    assert_false(llb__buf_reserve(&b, 1000));
    assert_true(fail_alloc_done());
    llb__buf_adds(&b, "y");
    assert_true(b.failed);
    assert_null(llb__buf_take(&b, NULL));
}

static struct utf8_case {
    const char *name, *text;
    size_t good; /* bytes before the first bad one */
} utf8_cases[] = {
    {"ascii is well-formed", "abc", 3},
    {"two to four bytes are well-formed",
     "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", 9},
    {"a lone continuation is not", "a\x80", 1},
    {"an overlong slash is not", "ab\xc0\xaf", 2},
    {"a surrogate is not", "\xed\xa0\x80", 0},
    {"above U+10FFFF is not", "\xf4\x90\x80\x80", 0},
    {"a cut character is not", "x\xe2\x82", 1},
};

static void check_utf8(void **state)
{
    const struct utf8_case *c = *state;

    assert_int_equal(llb__utf8_check(c->text, strlen(c->text)), c->good);
}

static void encoding_is_the_inverse_of_decoding(void **state)
{
    char out[4];
    uint32_t back;
    (void)state;

    for (uint32_t c = 0; c <= 0x10ffff; c += 0x35) {
        size_t n = llb__utf8_encode(c, out);
        if (c >= 0xd800 && c <= 0xdfff) {
            assert_int_equal(n, 0);
            continue;
        }
        assert_int_equal(llb__utf8_decode(out, n, &back), n);
        assert_int_equal(back, c);
    }
    assert_int_equal(llb__utf8_encode(0x110000, out), 0);
}

static void clipping_splits_no_character(void **state)
{
    (void)state;
    assert_int_equal(llb__utf8_clip("a\xe2\x82\xac", 4), 4);
    assert_int_equal(llb__utf8_clip("a\xe2\x82\xac", 3), 1);
    assert_int_equal(llb__utf8_clip("a\xe2\x82\xac", 2), 1);
    assert_int_equal(llb__utf8_clip("a\xe2\x82\xac", 1), 1);
    assert_int_equal(llb__utf8_clip("", 0), 0);
}

static void digest_text_round_trips(void **state)
{
    llb__sha256 *h = llb__sha256_new();
    uint8_t sum[LLB__SHA256_LEN], back[LLB__SHA256_LEN];
    char text[LLB__DIGEST_LEN + 1] = {0};
    (void)state;

    for (int i = 0; i < 2; i++) { /* the context is reused */
        assert_true(llb__sha256_sum(h, "abc", 3, sum));
        llb__digest_text(sum, text);
        assert_string_equal(text, "sha256:ba7816bf8f01cfea414140de5dae2223"
                                  "b00361a396177a9cb410ff61f20015ad");
    }
    assert_true(llb__digest_parse(text, LLB__DIGEST_LEN, back));
    assert_memory_equal(sum, back, sizeof sum);
    text[70] = 'G';
    assert_false(llb__digest_parse(text, LLB__DIGEST_LEN, back));
    assert_false(llb__digest_parse(text, LLB__DIGEST_LEN - 1, back));
    llb__sha256_free(h);
}

static void error_text_is_one_clean_line(void **state)
{
    llb_error err = {0};
    char big[1000];
    (void)state;

    llb_status st =
        llb__fail(&err, LLB_EINVAL, (llb_span){1, 2, 3}, "a\x1b[%d\nb", 7);
    assert_int_equal(st, LLB_EINVAL);
    assert_string_equal(err.message, "a?[7?b");
    assert_int_equal(err.at.end, 3);
    memset(big, 'x', sizeof big);
    memcpy(big + 509, "\xe2\x82\xac", 3);
    big[999] = '\0';
    llb__fail(&err, LLB_EIO, LLB__NOWHERE, "%s", big);
    assert_int_equal(strlen(err.message), 509);
    assert_int_equal(llb__fail(NULL, LLB_EIO, LLB__NOWHERE, "x"), LLB_EIO);
    assert_string_equal(llb_status_name(LLB_EBUILD), "LLB_EBUILD");
}

static void file_appears_only_when_complete(void **state)
{
    char dir[] = "/tmp/llb-test-XXXXXX", path[64], *data;
    llb__file_writer w;
    llb_error err = {0};
    size_t len;
    (void)state;

    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/f", dir);
    assert_int_equal(llb__file_create(&w, path, 0644, &err), LLB_OK);
    assert_int_equal(llb__file_write(&w, "half", 4, &err), LLB_OK);
    assert_int_equal(access(path, F_OK), -1);
    llb__file_abort(&w);
    assert_int_equal(rmdir(dir), 0); /* nothing was left in it */

    assert_int_equal(mkdir(dir, 0700), 0);
    assert_int_equal(llb__file_write_all(path, "whole", 5, 0644, &err), LLB_OK);
    assert_int_equal(llb__file_read(path, 5, &data, &len, &err), LLB_OK);
    assert_string_equal(data, "whole");
    free(data);
    assert_int_equal(llb__file_read(path, 4, &data, &len, &err), LLB_ELIMIT);
    unlink(path);
    assert_int_equal(llb__file_read(path, 4, &data, &len, &err), LLB_ENOENT);
    assert_non_null(strstr(err.message, path));
    rmdir(dir);
}

static bool is_type(const char *path, mode_t type)
{
    struct stat st;

    return lstat(path, &st) == 0 && (st.st_mode & S_IFMT) == type;
}

static void what_is_no_file_is_written_not_replaced(void **state)
{
    char dir[] = "/tmp/llb-test-XXXXXX", file[64], link[64], fifo[64];
    char data[8] = "";
    llb_error err = {0};
    (void)state;

    assert_non_null(mkdtemp(dir));
    snprintf(file, sizeof file, "%s/file", dir);
    snprintf(link, sizeof link, "%s/link", dir);
    snprintf(fifo, sizeof fifo, "%s/fifo", dir);
    assert_int_equal(llb__file_write_all(file, "old", 3, 0644, &err), LLB_OK);
    assert_int_equal(symlink("file", link), 0);
    assert_int_equal(llb__file_write_all(link, "new!", 4, 0644, &err), LLB_OK);
    assert_true(is_type(link, S_IFLNK));
    int fd = open(file, O_RDONLY);
    assert_int_equal(read(fd, data, sizeof data), 4);
    close(fd);

    assert_int_equal(mkfifo(fifo, 0600), 0);
    fd = open(fifo, O_RDONLY | O_NONBLOCK);
    assert_int_equal(llb__file_write_all(fifo, "pipe", 4, 0644, &err), LLB_OK);
    assert_int_equal(read(fd, data, sizeof data), 4);
    assert_memory_equal(data, "pipe", 4);
    close(fd);
    assert_true(is_type(fifo, S_IFIFO));
    unlink(file);
    unlink(link);
    unlink(fifo);
    assert_int_equal(rmdir(dir), 0); /* nothing else is in it */
}

static void full_disk_is_an_error_and_leaves_nothing(void **state)
{
    llb_error err = {0};
    (void)state;

    assert_int_equal(llb__file_write_all("/dev/full/x", "a", 1, 0644, &err),
                     LLB_EIO);
    assert_int_equal(llb__file_write_all("/dev/full", "a", 1, 0644, &err),
                     LLB_EIO);
    assert_true(is_type("/dev/full", S_IFCHR));
    assert_false(llb__write_full(-1, "a", 1));
}

int main(void)
{
    enum { N_UTF8 = sizeof utf8_cases / sizeof *utf8_cases };
    struct CMUnitTest tests[N_UTF8 + 12] = {
        cmocka_unit_test(arena_gives_zeroed_aligned_memory),
        cmocka_unit_test(arena_stops_at_its_limit),
        cmocka_unit_test(arena_survives_each_failing_allocation),
        cmocka_unit_test(buffer_grows_and_keeps_a_nul),
        cmocka_unit_test(buffer_failure_sticks),
        cmocka_unit_test(encoding_is_the_inverse_of_decoding),
        cmocka_unit_test(clipping_splits_no_character),
        cmocka_unit_test(digest_text_round_trips),
        cmocka_unit_test(error_text_is_one_clean_line),
        cmocka_unit_test(file_appears_only_when_complete),
        cmocka_unit_test(what_is_no_file_is_written_not_replaced),
        cmocka_unit_test(full_disk_is_an_error_and_leaves_nothing),
    };
    for (size_t i = 0; i < N_UTF8; i++)
        tests[12 + i] = (struct CMUnitTest){utf8_cases[i].name, check_utf8,
                                            NULL, NULL, &utf8_cases[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
