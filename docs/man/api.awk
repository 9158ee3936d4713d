# Makes manual pages of the public headers, one a header, and a link to it for
# each function and struct, so that "man llb_image" finds llb_image.h(3):
#
#     awk -v DIR=man3 -v DATE="May 1, 2027" -f docs/man/api.awk include/llb/*.h
#
# With CHECK=1 it writes nothing but says which functions have no comment, and
# which of libllb have one that leaves something out: who owns what goes in and
# out, what can fail, threads, and where BuildKit defines what goes on the wire.

# The pkg-config module of a name.
function module(name) {
    if (name ~ /^bk_/)
        return "llb-client"
    return name ~ /^llbc_/ ? "llb-compiler" : "llb"
}

# ---- Text to mdoc -----------------------------------------------------------

function escape(s) {
    gsub(/\\/, "\\e", s)
    sub(/^[.']/, "\\\\\\&&", s)
    return s
}

# "@p name" in italics.
function inline(s, out) {
    out = ""
    while (match(s, /@[pc] [A-Za-z_0-9>-]+/)) {
        out = out escape(substr(s, 1, RSTART - 1)) "\\fI" \
            escape(substr(s, RSTART + 3, RLENGTH - 3)) "\\fP"
        s = substr(s, RSTART + RLENGTH)
        # What follows is in the middle of a line.
        gsub(/\\/, "\\e", s)
        if (s !~ /@[pc] /)
            return out s
    }
    return out escape(s)
}

function literal(text, n, lines, i, out) {
    n = split(text, lines, "\n")
    out = ".Bd -literal\n"
    for (i = 1; i <= n; i++)
        out = out escape(lines[i]) "\n"
    return out ".Ed\n"
}

# A comment: paragraphs, code that is indented, @param and @return.
function prose(doc, n, lines, i, s, out, code, list, tag) {
    n = split(doc, lines, "\n")
    out = code = ""
    list = 0
    for (i = 1; i <= n; i++) {
        s = lines[i]
        if (s ~ /^    / && !list) {
            code = code (code == "" ? "" : "\n") substr(s, 5)
            continue
        }
        if (code != "" && s == "" && lines[i + 1] ~ /^    /) {
            code = code "\n"
            continue
        }
        if (code != "") {
            out = out literal(code)
            code = ""
        }
        sub(/^ +/, "", s)
        if (s == "") {
            if (list && lines[i + 1] !~ /^ *@(param|return)/ &&
                lines[i + 1] !~ /^ /) {
                out = out ".El\n"
                list = 0
            }
            if (!list)
                out = out ".Pp\n"
            continue
        }
        if (s ~ /^@(param|return)/) {
            if (!list)
                out = out ".Bl -tag -width Ds\n"
            list = 1
            tag = "\\&Returns"
            sub(/^@return */, "", s)
            if (sub(/^@param */, "", s)) {
                match(s, /^[A-Za-z_0-9]+/)
                tag = "Fa " substr(s, 1, RLENGTH)
                s = substr(s, RLENGTH + 1)
                sub(/^ +/, "", s)
            }
            out = out ".It " tag "\n"
        }
        out = out inline(s) "\n"
    }
    if (code != "")
        out = out literal(code)
    if (list)
        out = out ".El\n"
    gsub(/(\.Pp\n)+\.Bl/, ".Bl", out)
    gsub(/(\.Pp\n)+\.Bd/, ".Bd", out)
    sub(/^(\.Pp\n)+/, "", out)
    sub(/(\.Pp\n)+$/, "", out)
    return out
}

# ---- What a comment must say ------------------------------------------------

function complain(what) {
    print header ": " name ": the comment does not say " what
    bad = 1
}

# Own is the comment of the function, all what is said for several as well.
function check(decl, own, all, args, result) {
    if (own == "") {
        complain("a word")
        return
    }
    if (module(name) != "llb")
        return
    result = substr(decl, 1, index(decl, name "(") - 1)
    args = substr(decl, index(decl, name "("))
    # The object that a call is on, what it sets and err need no words.
    gsub(/\*\**(ret_[a-z_]+|err)/, "", args)
    sub(/\([^,)]*/, "", args)
    if (args ~ /\*/ && all !~ /borrowed|copied|taken|shared|copies/)
        complain("who owns what goes in")
    if (result ~ /\*/ &&
        all !~ /[Bb]orrowed|[Bb]elongs to|free|owner|static text/)
        complain("who owns what comes out")
    if (decl ~ /\*\*ret_/ && all !~ /borrowed|free|caller|owner/)
        complain("who owns what it sets")
    if (result ~ /llb_status $/ && own !~ /LLB_E|[Aa]s [a-z_]+\(|The same/)
        complain("what can fail")
    if (result ~ /llb_state \*$|llb_actions \*$|llb_exec \*$/ &&
        all !~ /LLB_E|failed|fails/)
        complain("what can fail")
    if (result ~ /llb_state \*$|llb_actions \*$|llb_exec \*$/ &&
        all !~ /pb\.|client\/llb|BuildKit/)
        complain("where BuildKit defines it")
    if (all !~ /[Tt]hread/ && name !~ /_free$/)
        complain("which threads may call it")
}

# ---- Reading ----------------------------------------------------------------

# Calls of one kind: a title, and what holds for all of them.
function open_group(text, section) {
    section = text
    sub(/ *\n.*/, "", section)
    group = substr(text, length(section) + 2)
    body = body ".Ss \\(bu " escape(section) "\n" prose(group)
}

function add_name(n) {
    if (!(n in known)) {
        known[n] = header
        names[++n_names] = n
    }
}

function declaration(decl, doc) {
    if (decl ~ /^#define/) {
        if (decl ~ /_INIT/ && doc == "")
            return
        sub(/ *\\.*/, "", decl)
    }
    if (decl !~ /^(typedef|struct|enum|#)/ && match(decl, /[a-z_0-9]+\(/)) {
        name = substr(decl, RSTART, RLENGTH - 1)
        n_functions++
        add_name(name)
        if (CHECK)
            check(decl, doc == "" ? above : doc,
                doc " " group " " summary " " of_all)
    } else if (match(decl, /[a-z_0-9]+;$/)) {
        name = substr(decl, RSTART, RLENGTH - 1)
        add_name(name)
        if (doc ~ /Threads:/)
            of_all = of_all " " doc
    } else if (match(decl, /^#define [A-Z_]+/)) {
        name = substr(decl, 9, RLENGTH - 8)
    } else {
        name = ""
    }
    if (name != "" && doc != "")
        body = body ".Ss " name "\n"
    gsub(/\/\*\*<? ?/, "/* ", decl)
    body = body literal(decl) (doc == "" ? "" : ".Pp\n") prose(doc)
}

function write_page(page, i) {
    if (header == "" || CHECK)
        return
    page = DIR "/llb_" header ".3"
    print ".\\\" Made of include/llb/" header "." >page
    print ".Dd " DATE >page
    print ".Dt LLB_" toupper(header) " 3\n.Os\n.Sh NAME" >page
    if (n_names == 0)
        print ".Nm llb/" header >page
    for (i = 1; i <= n_names; i++)
        print ".Nm " names[i] (i < n_names ? " ," : "") >page
    sub(/\.$/, "", title)
    print ".Nd " escape(title) "\n.Sh LIBRARY" >page
    print "pkg-config module " module(names[1]) >page
    print ".Sh SYNOPSIS\n.In llb/" header "\n.Sh DESCRIPTION" >page
    printf "%s%s", prose(summary), body >page
    print ".Sh SEE ALSO\n.Xr libllb 3" >page
    close(page)
    for (i = 1; i <= n_names; i++) {
        print ".so man3/llb_" header ".3" >(DIR "/" names[i] ".3")
        close(DIR "/" names[i] ".3")
    }
}

FNR == 1 {
    write_page()
    header = FILENAME
    sub(/.*\//, "", header)
    title = summary = group = body = doc = decl = of_all = above = ""
    in_comment = in_decl = n_names = 0
}

# A comment in column 1; those inside of structs belong to them.
!in_decl && /^\/\*/ {
    in_comment = 1
    is_doc = /^\/\*\*/
    text = ""
    sub(/^\/\*\** ?/, "")
}
in_comment {
    ends = sub(/ *\*\/ *$/, "")
    sub(/^ \* ?/, "")
    text = text (text == "" ? "" : "\n") $0
    if (!ends)
        next
    in_comment = 0
    sub(/^\n+/, "", text)
    if (!is_doc && title == "") {
        title = text
        sub(/\n\n.*/, "", title)
        gsub(/\n */, " ", title)
        sub(/[.] .*/, "", title)
        summary = text
    } else if (!is_doc && text ~ /----/) {
        gsub(/--+/, "", text)
        gsub(/^[ \n]+|[ \n]+$/, "", text)
        open_group(text)
    } else if (!is_doc && body == "") {
        summary = summary "\n\n" text
    } else if (is_doc && text ~ /@name/) {
        sub(/@name */, "", text)
        sub(/\n? *@\{/, "", text)
        open_group(text)
    } else if (is_doc && text ~ /@\}/) {
        group = ""
    } else if (is_doc) {
        doc = text
    }
    next
}
!in_decl && (/^#(ifndef|ifdef|endif|else|include|define LLB_[A-Z_]*_H$)/ ||
    /^extern "C"/ || /^\}$/ || /^$/) {
    if (/^$/)
        doc = above = ""
    next
}
{
    decl = decl (decl == "" ? "" : "\n") $0
    in_decl = decl ~ /^#define/ ? /\\$/ : \
        !(/;$/ && (decl !~ /\{/ || decl ~ /\n\}[^\n]*;$/))
    if (in_decl)
        next
    declaration(decl, doc)
    # A second function right below shares the comment.
    if (doc != "")
        above = doc
    decl = doc = ""
}
END {
    write_page()
    if (CHECK && n_functions < 100) {
        print "only " n_functions + 0 " functions were found"
        bad = 1
    }
    exit bad
}
