package main

import (
	"encoding/json"
	"strings"
	"testing"
)

// A library that is wrong wherever the network is the host's.
func wrongNetwork(all []*scenario) ([]failure, int, error) {
	var out []failure
	for _, s := range playable(all) {
		if complete(s) == nil && s.Error == "" && strings.Contains(string(raw(s.Graph)), `"host"`) {
			out = append(out, failure{s, "network should be 1"})
		}
	}
	return out, len(all), nil
}

func TestAGraphShrinksToWhatIsWrongInIt(t *testing.T) {
	g := &gen{r: graphRand(1, 2)}
	s := &scenario{Name: "long"}
	g.graph(s)
	// In the middle, so that neither end is left.
	half := len(s.Graph) / 2
	run := statement{ID: "wrong", Op: "run", Base: "s0", Options: []json.RawMessage{
		obj("args", []string{"a", "b"}), obj("env", [2]string{"A", "long text"}), obj("network", "host")}}
	s.Graph = append(append(append([]statement{}, s.Graph[:half]...), run), s.Graph[half:]...)
	s.Graph = append(s.Graph, statement{ID: "end", Op: "merge", Inputs: raw([]string{s.Result, "wrong"})})
	s.Result = "end"

	f, err := shrink(failure{s, "network should be 1"}, wrongNetwork)
	if err != nil {
		t.Fatal(err)
	}
	if len(f.s.Graph) > 2 || len(f.s.Graph[len(f.s.Graph)-1].Options) != 2 {
		t.Errorf("%d statements are left: %s", len(f.s.Graph), raw(f.s.Graph))
	}
}

func TestAFailureOfAnotherKindIsNoSmallerForm(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{`op 3 (exec): op.exec.cwd is "/" and should be "/w"`, `metadata: x is 1 and should be absent`, true},
		{`LLB_EINVAL: llb_run (call 3): two mounts at "/a"`, `LLB_EINVAL: llb_run (call 9): two mounts at "/b"`, true},
		{`LLB_EINVAL: llb_run (call 3): two mounts at "/a"`, `LLB_EINVAL: llb_run (call 3): args is NULL`, false},
		{`op 3 (exec): op.exec.cwd is "/" and should be "/w"`, `source: the id of a state expected`, false},
	} {
		if (failure{nil, c.a}.kind() == failure{nil, c.b}.kind()) != c.same {
			t.Errorf("%q and %q", c.a, c.b)
		}
	}
}

func TestACircleIsNotPlayed(t *testing.T) {
	for _, source := range []string{"b", "a"} {
		s := &scenario{Result: "r", Graph: []statement{
			{ID: "a", Op: "image", Ref: "a"},
			{ID: "r", Op: "run", Base: "a", Options: []json.RawMessage{obj("args", []string{"x"})}},
			{ID: "b", Op: "merge", Inputs: raw([]string{"r", "a"})},
			{ID: "m", Op: "add_mount", Exec: "r", Mount: &mountIn{Dest: "/m", Source: &source}}}}
		if circular(s) != (source == "b") {
			t.Errorf("mount of %s", source)
		}
	}
}
