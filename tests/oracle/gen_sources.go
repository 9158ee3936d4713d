package main

import "slices"

func (g *gen) source() {
	st := statement{Constraints: g.constraints()}
	switch g.r.IntN(14) {
	case 0:
		st.Op, st.Constraints = "scratch", nil
	case 1, 2, 3, 4:
		g.image(&st)
	case 5, 6, 7:
		g.local(&st)
	case 8, 9:
		g.git(&st)
	case 10:
		g.http(&st)
	case 11:
		g.layout(&st)
	case 12:
		g.blob(&st)
	case 13:
		st.Op, st.Identifier = "source", pick(g, "docker-image://x", "local://ctx", "oci-layout://a@b", "x://y", "git://h/p")
		st.Attrs = map[string]string{}
		for range g.r.IntN(4) {
			st.Attrs[pick(g, "a", "b", "local.session", "http.uid", "é", "")] = g.text()
		}
	}
	g.addState(st)
}

func (g *gen) image(st *statement) {
	st.Op = "image"
	st.Ref = pick(g, "alpine", "docker.io/library/busybox:1", "r.example:5000/a/b@"+sum, "a/b:t@"+sum,
		"localhost/x", "index.docker.io/library/alpine", "docker.io/alpine", "[::1]:5000/a", "A.b/c", "a__b/c-d:1.2_3")
	st.ResolveMode = pick(g, "", "", "default", "pull", "local")
	st.Internal = g.maybe(8)
	if g.maybe(6) {
		st.LayerLimit = ptr(pick(g, 0, 1, 2, -1, 1<<40))
	}
	if g.maybe(6) {
		st.Checksum = pick(g, sum, "x")
	}
	if g.maybe(5) {
		st.Resolver = &resolver{sum, g.config(), g.maybe(2)}
		// What a resolver has to say comes late in Go, and the output of such a
		// state has forgotten the platform given to the image, which shows in
		// mounts taken back and in resets. Ours has not.
		st.Constraints = slices.DeleteFunc(st.Constraints, func(c constraint) bool { return c.Platform != nil })
	}
}

func (g *gen) local(st *statement) {
	st.Op, st.Name = "local", pick(g, "ctx", "src", ".", "é", g.text())
	if g.maybe(2) {
		st.Include = some(g, "*.c", "a/**", "!x", g.text())
	}
	if g.maybe(3) {
		st.Exclude = some(g, "*.o", "é", "\"q\"", "<&>\u2028\x01\b\x7f")
	}
	if g.maybe(4) {
		st.Follow = some(g, "l1", "d/l2", "")
	}
	if g.maybe(4) {
		st.SharedKeyHint = g.text()
	}
	if g.maybe(6) {
		st.SessionID = pick(g, "sess", "a:b", "é")
	}
	if g.maybe(6) {
		st.Differ = &differ{pick(g, "none", "metadata"), g.maybe(2)}
	}
	if g.maybe(6) {
		st.MetadataOnly = pick(g, &[]string{}, &[]string{"a", "b/*"})
	}
	if g.maybe(4) {
		st.Constraints = append(st.Constraints, constraint{LocalUniqueID: ptr(pick(g, "mine", ""))})
	}
}

// git always names known hosts: Go would ask a host that is reached by ssh.
func (g *gen) git(st *statement) {
	st.Op = "git"
	st.Remote = pick(g, "https://example.com/r.git", "https://example.com/r.git#main", "HTTPS://U:p@Example.com:8443/a/../b%20c?x=1#y",
		"git@github.com:moby/buildkit.git", "ssh://git@h:2222/~u/r", "git://h/p", "github.com/moby/buildkit", "https://h",
		"https://h/a b.git", "http://h/é", "u@h:p/q.git?a=b#c", "not a url", "ftp://h/p", "file:///x", "h:p", "https://h:x/p", "a-b_c@h.i:~/r",
		"https://h/%zz", "https://h/a%2fb", "https:///p", "://", "https://[::1]:8/p")
	st.Ref = pick(g, "", "main", "v1:sub/dir", ":../up", "ref:/", ":", "a:b:c", "é:ü")
	st.KnownSSHHosts = some(g, "h ssh-ed25519 AAAA", "h2 key\n", "")
	st.KeepGitDir, st.SkipSubmodules = g.maybe(3), g.maybe(5)
	st.FetchByCommit, st.CheckoutBundle, st.Advice = g.maybe(5), g.maybe(8), g.maybe(8)
	if g.maybe(3) {
		st.AuthTokenSecret = ptr(pick(g, "", "GIT_AUTH_TOKEN", "tok"))
	}
	if g.maybe(3) {
		st.AuthHeaderSecret = ptr(pick(g, "", "hdr"))
	}
	if g.maybe(3) {
		st.MountSSHSock = ptr(pick(g, "", "default", "gh"))
	}
	if g.maybe(4) {
		st.GitRef, st.SubDir = pick(g, "", "r", "refs/heads/x"), pick(g, "", "../x", "a//b")
	}
	if g.maybe(4) {
		st.Checksum, st.MTime = pick(g, "", "abc"), pick(g, "", "commit", "checkout", "x")
	}
	if g.maybe(6) {
		st.Bundle = "docker-image+blob://a@" + sum
		st.BundleSession, st.BundleStore = pick(g, "", "s"), pick(g, "", "st")
	}
}

func (g *gen) http(st *statement) {
	st.Op, st.URL = "http", pick(g, "https://example.com/f.tgz", "http://h/ü?q=1", "https://h", "HTTP://H/%zz")
	st.Filename = pick(g, "", "f", "a b", g.text())
	if g.maybe(3) {
		st.Checksum = sum
	}
	if g.maybe(3) {
		st.Chmod = ptr(pick(g, g.r.IntN(0o10000), 0, 1<<20))
	}
	if g.maybe(3) {
		st.Chown = &[2]int{g.r.IntN(4) - 1, pick(g, 0, 5, 1<<31-1)}
	}
	if g.maybe(4) {
		st.AuthHeaderSecret = ptr(pick(g, "", "hdr"))
	}
	if g.maybe(4) {
		st.Accept, st.UserAgent = pick(g, "", "text/*"), pick(g, "", "llb", "é")
	}
	if g.maybe(5) {
		st.SigPubkey, st.Signature = pick(g, "", "KEY\n"), pick(g, "", "SIG\n")
	}
}

func (g *gen) layout(st *statement) {
	st.Op, st.Ref = "oci_layout", pick(g, "store@"+sum, "x", "é")
	st.SessionID, st.StoreID = pick(g, "", "s"), pick(g, "", "st")
	if g.maybe(3) {
		st.LayerLimit = ptr(pick(g, 0, 1, -1, 1<<40))
	}
	if g.maybe(4) {
		st.Checksum = sum
	}
}

func (g *gen) blob(st *statement) {
	st.Op, st.Ref = pick(g, "image_blob", "oci_layout_blob"), pick(g, "a@"+sum, "r.example/b/c@"+sum)
	st.Filename = pick(g, "", "f", g.text())
	if g.maybe(3) {
		st.Chmod = ptr(pick(g, 0, 0o600, 0o7777))
	}
	if g.maybe(3) {
		st.Chown = &[2]int{g.r.IntN(3) - 1, g.r.IntN(3)}
	}
	st.SessionID, st.StoreID = pick(g, "", "s"), pick(g, "", "st")
}
