package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
)

// A gen makes up one graph. Names and texts come from small pools, so that
// equal calls are frequent: their vertices have to become one.
type gen struct {
	r       *rand.Rand
	st      []statement
	states  []string
	chains  []string
	maps    []string
	execs   []execGen
	marshal []constraint
	loads   bool // there may be definitions in it
	closed  int  // so many execs take no more mounts: a definition was made
}

// What a later statement may ask of a run: mounts that have an output.
type execGen struct {
	id     string
	before int // states that do not depend on it, at least
	dests  []string
}

// graphRand has random numbers for scenario number n of a seed, so that one can
// be made again alone.
func graphRand(seed uint64, n int) *rand.Rand { return rand.New(rand.NewPCG(seed, uint64(n))) }

// graphOf makes up scenario number n of a seed.
func graphOf(seed uint64, n int) *scenario {
	g := &gen{r: graphRand(seed, n)}
	s := &scenario{Name: fmt.Sprintf("random-%d-%d", seed, n), Doc: "random"}
	g.graph(s)
	return s
}

// settled tells whether Go takes the graph and makes the same of it each time:
// the order of some of its maps is random.
func settled(s *scenario, plays int) (bool, error) {
	want := ""
	for i := range plays {
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
	g.marshal, g.loads = g.marshalConstraints(), g.maybe(2)
	g.source()
	switch g.r.IntN(40) {
	case 0:
		g.deep(50 + g.r.IntN(400))
	case 1:
		g.wide(20 + g.r.IntN(300))
	}
	for range 3 + g.r.IntN(30) {
		g.any()
	}
	if g.maybe(2) {
		g.merge(3 + g.r.IntN(6)) // so that the result reaches most of it
	}
	s.Graph = g.st
	s.Result = g.states[len(g.states)-1]
	s.Marshal = g.marshal
}

// marshalConstraints has a platform and a unique id first: Go would take the
// machine's and a random one.
func (g *gen) marshalConstraints() []constraint {
	unique := pick(g, "unique", "u", "é", "")
	out := []constraint{{Platform: g.platform()}, {LocalUniqueID: &unique}}
	for g.maybe(3) && len(out) < 5 {
		// A location there is nothing: our library says so, Go drops it. An empty
		// description makes a map that ops then share, in Go, as one that holds
		// something does; ours takes it for none.
		c := g.constraint()
		if c.Location == nil && c.LocalUniqueID == nil && (c.Description == nil || len(*c.Description) > 0) {
			out = append(out, c)
		}
	}
	if g.maybe(5) {
		out = append(out, constraint{Caps: pick(g, &[]string{}, &[]string{"*"},
			&[]string{"exec.meta.base", "source.image"}, &[]string{"exec.meta.setsdefaultpath"})})
	}
	return out
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

func ptr[T any](v T) *T { return &v }

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
	for i := len(g.states) - 1; i >= 0; i-- {
		switch g.statement(g.states[i]).Op {
		case "file", "image", "local", "git", "http", "passthrough", "oci_layout":
			return g.states[i]
		}
	}
	g.addState(statement{Op: "image", Ref: "alpine"})
	return g.states[len(g.states)-1]
}

func (g *gen) statement(id string) *statement {
	for i := range g.st {
		if g.st[i].ID == id {
			return &g.st[i]
		}
	}
	panic("no statement " + id)
}

func (g *gen) any() {
	switch g.r.IntN(18) {
	case 0, 1, 2:
		g.source()
	case 3, 4, 5, 6:
		g.run()
	case 7, 8, 9:
		g.addState(statement{Op: "file", Base: g.state(), Actions: g.actions(3), Constraints: g.constraints()})
	case 10:
		// Few: Go walks chains that copy from each other again and again.
		if len(g.chains) < 6 {
			g.chains = append(g.chains, g.add(statement{Op: "actions", Base: g.state(), Actions: g.actions(3)}))
		}
	case 11, 12:
		g.addState(statement{Op: "state", Base: g.state(), Set: g.stateOptions()})
	case 13:
		g.combine()
	case 14:
		g.mountOf()
	case 15:
		g.sourceMap()
	case 16:
		g.pass()
	case 17:
		g.rare()
	}
}

// deep makes a chain of n steps.
func (g *gen) deep(n int) {
	for range n {
		if g.maybe(3) {
			g.addState(statement{Op: "file", Base: g.last(), Actions: g.actions(1)})
		} else {
			g.addState(statement{Op: "run", Base: g.last(),
				Options: []json.RawMessage{obj("args", some(g, "a", "b"))}})
		}
	}
}

// wide merges n states, equal ones among them.
func (g *gen) wide(n int) {
	for range n {
		g.addState(statement{Op: "image", Ref: fmt.Sprintf("i%d", g.r.IntN(n))})
	}
	g.merge(n)
}

func (g *gen) last() string { return g.states[len(g.states)-1] }

func (g *gen) combine() {
	if g.maybe(3) {
		g.addState(statement{Op: "diff", Lower: g.state(), Upper: g.state(), Constraints: g.constraints()})
		return
	}
	g.merge(g.r.IntN(5))
}

func (g *gen) merge(n int) {
	ids := []string{}
	for range n {
		ids = append(ids, g.state())
	}
	g.addState(statement{Op: "merge", Inputs: raw(ids), Constraints: g.constraints()})
}

func (g *gen) sourceMap() {
	st := statement{Op: "source_map", Filename: pick(g, "build.llb", "lib.llb", g.text()),
		Language: pick(g, "", "llb"), Text: pick(g, "llb 1\n", "a\nb\n", "", g.text())}
	if g.maybe(3) {
		st.State = g.state()
		if g.loads {
			st.State = g.states[0] // Go orders larger ones anew when it loads them
		}
	}
	g.maps = append(g.maps, g.add(st))
}

// pass makes ops that only hand on: inputs that are scratch vanish, and one
// output has to be left.
func (g *gen) pass() {
	if g.maybe(3) {
		st := statement{Op: "requires", Base: g.output(), PassID: pick(g, "p", "q", "é")}
		for range g.r.IntN(4) {
			st.Deps = append(st.Deps, g.state())
		}
		g.addState(st)
		return
	}
	ins := []passInput{{g.output(), true}}
	for range g.r.IntN(5) {
		ins = append(ins, passInput{g.state(), false})
	}
	if g.maybe(2) {
		ins = append([]passInput{{g.output(), true}, {g.state(), false}}, ins...)
	}
	st := statement{Op: "passthrough", PassID: pick(g, "p", "q", "é"), Inputs: raw(ins), Constraints: g.constraints()}
	if g.maybe(2) && len(ins) > 2 && ins[2].Output {
		st.Op, st.Index = "passthrough_output", g.r.IntN(2)
	}
	g.addState(st)
}

func (g *gen) rare() {
	kind := g.r.IntN(4)
	if !g.loads {
		kind = 0
	}
	switch kind {
	case 0, 1:
		g.addState(statement{Op: "build", Source: g.output(), Filename: pick(g, "", "x.pb", "d/ü"), Constraints: g.constraints()})
	case 2:
		g.definition(g.state(), g.marshal)
		g.closed = len(g.execs)
	case 3:
		g.foreign()
	}
}

func (g *gen) definition(of string, marshal []constraint) {
	g.addState(statement{Op: "definition", Of: of, Marshal: marshal})
}

// foreign goes on from a definition that was made otherwise. Nothing else may
// use what is in it: Go keeps what a first marshal found out.
func (g *gen) foreign() {
	own := gen{r: g.r, st: g.st, loads: true, marshal: g.marshalConstraints()}
	own.source()
	for range 1 + g.r.IntN(5) {
		own.any()
	}
	g.st = own.st
	g.definition(own.last(), own.marshal)
}
