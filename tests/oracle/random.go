package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
)

// A gen makes up one graph. Names and texts come from small pools, so that
// equal calls are frequent: their vertices have to become one.
type gen struct {
	r      *rand.Rand
	st     []statement
	states []string
	chains []string
	maps   []string
	execs  []execGen
}

// What a later statement may ask of a run: mounts that have an output.
type execGen struct {
	id     string
	before int // states that do not depend on it, at least
	dests  []string
}

// random writes n graphs that Go accepts. The same seed gives the same graphs.
func random(n int, seed uint64) error {
	r := rand.New(rand.NewPCG(seed, 0x11b))
	for made, tried := 0, 0; made < n; tried++ {
		if tried > 20*n+100 {
			return fmt.Errorf("only %d of %d random graphs were accepted", made, n)
		}
		s := scenario{Name: fmt.Sprintf("random-%d-%d", seed, tried), Doc: "random"}
		g := &gen{r: r}
		g.graph(&s)
		ok, err := settled(&s)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		made++
		if err := emit(&s); err != nil {
			return err
		}
	}
	return nil
}

// settled tells whether Go takes the graph and makes the same of it each time:
// the order of some of its maps is random.
func settled(s *scenario) (bool, error) {
	want := ""
	for i := range 4 {
		if err := complete(s); err != nil {
			return false, err
		}
		if s.Error != "" || (i > 0 && s.SHA256 != want) {
			return false, nil
		}
		want = s.SHA256
	}
	return true, nil
}

func (g *gen) graph(s *scenario) {
	g.source()
	for range 5 + g.r.IntN(30) {
		g.any()
	}
	if g.maybe(2) {
		g.merge(3 + g.r.IntN(6)) // so that the result reaches most of it
	}
	s.Graph = g.st
	s.Result = g.states[len(g.states)-1]
	unique := "unique"
	s.Marshal = []constraint{{Platform: g.platform()}, {LocalUniqueID: &unique}}
	// A location there is nothing: our library says so, Go drops it.
	if c := g.constraint(); g.maybe(4) && c.Location == nil {
		s.Marshal = append(s.Marshal, c)
	}
}

// maybe is true once in n times.
func (g *gen) maybe(n int) bool { return g.r.IntN(n) == 0 }

func pick[T any](g *gen, from ...T) T { return from[g.r.IntN(len(from))] }

func some(g *gen, from ...string) []string {
	var out []string
	for range 1 + g.r.IntN(3) {
		out = append(out, pick(g, from...))
	}
	return out
}

func (g *gen) text() string {
	return pick(g, "a", "b", "a b", "/x", "", "é\u4e16", "quo\"te", "k=v", "$HOME", "\t\n")
}

func (g *gen) path() string {
	return pick(g, "/", "/a", "/a/b", "/out", "rel", "./rel/../x", "/usr/bin/", "..", "/a//b/.", "/ü")
}

func (g *gen) add(st statement) string {
	st.ID = fmt.Sprintf("s%d", len(g.st))
	g.st = append(g.st, st)
	return st.ID
}

func (g *gen) addState(st statement) string {
	id := g.add(st)
	g.states = append(g.states, id)
	return id
}

// state is an earlier one; the latest ones are likelier, so that the result
// depends on much of the graph.
func (g *gen) state() string {
	n := len(g.states)
	if g.maybe(2) {
		return g.states[n-1]
	}
	return g.states[g.r.IntN(n)]
}

// output is a state that certainly has one: a build of scratch, or a wait for
// nothing, fails with us when it is made and with Go when it is used.
func (g *gen) output() string {
	for i := len(g.st) - 1; i >= 0; i-- {
		switch g.st[i].Op {
		case "run", "file", "image", "local", "git", "http":
			return g.st[i].ID
		}
	}
	g.run()
	return g.output()
}

func (g *gen) any() {
	switch g.r.IntN(16) {
	case 0, 1:
		g.source()
	case 2, 3, 4, 5:
		g.run()
	case 6, 7, 8:
		g.addState(statement{Op: "file", Base: g.state(), Actions: g.actions(), Constraints: g.constraints()})
	case 9:
		g.chains = append(g.chains, g.add(statement{Op: "actions", Base: g.state(), Actions: g.actions()}))
	case 10, 11:
		g.addState(statement{Op: "state", Base: g.state(), Set: g.stateOptions()})
	case 12:
		g.combine()
	case 13:
		g.mountOf()
	case 14:
		g.sourceMap()
	case 15:
		g.rare()
	}
}

func (g *gen) source() {
	const sum = "sha256:4bcff63911fcb4448bd4fdacec207030997caf25e9bea4045fa6c8c44de311d1"
	st := statement{Constraints: g.constraints()}
	switch g.r.IntN(8) {
	case 0:
		st.Op, st.Constraints = "scratch", nil
	case 1, 2, 3:
		st.Op, st.Ref = "image", pick(g, "alpine", "docker.io/library/busybox:1", "r.example:5000/a/b@"+sum)
		st.ResolveMode = pick(g, "", "", "default", "pull", "local")
		if g.maybe(6) {
			limit := g.r.IntN(3)
			st.LayerLimit = &limit
		}
	case 4, 5:
		st.Op, st.Name = "local", pick(g, "ctx", "src", ".")
		if g.maybe(2) {
			st.Include = some(g, "*.c", "a/**", "!x")
		}
		if g.maybe(3) {
			st.Exclude = some(g, "*.o", "é", "\"q\"")
		}
		if g.maybe(4) {
			st.Follow = some(g, "l1", "d/l2")
		}
		if g.maybe(4) {
			st.SharedKeyHint = g.text()
		}
		if g.maybe(6) {
			st.Differ = &differ{pick(g, "none", "metadata"), g.maybe(2)}
		}
	case 6:
		st.Op, st.Remote = "git", pick(g, "https://example.com/r.git", "https://example.com/r.git#main")
		st.Ref = pick(g, "", "main", "v1:sub/dir")
		st.KeepGitDir = g.maybe(3)
	case 7:
		st.Op, st.URL = "http", pick(g, "https://example.com/f.tgz", "http://h/ü?q=1")
		st.Filename = pick(g, "", "f", "a b")
		if g.maybe(3) {
			st.Checksum = sum
		}
		if g.maybe(3) {
			st.Chown = &[2]int{g.r.IntN(3), g.r.IntN(3)}
		}
	}
	g.addState(st)
}

func (g *gen) platform() *platformIn {
	return pick(g, &platformIn{OS: "linux", Arch: "amd64"}, &platformIn{OS: "linux", Arch: "arm64", Variant: "v8"},
		&platformIn{OS: "linux", Arch: "arm", Variant: "v7"})
}

func (g *gen) constraints() []constraint {
	var out []constraint
	for g.maybe(3) && len(out) < 4 {
		out = append(out, g.constraint())
	}
	return out
}

func (g *gen) constraint() constraint {
	switch g.r.IntN(8) {
	case 0:
		return constraint{Platform: g.platform()}
	case 1:
		return constraint{IgnoreCache: true}
	case 2:
		m := map[string]string{pick(g, "k1", "k2", "é"): g.text()}
		return constraint{Description: &m}
	case 3:
		name := g.text()
		return constraint{CustomName: &name}
	case 4:
		return constraint{ExportCache: pick(g, "on", "off", "default")}
	case 5:
		return constraint{ProgressGroup: &groupIn{pick(g, "g1", "g2"), g.text(), g.maybe(2)}}
	case 6:
		if len(g.maps) > 0 {
			return constraint{Location: g.location()}
		}
		return constraint{IgnoreCache: true}
	}
	return constraint{Require: some(g, "worker=a", "b==c")}
}

func (g *gen) location() *locationIn {
	loc := &locationIn{Map: pick(g, g.maps...), Ranges: [][4]int32{}}
	for range g.r.IntN(3) {
		line := int32(1 + g.r.IntN(9))
		loc.Ranges = append(loc.Ranges, [4]int32{line, int32(g.r.IntN(4)), line, int32(5 + g.r.IntN(40))})
	}
	return loc
}

// obj is an object of one member.
func obj(key string, value any) json.RawMessage {
	dt, err := json.Marshal(map[string]any{key: value})
	if err != nil {
		panic(err) // values are ours
	}
	return dt
}

func (g *gen) stateOptions() []json.RawMessage {
	var out []json.RawMessage
	for range 1 + g.r.IntN(3) {
		out = append(out, g.stateOption())
	}
	return out
}

func (g *gen) stateOption() json.RawMessage {
	switch g.r.IntN(11) {
	case 0, 1, 2:
		return obj("env", [2]string{pick(g, "A", "B", "PATH", "é"), g.text()})
	case 3:
		return obj("dir", pick(g, "/w", "rel", "../up", "/", "a/./b//c"))
	case 4:
		return obj("user", pick(g, "root", "1:2", ""))
	case 5:
		return obj("hostname", pick(g, "box", ""))
	case 6:
		return obj("extra_host", [2]string{pick(g, "db", "web"), pick(g, "10.0.0.1", "::1")})
	case 7:
		return obj("ulimit", ulimitIn{pick(g, "nofile", "nproc"), int64(g.r.IntN(2) * 1024), 2048})
	case 8:
		return obj("network", pick(g, "sandbox", "host", "none"))
	case 9:
		return obj("security", pick(g, "sandbox", "insecure"))
	}
	return obj("reset", g.state())
}

func (g *gen) run() {
	e := execGen{}
	st := statement{Op: "run", Base: g.state()}
	if g.maybe(3) {
		st.Options = append(st.Options, obj("shlex", pick(g, "make -j", "sh -c 'a b'", "x \"y z\" \\q")))
	} else {
		st.Options = append(st.Options, obj("args", some(g, "/bin/sh", "-c", "make", "é", "two words")))
	}
	used := map[string]bool{}
	for g.maybe(2) && len(st.Options) < 9 {
		st.Options = append(st.Options, g.runOption(&e, used))
	}
	e.before = len(g.states)
	e.id = g.addState(st)
	g.execs = append(g.execs, e)
}

func (g *gen) runOption(e *execGen, used map[string]bool) json.RawMessage {
	switch g.r.IntN(9) {
	case 0, 1, 2:
		dest := pick(g, "/a", "/b", "/c/d", "/Z", "/é")
		if used[dest] {
			return g.stateOption()
		}
		used[dest] = true
		return obj("mount", g.mount(dest, e))
	case 3:
		id := pick(g, "tok", "key")
		s := secretIn{Dest: pick(g, "/run/secrets/a", "/s", "VAR"), ID: &id, Env: g.maybe(3), Optional: g.maybe(3)}
		if g.maybe(3) {
			s.File = &ownedFile{UID: g.r.IntN(2), GID: g.r.IntN(2), Mode: pick(g, 0, 256, 292)}
		}
		return obj("secret", s)
	case 4:
		s := sshIn{Optional: g.maybe(2)}
		if g.maybe(2) {
			id := pick(g, "gh", "default")
			s.ID = &id
		}
		return obj("ssh", s)
	case 5:
		return g.stateOption()
	case 6:
		c, err := json.Marshal(g.constraint())
		if err != nil {
			panic(err)
		}
		return c
	case 7:
		return obj("proxy", proxyIn{HTTP: g.text(), No: pick(g, "", "localhost")})
	}
	return obj("valid_exit_codes", []int{0, 1 + g.r.IntN(3)})
}

func (g *gen) mount(dest string, e *execGen) *mountIn {
	m := &mountIn{Dest: dest}
	if g.maybe(8) {
		m.Tmpfs = &struct {
			Size int64 `json:"size"`
		}{int64(g.r.IntN(2) * 65536)}
		return m
	}
	if !g.maybe(3) {
		s := g.state()
		m.Source = &s
	}
	m.Selector = pick(g, "", "", "/sub", "rel/x")
	if g.maybe(4) {
		m.Cache = &struct {
			ID      string `json:"id"`
			Sharing string `json:"sharing"`
		}{pick(g, "c1", "c2", ""), pick(g, "shared", "private", "locked")}
		return m
	}
	m.Readonly = g.maybe(3)
	m.NoOutput = g.maybe(6)
	if !m.NoOutput && e != nil {
		e.dests = append(e.dests, dest)
	}
	return m
}

func (g *gen) actions() []action {
	var out []action
	for range 1 + g.r.IntN(3) {
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
			user := pick(g, "root", "app:grp", "7:8", "n")
			c.Owner = &ownerIn{User: &user}
		}
	}
	if g.maybe(4) {
		c.Created = &timeIn{int64(g.r.IntN(3)), int64(g.r.IntN(2) * 5)}
	}
	return c
}

func (g *gen) action() action {
	switch g.r.IntN(7) {
	case 0:
		return action{Mkdir: &mkdirIn{g.path(), pick(g, uint32(493), 448, 0), g.maybe(2), g.common()}}
	case 1:
		return action{Mkfile: &mkfileIn{g.path(), pick(g, uint32(420), 2541), hex.EncodeToString([]byte(g.text())), g.common()}}
	case 2:
		return action{Rm: &rmIn{g.path(), g.maybe(2), g.maybe(2)}}
	case 3:
		return action{Symlink: &symlinkIn{g.path(), g.path(), g.common()}}
	}
	c := &copyIn{From: g.state(), Src: g.path(), Dest: g.path(), common: g.common(),
		FollowSymlinks: g.maybe(3), DirContentsOnly: g.maybe(3), AttemptUnpack: g.maybe(4),
		CreateDestPath: g.maybe(2), AllowWildcard: g.maybe(2), AllowEmptyWildcard: g.maybe(3)}
	if len(g.chains) > 0 && g.maybe(3) {
		c.From = pick(g, g.chains...)
	}
	if g.maybe(3) {
		mode := pick(g, uint32(0), 420, 2541)
		c.Mode = &mode
	}
	if g.maybe(4) {
		c.Include = some(g, "*.go", "a/**")
	}
	if g.maybe(5) {
		c.Exclude = some(g, "z", "é")
	}
	return action{Copy: c}
}

func (g *gen) combine() {
	if g.maybe(3) {
		g.addState(statement{Op: "diff", Lower: g.state(), Upper: g.state(), Constraints: g.constraints()})
		return
	}
	g.merge(2 + g.r.IntN(3))
}

func (g *gen) merge(n int) {
	var ids []string
	for range n {
		ids = append(ids, g.state())
	}
	inputs, err := json.Marshal(ids)
	if err != nil {
		panic(err)
	}
	g.addState(statement{Op: "merge", Inputs: inputs, Constraints: g.constraints()})
}

// mountOf goes on from a mount of a run, or adds one to it.
func (g *gen) mountOf() {
	if len(g.execs) == 0 {
		g.run()
		return
	}
	e := &g.execs[g.r.IntN(len(g.execs))]
	if len(e.dests) > 0 && !g.maybe(3) {
		g.addState(statement{Op: "get_mount", Exec: e.id, Dest: pick(g, e.dests...)})
		return
	}
	// A name of its own: a second mount at one place is an error of its own.
	m := g.mount(fmt.Sprintf("/late%d", len(g.st)), nil)
	m.Cache, m.Tmpfs, m.NoOutput = nil, nil, false
	// Of a state before the run: one that depends on it would be a circle,
	// which Go follows until its stack ends.
	m.Source = &g.states[g.r.IntN(e.before)]
	g.addState(statement{Op: "add_mount", Exec: e.id, Mount: m})
}

func (g *gen) sourceMap() {
	st := statement{Op: "source_map", Filename: pick(g, "build.llb", "lib.llb"),
		Language: pick(g, "", "llb"), Text: pick(g, "llb 1\n", "a\nb\n", "")}
	if g.maybe(3) {
		st.State = g.state()
	}
	g.maps = append(g.maps, g.add(st))
}

func (g *gen) rare() {
	switch g.r.IntN(3) {
	case 0:
		g.addState(statement{Op: "build", Source: g.output(), Filename: pick(g, "", "x.pb"), Constraints: g.constraints()})
	case 1:
		g.addState(statement{Op: "requires", Base: g.output(), PassID: pick(g, "p", "q"), Deps: []string{g.output()}})
	case 2:
		g.addState(statement{Op: "oci_layout", Ref: "store@sha256:4bcff63911fcb4448bd4fdacec207030997caf25e9bea4045fa6c8c44de311d1",
			StoreID: pick(g, "", "st"), Constraints: g.constraints()})
	}
}
