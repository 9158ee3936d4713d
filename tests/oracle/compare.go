package main

import (
	"fmt"
	"slices"
)

const (
	chunk   = 500 // graphs that are played at once
	printed = 3   // failures that are shrunk and printed
)

// settledOf completes what Go takes and makes the same of so many times.
func settledOf(all []*scenario, plays int) ([]*scenario, error) {
	var out []*scenario
	for _, s := range all {
		ok, err := settled(s, plays)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.Name, err)
		}
		if ok {
			out = append(out, s)
		}
	}
	return out, nil
}

// differ plays what Go takes and tells how many that were. What fails must
// come out of Go in one form, many times: the order of some of its maps is
// random.
func (d driver) differ(all []*scenario) (found []failure, played int, err error) {
	all, err = settledOf(playable(all), 1)
	if err != nil {
		return nil, 0, err
	}
	found, err = d.play(all)
	for i := len(found) - 1; err == nil && i >= 0; i-- {
		var ok bool
		if ok, err = settled(found[i].s, 8); !ok {
			found = slices.Delete(found, i, i+1)
		}
	}
	return found, len(all), err
}

// A plan says where graphs come from, and how both sides play them.
type plan struct {
	name string
	make func(seed uint64, n int) *scenario
	play func([]*scenario) ([]failure, int, error)
}

// plan is the one for graphs that both sides take, or for those that have
// something wrong.
func (d driver) plan(name string) (plan, error) {
	switch name {
	case "compare":
		return plan{name, graphOf, d.differ}, nil
	case "bad":
		return plan{name, badOf, d.disagree}, nil
	}
	return plan{}, fmt.Errorf("no plan %q", name)
}

// run plays n graphs of a seed on both sides. It stops at the first chunk
// with differences, and shows the first of them as small as they get.
func (p plan) run(n int, seed uint64) (failed int, err error) {
	for made, tried := 0, 0; made < n; {
		var all []*scenario
		for range min(chunk, n-made) {
			all = append(all, p.make(seed, tried))
			tried++
		}
		found, played, err := p.play(all)
		if err != nil {
			return 0, err
		}
		made += played
		if tried > 20*n+100 {
			return 0, fmt.Errorf("only %d of %d random graphs were accepted", made, n)
		}
		seen := map[string]bool{}
		for _, f := range found {
			fmt.Printf("FAIL %s: %s\n", f.s.Name, f.why)
			if kind := f.kind(); !seen[kind] && len(seen) < printed {
				seen[kind] = true
				if f, err = shrink(f, p.play); err != nil {
					return 0, err
				}
				show(f)
			}
		}
		if len(found) > 0 {
			fmt.Printf("again: oracle %s %d %d DRIVER\n%d passed, %d failed\n", p.name, n, seed, made-len(found), len(found))
			return len(found), nil
		}
	}
	fmt.Printf("%d passed, 0 failed\n", n)
	return 0, nil
}

// playable leaves out what shrinking broke: complete takes a broken scenario
// for the refusal of a graph, and Go follows a circle until its stack ends.
func playable(all []*scenario) []*scenario {
	var out []*scenario
	for _, s := range all {
		if s.Graph != nil && ids(s)[s.Result] && !circular(s) {
			out = append(out, s)
		}
	}
	return out
}

// circular tells whether a run mounts, later, what depends on it.
func circular(s *scenario) bool {
	known, uses := ids(s), map[string][]string{}
	for i := range s.Graph {
		st := &s.Graph[i]
		uses[st.ID] = append(uses[st.ID], refs(st, known)...)
		if st.Op == "add_mount" && st.Mount != nil && st.Mount.Source != nil {
			uses[st.Exec] = append(uses[st.Exec], *st.Mount.Source)
		}
	}
	const open, done = 1, 2
	mark := map[string]int{}
	var visit func(id string) bool
	visit = func(id string) bool {
		if mark[id] != 0 {
			return mark[id] == open
		}
		mark[id] = open
		for _, u := range uses[id] {
			if visit(u) {
				return true
			}
		}
		mark[id] = done
		return false
	}
	for id := range known {
		if visit(id) {
			return true
		}
	}
	return false
}

// show prints a graph, a statement a line.
func show(f failure) {
	fmt.Printf("  shrunk to: %s\n", f.why)
	for i := range f.s.Graph {
		fmt.Printf("    %s\n", raw(&f.s.Graph[i]))
	}
	fmt.Printf("    result %s, marshal %s\n", f.s.Result, raw(f.s.Marshal))
}
