/* HTTP through libcurl. Few builds fetch a token, so none of them pays for
 * loading it before it is needed. */
#include "http_token.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "error.h"
#include "wipe.h"

enum { MAX_BODY = 1 << 20, TIMEOUT_MS = 30000, CONNECT_MS = 15000 };

static struct {
    void *lib;
    bool works;
    CURLcode (*global_init)(long);
    CURL *(*init)(void);
    CURLcode (*setopt)(CURL *, CURLoption, ...);
    CURLcode (*getinfo)(CURL *, CURLINFO, ...);
    CURLcode (*perform)(CURL *);
    void (*cleanup)(CURL *);
    const char *(*error_text)(CURLcode);
    char *(*escape)(CURL *, const char *, int);
    void (*free_text)(void *);
} curl;

static bool find(void *function, const char *name)
{
    void *found = dlsym(curl.lib, name);

    memcpy(function, &found, sizeof found); /* C has no cast for it */
    return found != NULL;
}

static void open_curl(void)
{
    curl.lib = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    curl.works = curl.lib && find(&curl.global_init, "curl_global_init") &&
                 find(&curl.init, "curl_easy_init") &&
                 find(&curl.setopt, "curl_easy_setopt") &&
                 find(&curl.getinfo, "curl_easy_getinfo") &&
                 find(&curl.perform, "curl_easy_perform") &&
                 find(&curl.cleanup, "curl_easy_cleanup") &&
                 find(&curl.error_text, "curl_easy_strerror") &&
                 find(&curl.escape, "curl_easy_escape") &&
                 find(&curl.free_text, "curl_free") &&
                 curl.global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

bool bk__http_works(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, open_curl);
    return curl.works;
}

struct exchange {
    const bk__http_request *r;
    CURL *easy;
    llb__buf *body;
    llb__buf fields, url;
    bool too_much, failed;
};

static void add_escaped(struct exchange *x, const char *text)
{
    char *escaped = curl.escape(x->easy, text, 0);

    if (escaped)
        llb__buf_adds(&x->fields, escaped);
    else
        x->fields.failed = true;
    curl.free_text(escaped);
}

static void put_fields(struct exchange *x)
{
    for (size_t i = 0; i < x->r->n_fields; i++) {
        if (i > 0)
            llb__buf_addc(&x->fields, '&');
        add_escaped(x, x->r->fields[i].key);
        llb__buf_addc(&x->fields, '=');
        add_escaped(x, x->r->fields[i].value);
    }
    llb__buf_adds(&x->url, x->r->url);
    if (!x->r->post && x->fields.len > 0) {
        llb__buf_addc(&x->url, strchr(x->r->url, '?') ? '&' : '?');
        llb__buf_adds(&x->url, x->fields.data);
    }
    llb__buf_adds(&x->fields, "");
}

static size_t take_body(char *data, size_t size, size_t n, void *arg)
{
    struct exchange *x = arg;

    x->too_much = x->body->len + size * n > MAX_BODY;
    if (!x->too_much)
        llb__buf_add(x->body, data, size * n);
    return x->too_much || x->body->failed ? 0 : size * n;
}

static int look_around(void *arg, curl_off_t dltotal, curl_off_t dlnow,
                       curl_off_t ultotal, curl_off_t ulnow)
{
    const bk__http_request *r = ((struct exchange *)arg)->r;

    (void)dltotal;
    (void)dlnow;
    (void)ultotal;
    (void)ulnow;
    return r->is_over && r->is_over(r->arg);
}

static void set(struct exchange *x, CURLcode result)
{
    x->failed = x->failed || result != CURLE_OK;
}

static void set_up(struct exchange *x)
{
    const bk__http_request *r = x->r;

    set(x, curl.setopt(x->easy, CURLOPT_URL, x->url.data));
    set(x, curl.setopt(x->easy, CURLOPT_PROTOCOLS_STR, "http,https"));
    set(x, curl.setopt(x->easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https"));
    set(x, curl.setopt(x->easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L));
    set(x, curl.setopt(x->easy, CURLOPT_FOLLOWLOCATION, r->post ? 0L : 1L));
    set(x, curl.setopt(x->easy, CURLOPT_MAXREDIRS, 5L));
    set(x, curl.setopt(x->easy, CURLOPT_NOSIGNAL, 1L));
    set(x, curl.setopt(x->easy, CURLOPT_TIMEOUT_MS, (long)TIMEOUT_MS));
    set(x, curl.setopt(x->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS));
    set(x, curl.setopt(x->easy, CURLOPT_USERAGENT, "llb"));
    set(x, curl.setopt(x->easy, CURLOPT_WRITEFUNCTION, take_body));
    set(x, curl.setopt(x->easy, CURLOPT_WRITEDATA, x));
    set(x, curl.setopt(x->easy, CURLOPT_NOPROGRESS, 0L));
    set(x, curl.setopt(x->easy, CURLOPT_XFERINFOFUNCTION, look_around));
    set(x, curl.setopt(x->easy, CURLOPT_XFERINFODATA, x));
    if (r->post) {
        set(x, curl.setopt(x->easy, CURLOPT_POSTFIELDS, x->fields.data));
        set(x,
            curl.setopt(x->easy, CURLOPT_POSTFIELDSIZE, (long)x->fields.len));
    }
    if (r->username) {
        set(x, curl.setopt(x->easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC));
        set(x, curl.setopt(x->easy, CURLOPT_USERNAME, r->username));
        set(x, curl.setopt(x->easy, CURLOPT_PASSWORD, r->password));
    }
}

static llb_status perform(struct exchange *x, long *ret_status, llb_error *err)
{
    CURLcode code = x->failed ? CURLE_FAILED_INIT : curl.perform(x->easy);

    switch (code) {
    case CURLE_OK:
        curl.getinfo(x->easy, CURLINFO_RESPONSE_CODE, ret_status);
        return LLB_OK;
    case CURLE_ABORTED_BY_CALLBACK:
        return llb__fail(err, LLB_ECANCELED, LLB__NOWHERE, "cancelled");
    case CURLE_OUT_OF_MEMORY:
        return llb__fail_nomem(err);
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
    case CURLE_LOGIN_DENIED:
        return llb__fail(err, LLB_EINVAL, LLB__NOWHERE,
                         "this is no http or https address of a server");
    default:
        break;
    }
    if (x->too_much)
        return llb__fail(err, LLB_ELIMIT, LLB__NOWHERE,
                         "the answer is larger than 1 MiB");
    if (x->body->failed)
        return llb__fail_nomem(err);
    return llb__fail(err, LLB_EUNAVAILABLE, LLB__NOWHERE, "%s",
                     curl.error_text(code));
}

llb_status bk__http_send(const bk__http_request *r, long *ret_status,
                         llb__buf *ret_body, llb_error *err)
{
    struct exchange x = {.r = r, .body = ret_body};

    if (!bk__http_works())
        return llb__fail(err, LLB_EUNSUPPORTED, LLB__NOWHERE,
                         "there is no libcurl.so.4 on this machine");
    x.easy = curl.init();
    if (!x.easy)
        return llb__fail_nomem(err);
    put_fields(&x);
    llb_status st = LLB_OK;
    if (x.fields.failed || x.url.failed) {
        st = llb__fail_nomem(err);
    } else {
        set_up(&x);
        st = perform(&x, ret_status, err);
    }
    curl.cleanup(x.easy);
    bk__wipe_buf(&x.fields);
    bk__wipe_buf(&x.url);
    return st;
}
