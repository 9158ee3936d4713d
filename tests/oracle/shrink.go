package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// shrink makes the smallest graph it can find that fails like f. The tries of
// a round are played at once, and the shortest that still fails goes on; finer
// tries, which are more, begin when coarser ones find nothing.
func shrink(f failure, fails func([]*scenario) ([]failure, int, error)) (failure, error) {
	for level := 0; level < len(levels); {
		tries := levels[level](f.s)
		for i, t := range tries {
			t.Name = fmt.Sprintf("try-%d", i)
		}
		found, _, err := fails(tries)
		if err != nil {
			return f, err
		}
		best := f
		for _, t := range found {
			if t.kind() == f.kind() && size(t.s) < size(best.s) {
				best = t
			}
		}
		if best.s == f.s {
			level++
		} else if f = best; level > 1 {
			level = 1
		}
	}
	return f, nil
}

func size(s *scenario) int {
	return len(raw(s.Graph)) + len(raw(s.Marshal)) + len(s.Result)
}

// Ways to say less. Many of the scenarios they make cannot be played, which the
// caller sees.
var levels = []func(*scenario) []*scenario{earlier, fewer, shorter}

func earlier(s *scenario) []*scenario {
	var out []*scenario
	for i := range s.Graph {
		if c := with(s, s.Graph[:i+1]); c.Result != s.Graph[i].ID {
			c.Result = s.Graph[i].ID
			out = append(out, reached(c))
		}
	}
	return append(out, reached(with(s, s.Graph)))
}

func fewer(s *scenario) []*scenario {
	var out []*scenario
	for i := range s.Graph {
		out = append(out, without(s, i)...)
	}
	return out
}

func shorter(s *scenario) []*scenario {
	var out []*scenario
	for k := 0; ; k++ {
		c, left := edited(s, k)
		if left {
			return out
		}
		if c != nil {
			out = append(out, c)
		}
	}
}

// with is s with other statements and no results.
func with(s *scenario, graph []statement) *scenario {
	return &scenario{Name: s.Name, Doc: s.Doc, Graph: graph, Result: s.Result, Marshal: s.Marshal}
}

// refs lists the statements that one refers to, in order of appearance.
func refs(st *statement, ids map[string]bool) []string {
	var tree any
	if json.Unmarshal(raw(st), &tree) != nil {
		return nil
	}
	var out []string
	texts(tree, func(t string) {
		if ids[t] && t != st.ID {
			out = append(out, t)
		}
	})
	return out
}

func texts(v any, do func(string)) {
	switch v := v.(type) {
	case string:
		do(v)
	case []any:
		for _, e := range v {
			texts(e, do)
		}
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			texts(v[k], do)
		}
	}
}

func ids(s *scenario) map[string]bool {
	out := map[string]bool{}
	for i := range s.Graph {
		out[s.Graph[i].ID] = true
	}
	return out
}

// reached drops what the result does not depend on.
func reached(s *scenario) *scenario {
	known, need := ids(s), map[string]bool{s.Result: true}
	for i := len(s.Graph) - 1; i >= 0; i-- {
		// A mount added to a run is part of it.
		if st := &s.Graph[i]; need[st.ID] || (st.Op == "add_mount" && need[st.Exec]) {
			need[st.ID] = true
			for _, id := range refs(st, known) {
				need[id] = true
			}
		}
	}
	var graph []statement
	for _, st := range s.Graph {
		if need[st.ID] {
			graph = append(graph, st)
		}
	}
	s.Graph = graph
	return s
}

// without leaves out statement i; who used it uses what it used, or the first
// statement.
func without(s *scenario, i int) []*scenario {
	id := s.Graph[i].ID
	instead := append(refs(&s.Graph[i], ids(s)), s.Graph[0].ID)
	slices.Sort(instead)
	var out []*scenario
	for _, other := range slices.Compact(instead) {
		text := string(raw(slices.Delete(slices.Clone(s.Graph), i, i+1)))
		text = strings.ReplaceAll(text, `"`+id+`"`, `"`+other+`"`)
		c := with(s, nil)
		if c.Result == id {
			c.Result = other
		}
		if json.Unmarshal([]byte(text), &c.Graph) == nil {
			out = append(out, reached(c))
		}
	}
	return out
}

// An editor makes the one change of a tree that has its number.
type editor struct{ left int }

func (e *editor) turn() bool {
	e.left--
	return e.left == -1
}

// edited is s with change number k; left says that there are not so many.
func edited(s *scenario, k int) (c *scenario, left bool) {
	var tree []any
	if json.Unmarshal(raw([]any{s.Graph, s.Marshal}), &tree) != nil {
		return nil, true
	}
	e := editor{k}
	known := ids(s)
	tree[0], tree[1] = e.value(tree[0], known), e.value(tree[1], known)
	if e.left >= 0 {
		return nil, true
	}
	c = with(s, nil)
	c.Marshal = nil
	if json.Unmarshal(raw(tree[0]), &c.Graph) != nil || json.Unmarshal(raw(tree[1]), &c.Marshal) != nil {
		return nil, false
	}
	return c, false
}

func (e *editor) value(v any, ids map[string]bool) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			if e.turn() {
				return slices.Delete(v, i, i+1)
			}
			v[i] = e.value(v[i], ids)
		}
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			if k == "id" || k == "op" {
				continue
			}
			if e.turn() {
				delete(v, k)
				return v
			}
			v[k] = e.value(v[k], ids)
		}
	case string:
		runes := []rune(v)
		if len(runes) < 2 || ids[v] {
			return v
		}
		if e.turn() {
			return string(runes[:len(runes)/2])
		}
		if e.turn() {
			return string(runes[:1])
		}
	case float64:
		if v != 0 && e.turn() {
			return 0
		}
	}
	return v
}
