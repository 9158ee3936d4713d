package main

import (
	"encoding/json"
	"fmt"
	"slices"
)

// badOf makes up a graph as graphOf does and spoils something in it.
func badOf(seed uint64, n int) *scenario {
	g := &gen{r: graphRand(seed, n)}
	s := &scenario{Name: fmt.Sprintf("bad-%d-%d", seed, n), Doc: "bad"}
	g.marshal, g.loads = g.marshalConstraints(), g.maybe(2)
	g.source()
	for range 2 + g.r.IntN(8) {
		g.any()
	}
	g.spoilt()
	s.Graph, s.Marshal = g.st, g.marshal
	s.Result = g.last()
	return reached(s) // neither side looks at the rest, but both may be called
}

// spoilt adds one statement that has something wrong, or is odd at least.
func (g *gen) spoilt() {
	switch g.r.IntN(9) {
	case 0:
		g.badSource()
	case 1:
		g.badImage()
	case 2:
		g.badGit()
	case 3, 4:
		g.badRun()
	case 5:
		g.badFile()
	case 6:
		g.badState()
	case 7:
		g.badPass()
	case 8:
		g.badConstraint()
	}
}

// broken is text that no op can carry: \uf8ff and two digits are a byte, see
// unescape.
func (g *gen) broken() string {
	return pick(g, "\uf8ffff", "a\uf8ffc3", "\uf8ffc0\uf8ff80x", "\uf8ffed\uf8ffa0\uf8ff80", "", "é")
}

func (g *gen) badSource() {
	st := statement{}
	switch g.r.IntN(5) {
	case 0:
		st.Op, st.URL = "http", pick(g, "", "x", "://", "http:/h", "http://", " http://h", g.broken())
		st.Checksum, st.Filename = pick(g, "", "x", g.broken()), g.broken()
	case 1:
		st.Op, st.Identifier = "source", pick(g, "", "x", "://", "a:/b", "docker-image://", "é://x", g.broken())
		st.Attrs = map[string]string{g.broken(): g.broken()}
	case 2:
		st.Op, st.Ref = pick(g, "image_blob", "oci_layout_blob"), pick(g, "", "a", "a:t@"+sum, "a@sha256:1", "a@"+sum+"0", "A@"+sum, "@"+sum, "a@md5:0")
		st.Filename = g.broken()
	case 3:
		st.Op, st.Ref, st.StoreID = "oci_layout", pick(g, "", "@", "A B", g.broken()), g.broken()
		st.LayerLimit = ptr(pick(g, 0, -1))
	case 4:
		st.Op, st.Name = "local", g.broken()
		st.Include, st.SharedKeyHint, st.SessionID = []string{g.broken()}, g.broken(), g.broken()
	}
	g.addState(st)
}

func (g *gen) badImage() {
	g.addState(statement{Op: "image", Ref: g.badRef(), Checksum: pick(g, "", "x", "sha256:", g.broken()),
		LayerLimit: pick(g, nil, ptr(0), ptr(-7)),
		Resolver:   pick(g, nil, nil, &resolver{pick(g, "", "x", sum), g.badConfig(), g.maybe(2)})})
}

// badRef puts pieces of references together, good ones and bad ones.
func (g *gen) badRef() string {
	ref := pick(g, "", "", "r.example/", "localhost:5000/", "[::1]/", "R/", "-x/", "a..b/", "h:x/", "[::g]:1/", "x_y/", "h:99999/") +
		pick(g, "a", "", "A", "a/b", "a//b", "a__b", "a___b", "a--b", "-a", "a.", "a.-b", "é", "a b", sum[7:], "/a", "a/") +
		pick(g, "", ":t", ":", ":T_.-9", ":-t", ":é", ":"+sum+"00") +
		pick(g, "", "@"+sum, "@", "@sha256:12", "@x:"+sum[7:], "@sha256:"+sum[7:]+"ff", "@SHA256:"+sum[7:])
	return pick(g, ref, ref, ref, g.broken(), "docker.io/", "https://a/b", fmt.Sprintf("%0260d/a", 1), fmt.Sprintf("%0240d", 1))
}

func (g *gen) badConfig() string {
	return pick(g, "", "x", "[]", "{", "5", `"a"`, `{}{}`, `{"config":5}`, `{"config":{"Env":"x"}}`, `{"config":{"Env":[5]}}`,
		`{"os":5}`, `{"config":{"WorkingDir":null}}`, `{"architecture":"é","os":""}`, `{"config":{"Env":[null]}}`, ` {} `,
		`{"os.features":"x"}`, `{"rootfs":5}`, `{"created":"x"}`, `{"history":{}}`)
}

func (g *gen) badGit() {
	st := statement{Op: "git", KnownSSHHosts: []string{"h k"}}
	st.Remote = pick(g, "", "", "https://", "git@", "@h:p", "ssh://", "git://", "Git@h:p") +
		pick(g, "", "h", "h:1", "h:x", "[::1]", "[::1", "[::1]:2", "[]", "[fe80::1%25e]", "[fe80::1%25%20]", "[::1%25]", "[::1%e]", "h[::1]",
			"[1.2.3.4]", "[::ffff:1.2.3.4]", "[::01.2.3.4]", "[1::2::3]", "[::12345]", "[::1]x", "h:1:2", "h:1:x", "%c3%a9", "h%20", "h%25", "h h", "%41", "h:p", "é", "u:p@h", "\x7f") +
		pick(g, "", "/p", "/%zz", "//", "/a b", "?q", "#f", "/p?q#f", "\\", "/\x01", "/é", ":") + pick(g, "", "", g.broken())
	st.Ref = pick(g, "", g.broken(), "-x", "a:b:c", "a:"+g.broken())
	st.GitRef, st.SubDir, st.Checksum = g.broken(), g.broken(), g.broken()
	g.addState(st)
}

func (g *gen) badRun() {
	st := statement{Op: "run", Base: g.state()}
	add := func(o json.RawMessage) { st.Options = append(st.Options, o) }
	add(pick(g, obj("args", []string{}), obj("args", []string{g.broken()}), obj("shlex", pick(g, "", " ", "#x", "''", "'a", "a 'b", "a \\", `"x`, "a \"", g.broken())),
		obj("args", []string{"a"}), obj("args", []string{"a"})))
	for g.maybe(2) && len(st.Options) < 4 {
		add(g.badRunOption())
	}
	id := g.addState(st)
	if g.maybe(3) {
		g.addState(statement{Op: "get_mount", Exec: id, Dest: pick(g, "/", "/m", "", "/none")})
	}
	if g.maybe(6) {
		m := g.badMount()
		m.Source = pick(g, nil, &g.states[0])
		g.addState(statement{Op: "add_mount", Exec: id, Mount: m})
	}
}

func (g *gen) badMount() *mountIn {
	m := g.mount(pick(g, "/m", "/m", "/", "", "rel", g.broken()), nil)
	if g.maybe(3) {
		m.Tmpfs = &struct {
			Size int64 `json:"size"`
		}{pick(g, int64(0), -1)}
	}
	if g.maybe(3) {
		m.Selector = g.broken()
	}
	return m
}

func (g *gen) badRunOption() json.RawMessage {
	switch g.r.IntN(6) {
	case 0, 1:
		return obj("mount", g.badMount())
	case 2:
		return obj("secret", secretIn{Dest: pick(g, "", "/s", g.broken()), ID: pick(g, nil, ptr(""), ptr(g.broken())),
			EnvName: pick(g, nil, ptr(""), ptr(g.broken())), Env: g.maybe(3)})
	case 3:
		return obj("ssh", sshIn{ID: ptr(g.broken()), Target: pick(g, nil, ptr(""), ptr("/m"), ptr(g.broken()))})
	case 4:
		return obj("proxy", proxyIn{HTTP: g.broken()})
	}
	return obj("cdi_device", deviceIn{pick(g, "", g.broken()), g.maybe(2)})
}

func (g *gen) badFile() {
	var list []action
	for range g.r.IntN(3) {
		list = append(list, g.badAction())
	}
	g.addState(statement{Op: "file", Base: g.state(), Actions: list})
}

func (g *gen) badAction() action {
	own := common{}
	if g.maybe(2) {
		own.Owner = &ownerIn{User: ptr(pick(g, "\uf8ffff", "a:\uf8ffff", " ", "99999999999", "-2147483649:x", "0x1", ":a"))}
	}
	if g.maybe(3) {
		own.Created = &timeIn{pick(g, int64(0), -1<<62, 1<<62, 9223372036, 9223372037), pick(g, int64(0), -1, 1<<40)}
	}
	switch g.r.IntN(5) {
	case 0:
		return action{Mkdir: &mkdirIn{g.broken(), pick(g, uint32(0), 1<<31, 0o777), g.maybe(2), own}}
	case 1:
		return action{Mkfile: &mkfileIn{g.broken(), pick(g, uint32(0), 1<<32-1), "", own}}
	case 2:
		return action{Rm: &rmIn{Path: g.broken()}}
	case 3:
		return action{Symlink: &symlinkIn{g.broken(), g.broken(), own}}
	}
	return action{Copy: &copyIn{From: g.state(), Src: g.broken(), Dest: g.broken(), common: own,
		Include: pick(g, nil, []string{g.broken()}), ModeStr: pick(g, "", "z", g.broken())}}
}

func (g *gen) badState() {
	text := g.broken()
	o := pick(g, obj("env", [2]string{text, "v"}), obj("env", [2]string{"k", text}), obj("dir", text), obj("user", text),
		obj("hostname", text), obj("cgroup_parent", text), obj("extra_host", [2]string{text, "::1"}),
		obj("extra_host", [2]string{"h", pick(g, "", "x", "1.2.3", "1.2.3.4.5", "01.2.3.4", "::1::", "fe80::1%eth0", "1:2:3:4:5:6:7:8:9", "256.1.1.1", "::ffff:1.2.3", " ::1")}),
		obj("ulimit", ulimitIn{text, -1 << 62, 1 << 62}), obj("image_config", g.badConfig()),
		obj("state_platform", &platformIn{OS: text, Arch: text, Variant: text}))
	g.addState(statement{Op: "state", Base: g.state(), Set: slices.Insert([]json.RawMessage{obj("dir", "/w")}, g.r.IntN(2), o)})
	g.run()
}

func (g *gen) badPass() {
	g.addState(statement{Op: "scratch"})
	empty := g.last()
	switch g.r.IntN(4) {
	case 0:
		g.addState(statement{Op: "build", Source: pick(g, empty, g.state()), Filename: g.broken()})
	case 1:
		g.addState(statement{Op: "requires", Base: pick(g, empty, g.state()), PassID: pick(g, "", "p", g.broken()),
			Deps: pick(g, nil, []string{empty}, []string{g.state()})})
	case 2:
		g.addState(statement{Op: "diff", Lower: pick(g, empty, g.state()), Upper: pick(g, empty, g.state())})
	case 3:
		st := statement{Op: pick(g, "passthrough", "passthrough_output"), PassID: pick(g, "", "p", g.broken()),
			Inputs: raw(pick(g, []passInput{}, []passInput{{empty, true}}, []passInput{{g.state(), false}}, []passInput{{g.state(), true}}))}
		if st.Op == "passthrough_output" {
			st.Index = pick(g, 0, 0, 1, 7)
		}
		g.addState(st)
	}
}

func (g *gen) badConstraint() {
	text := g.broken()
	c := pick(g, constraint{Platform: &platformIn{OS: text, Arch: text, OSFeatures: []string{text}}},
		constraint{Description: &map[string]string{text: text}}, constraint{CustomName: &text}, constraint{Require: []string{text}},
		constraint{ProgressGroup: &groupIn{text, text, false}}, constraint{LocalUniqueID: &text},
		constraint{LinuxResources: &resourcesIn{CpusetCpus: text, Memory: -1 << 62}})
	if c.Description == nil && g.maybe(3) {
		g.marshal = append(g.marshal, c)
		return
	}
	g.maps = append(g.maps, g.add(statement{Op: "source_map", Filename: text, Language: text, Text: text}))
	place := constraint{Location: &locationIn{g.maps[len(g.maps)-1], pick(g, [][4]int32{}, [][4]int32{{-1, -5, 1 << 30, -1 << 31}})}}
	g.addState(statement{Op: "image", Ref: "a", Constraints: []constraint{c, pick(g, place, c)}})
}
