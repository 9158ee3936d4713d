package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

func (g *gen) run() {
	e := execGen{}
	st := statement{Op: "run", Base: g.state()}
	command := obj("args", some(g, "/bin/sh", "-c", "make", "é", "two words", "", g.text()))
	if g.maybe(3) {
		command = obj("shlex", pick(g, "make -j", "sh -c 'a b'", "x \"y z\" \\q",
			"a#b # c", "é \"\" ''", "a\nb\t\rc", "\"\\n\" $A;"))
	}
	used := map[string]bool{}
	for g.maybe(2) && len(st.Options) < 9 {
		st.Options = append(st.Options, g.runOption(&e, used))
	}
	if g.maybe(12) {
		g.manyMounts(&st, &e, used)
	}
	g.r.Shuffle(len(st.Options), func(i, j int) {
		st.Options[i], st.Options[j] = st.Options[j], st.Options[i]
	})
	at := g.r.IntN(len(st.Options) + 1)
	for i := range st.Options {
		if strings.Contains(string(st.Options[i]), `"reset"`) {
			at = len(st.Options) // it takes the command away too
		}
	}
	st.Options = slices.Insert(st.Options, at, command)
	e.before = len(g.states)
	e.id = g.addState(st)
	g.execs = append(g.execs, e)
}

func (g *gen) manyMounts(st *statement, e *execGen, used map[string]bool) {
	for i := range 5 + g.r.IntN(60) {
		dest := fmt.Sprintf("%s%d", pick(g, "/m", "/m/", "/é", "rel", "-"), i)
		if !used[dest] {
			used[dest] = true
			st.Options = append(st.Options, obj("mount", g.mount(dest, e)))
		}
	}
}

func (g *gen) runOption(e *execGen, used map[string]bool) json.RawMessage {
	switch g.r.IntN(14) {
	case 0, 1, 2, 3:
		dest := pick(g, "/a", "/b", "/c/d", "/Z", "/é", "/a/", "-x", "x", "/a/../b", "//", ".")
		if used[dest] {
			return g.stateOption()
		}
		used[dest] = true
		return obj("mount", g.mount(dest, e))
	case 4, 5:
		return obj("secret", g.secret())
	case 6:
		return obj("ssh", g.ssh())
	case 7, 8:
		return g.stateOption()
	case 9:
		return raw(g.constraint())
	case 10:
		return obj("proxy", proxyIn{HTTP: g.text(), HTTPS: pick(g, "", "p:1"), FTP: pick(g, "", "f"),
			No: pick(g, "", "localhost"), All: pick(g, "", "é")})
	case 11:
		return obj("cdi_device", deviceIn{pick(g, "vendor.com/c=d", "v/c", "é"), g.maybe(2)})
	case 12:
		return obj("readonly_root", true)
	}
	return obj("valid_exit_codes", pick(g, []int{}, []int{0}, []int{0, 1 + g.r.IntN(3)}, []int{-1, 255, 0, 0}))
}

func (g *gen) secret() secretIn {
	s := secretIn{Dest: pick(g, "/run/secrets/a", "/s", "VAR", "rel"), Optional: g.maybe(3)}
	if g.maybe(2) {
		s.ID = ptr(pick(g, "tok", "key", "é"))
	}
	if g.maybe(3) {
		s.File = &ownedFile{UID: g.r.IntN(2), GID: g.r.IntN(2), Mode: pick(g, 0, 256, 292, 0o777)}
	}
	s.Env = g.maybe(3)
	if g.maybe(4) {
		s.EnvName = ptr(pick(g, "TOK", "é"))
	}
	if g.maybe(8) {
		s.NoDest, s.Env, s.Dest, s.ID = true, false, "", ptr("only")
	}
	return s
}

func (g *gen) ssh() sshIn {
	s := sshIn{Optional: g.maybe(2)}
	if g.maybe(2) {
		s.ID = ptr(pick(g, "gh", "default", ""))
	}
	if g.maybe(4) {
		s.Target = ptr(pick(g, "/agent", "rel", "/run/é"))
	}
	if g.maybe(4) {
		s.Socket = &ownedFile{Target: pick(g, "/sock", "/a b"), UID: g.r.IntN(2), GID: g.r.IntN(3), Mode: pick(g, 0, 384, 0o777)}
	}
	return s
}

func (g *gen) mount(dest string, e *execGen) *mountIn {
	m := &mountIn{Dest: dest}
	m.ContentCache = pick(g, "", "", "", "on", "off", "default")
	if g.maybe(8) {
		m.Tmpfs = &struct {
			Size int64 `json:"size"`
		}{pick(g, int64(0), 65536, 1<<40)}
		return m
	}
	if !g.maybe(3) {
		m.Source = ptr(g.state())
	}
	m.Selector = pick(g, "", "", "/sub", "rel/x", "..", "é")
	if g.maybe(4) {
		m.Cache = &struct {
			ID      string `json:"id"`
			Sharing string `json:"sharing"`
		}{pick(g, "c1", "c2", "", "é"), pick(g, "shared", "private", "locked")}
		if m.Cache.ID == "" {
			m.loadable() // that is no cache
		}
		return m
	}
	m.Readonly = g.maybe(3)
	m.NoOutput = g.maybe(6)
	m.loadable()
	if !m.NoOutput && e != nil {
		e.dests = append(e.dests, dest)
	}
	return m
}

// loadable takes away what Go makes and no daemon loads; our library refuses it.
func (m *mountIn) loadable() {
	if m.ContentCache == "on" && m.Selector != "" && !m.Readonly && !m.NoOutput {
		m.ContentCache = ""
	}
}

// mountOf goes on from a mount of a run, or adds one to it.
func (g *gen) mountOf() {
	if len(g.execs) == 0 {
		g.run()
		return
	}
	n := g.r.IntN(len(g.execs))
	e := &g.execs[n]
	if len(e.dests) > 0 && !g.maybe(3) {
		g.addState(statement{Op: "get_mount", Exec: e.id, Dest: pick(g, e.dests...)})
		return
	}
	if n < g.closed {
		return
	}
	// A name of its own: a second mount at one place is an error of its own.
	m := g.mount(fmt.Sprintf("%s%d", pick(g, "/late", "late"), len(g.st)), nil)
	m.Cache, m.Tmpfs, m.NoOutput = nil, nil, false
	m.loadable()
	// Of a state before the run: one that depends on it would be a circle,
	// which Go follows until its stack ends.
	m.Source = &g.states[g.r.IntN(e.before)]
	g.addState(statement{Op: "add_mount", Exec: e.id, Mount: m})
}

func (g *gen) actions(most int) []action {
	var out []action
	for range 1 + g.r.IntN(most) {
		out = append(out, g.action())
	}
	return out
}

func (g *gen) common() common {
	var c common
	if g.maybe(3) {
		if g.maybe(2) {
			c.Owner = &ownerIn{UIDGID: &[2]int{g.r.IntN(3), g.r.IntN(1001)}}
		} else {
			// Not "u:", see released.
			c.Owner = &ownerIn{User: ptr(pick(g, "root", "app:grp", "7:8", "n", "", ":5", "+5", "007:root", "-1", "-2147483648:2147483647", "-2147483649",
				"2147483648", " 5", "0x10:1_0", "a:b:c", "é:ü"))}
		}
	}
	if g.maybe(4) {
		c.Created = &timeIn{pick(g, int64(0), 1, -5, 1700000000), pick(g, int64(0), 5, 999999999)}
	}
	return c
}

func (g *gen) action() action {
	switch g.r.IntN(7) {
	case 0:
		return action{Mkdir: &mkdirIn{g.path(), uint32(g.r.IntN(0o10000)), g.maybe(2), g.common()}}
	case 1:
		return action{Mkfile: &mkfileIn{g.path(), uint32(g.r.IntN(0o10000)), hex.EncodeToString(g.bytes()), g.common()}}
	case 2:
		return action{Rm: &rmIn{g.path(), g.maybe(2), g.maybe(2)}}
	case 3:
		return action{Symlink: &symlinkIn{g.path(), g.path(), g.common()}}
	}
	return action{Copy: g.copy()}
}

func (g *gen) bytes() []byte {
	if g.maybe(4) {
		return []byte{0, 0xff, byte(g.r.IntN(256))}
	}
	return []byte(g.text())
}

func (g *gen) copy() *copyIn {
	c := &copyIn{From: g.state(), Src: g.path(), Dest: g.path(), common: g.common(),
		FollowSymlinks: g.maybe(3), DirContentsOnly: g.maybe(3), AttemptUnpack: g.maybe(4),
		CreateDestPath: g.maybe(2), AllowWildcard: g.maybe(2), AllowEmptyWildcard: g.maybe(3),
		AlwaysReplace: g.maybe(4)}
	if len(g.chains) > 0 && g.maybe(3) {
		c.From = pick(g, g.chains...)
	}
	if g.maybe(3) {
		c.Mode = ptr(pick(g, uint32(g.r.IntN(0o10000)), 0, 1<<23|0o755))
	}
	if g.maybe(6) {
		c.ModeStr = pick(g, "u=rwX,go=rX", "755", "é")
	}
	if g.maybe(4) {
		c.Include = some(g, "*.go", "a/**", "", g.text())
	}
	if g.maybe(5) {
		c.Exclude = some(g, "z", "é")
	}
	if g.maybe(6) {
		c.RequiredPaths = some(g, "must", "a/b")
	}
	return c
}
