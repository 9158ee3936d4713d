/* Sources that are downloads. */
#include <llb/http.h>

#include "source_int.h"

const llb_state *llb_http(llb_graph *g, const char *url,
                          const llb_http_opts *opts)
{
    llb__call c = llb__call_begin(g, "llb_http");
    llb__source s = {.c = &c, .identifier = url, .caps = LLB__CAP(HTTP)};
    llb_http_opts o = LLB_HTTP_OPTS_INIT;

    if (!llb__opts(&c, &o, sizeof o, opts,
                   LLB__FIRST(llb_http_opts, constraints)))
        return llb__failed(&c);
    c.constraints = o.constraints;
    if (!llb__need_text(&c, "url", url) ||
        !llb__cons_new(&c, o.constraints, LLB__CONS_OP, &s.cons))
        return llb__failed(&c);
    if (!strstr(url, "://"))
        llb__call_fail(&c, LLB_EINVAL,
                       "the url \"%.100s\" has no scheme, such as https://",
                       url);
    if (llb__source_attr_opt(&s, "http.checksum", o.checksum))
        s.caps |= LLB__CAP(HTTP_CHECKSUM);
    s.caps |= llb__source_file_attrs(&s, o.filename, o.chmod, o.uid, o.gid);
    if (llb__source_attr_opt(&s, "http.authheadersecret", o.auth_header_secret))
        s.caps |= LLB__CAP(HTTP_AUTH);
    llb__source_attr_opt(&s, "http.header.accept", o.accept);
    llb__source_attr_opt(&s, "http.header.user-agent", o.user_agent);
    /* These two follow the option, not its value. */
    if (o.accept || o.user_agent)
        s.caps |= LLB__CAP(HTTP_HEADER);
    llb__source_attr_opt(&s, "http.sig.pubkey", o.sig_pubkey);
    llb__source_attr_opt(&s, "http.sig.signature", o.signature);
    if (o.sig_pubkey || o.signature)
        s.caps |= LLB__CAP(HTTP_SIGNATURE);
    return llb__source_state(&s);
}
