package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/llbbuild"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	digest "github.com/opencontainers/go-digest"
)

// A player carries out the statements of one scenario.
type player struct {
	states map[string]llb.State
	execs  map[string]llb.ExecState
	chains map[string]llb.CopyInput
	maps   map[string]*llb.SourceMap
}

func newPlayer() *player {
	return &player{map[string]llb.State{}, map[string]llb.ExecState{},
		map[string]llb.CopyInput{}, map[string]*llb.SourceMap{}}
}

func (p *player) state(id string) (llb.State, error) {
	s, ok := p.states[id]
	if !ok {
		return s, fmt.Errorf("no state %q", id)
	}
	return s, nil
}

// play makes the graph and marshals its result. What makes Go's library panic
// (a build of scratch, for one) is an error like others.
func play(s *scenario) (def *llb.Definition, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("Go's library panics: %v", r)
		}
	}()
	if dt := raw(s); bytes.Contains(dt, []byte(byteMark)) {
		s = &scenario{}
		if err := decodeText(dt, s); err != nil {
			return nil, err
		}
	}
	p := newPlayer()
	for i := range s.Graph {
		if err := p.statement(&s.Graph[i]); err != nil {
			return nil, fmt.Errorf("%s: %w", s.Graph[i].ID, err)
		}
	}
	result, err := p.state(s.Result)
	if err != nil {
		return nil, err
	}
	opts, err := p.constraints(s.Marshal)
	if err != nil {
		return nil, err
	}
	return result.Marshal(context.Background(), opts...)
}

func (p *player) statement(st *statement) error {
	if st.Op == "actions" || st.Op == "source_map" {
		return p.helper(st)
	}
	state, err := p.source(st)
	if errors.Is(err, errNoSource) {
		state, err = p.step(st)
	}
	if err != nil {
		return err
	}
	p.states[st.ID] = state
	return nil
}

func (p *player) helper(st *statement) error {
	if st.Op == "actions" {
		base, err := p.state(st.Base)
		if err != nil {
			return err
		}
		a, err := p.actions(st.Actions)
		if err != nil {
			return err
		}
		// One value for all copies that take it: Go goes by its identity.
		p.chains[st.ID] = a.WithState(base)
		return nil
	}
	var of *llb.State
	if st.State != "" {
		s, err := p.state(st.State)
		if err != nil {
			return err
		}
		of = &s
	}
	p.maps[st.ID] = llb.NewSourceMap(of, st.Filename, st.Language, []byte(st.Text))
	return nil
}

// step makes the state of a statement that goes on with others.
func (p *player) step(st *statement) (llb.State, error) {
	switch st.Op {
	case "run":
		return p.run(st)
	case "add_mount":
		if st.Mount == nil {
			return llb.State{}, errors.New("no mount")
		}
		source, opts, err := p.mount(st.Mount)
		if err != nil {
			return llb.State{}, err
		}
		e, ok := p.execs[st.Exec]
		if !ok {
			return llb.State{}, fmt.Errorf("no run %q", st.Exec)
		}
		return e.AddMount(st.Mount.Dest, source, opts...), nil
	case "get_mount":
		e, ok := p.execs[st.Exec]
		if !ok {
			return llb.State{}, fmt.Errorf("no run %q", st.Exec)
		}
		return e.GetMount(st.Dest), nil
	case "file":
		return p.file(st)
	case "state":
		return p.set(st)
	case "merge":
		return p.merge(st)
	case "diff":
		return p.diff(st)
	case "build":
		return p.build(st)
	case "passthrough", "passthrough_output", "requires":
		return p.passthrough(st)
	case "definition":
		return p.definition(st)
	}
	return llb.State{}, fmt.Errorf("unknown op %q", st.Op)
}

func (p *player) run(st *statement) (llb.State, error) {
	base, err := p.state(st.Base)
	if err != nil {
		return base, err
	}
	var opts []llb.RunOption
	for _, raw := range st.Options {
		o, err := p.runOption(raw)
		if err != nil {
			return base, err
		}
		opts = append(opts, o)
	}
	e := base.Run(opts...)
	p.execs[st.ID] = e
	return e.Root(), nil
}

func (p *player) file(st *statement) (llb.State, error) {
	base, err := p.state(st.Base)
	if err != nil {
		return base, err
	}
	a, err := p.actions(st.Actions)
	if err != nil {
		return base, err
	}
	co, err := p.constraints(st.Constraints)
	return base.File(a, co...), err
}

func (p *player) set(st *statement) (llb.State, error) {
	s, err := p.state(st.Base)
	for _, raw := range st.Set {
		var so llb.StateOption
		if err == nil {
			so, err = p.stateOption(raw)
		}
		if err != nil {
			return s, err
		}
		s = s.With(so)
	}
	return s, err
}

func (p *player) merge(st *statement) (llb.State, error) {
	var ids []string
	if err := decodeText(st.Inputs, &ids); err != nil {
		return llb.State{}, err
	}
	var inputs []llb.State
	for _, id := range ids {
		s, err := p.state(id)
		if err != nil {
			return s, err
		}
		inputs = append(inputs, s)
	}
	co, err := p.constraints(st.Constraints)
	return llb.Merge(inputs, co...), err
}

func (p *player) diff(st *statement) (llb.State, error) {
	lower, err := p.state(st.Lower)
	if err != nil {
		return lower, err
	}
	upper, err := p.state(st.Upper)
	if err != nil {
		return upper, err
	}
	co, err := p.constraints(st.Constraints)
	return llb.Diff(lower, upper, co...), err
}

func (p *player) build(st *statement) (llb.State, error) {
	source, err := p.state(st.Source)
	if err != nil {
		return source, err
	}
	var opts []llbbuild.BuildOption
	if st.Filename != "" {
		opts = append(opts, llbbuild.WithFilename(st.Filename))
	}
	co, err := p.constraints(st.Constraints)
	for _, c := range co {
		opts = append(opts, llbbuild.WithConstraints(c))
	}
	return source.With(llbbuild.Build(opts...)), err
}

func (p *player) passthrough(st *statement) (llb.State, error) {
	if st.Op == "requires" {
		base, err := p.state(st.Base)
		var deps []llb.State
		for _, id := range st.Deps {
			s, e := p.state(id)
			err = errors.Join(err, e)
			deps = append(deps, s)
		}
		return base.Requires(st.PassID, deps...), err
	}
	var ins []passInput
	if err := decodeText(st.Inputs, &ins); err != nil {
		return llb.State{}, err
	}
	var inputs []llb.PassthroughInput
	for _, in := range ins {
		s, err := p.state(in.State)
		if err != nil {
			return s, err
		}
		inputs = append(inputs, llb.PassthroughInput{State: s, Output: in.Output})
	}
	co, err := p.constraints(st.Constraints)
	if st.Op == "passthrough" {
		return llb.NewPassthrough(st.PassID, inputs, co...), err
	}
	op := llb.NewPassthroughOp(st.PassID, inputs, co...)
	return llb.NewState(op.OutputAt(st.Index)), err
}

func (p *player) definition(st *statement) (llb.State, error) {
	of, err := p.state(st.Of)
	if err != nil {
		return of, err
	}
	co, err := p.constraints(st.Marshal)
	if err != nil {
		return of, err
	}
	def, err := of.Marshal(context.Background(), co...)
	if err != nil {
		return of, err
	}
	op, err := llb.NewDefinitionOp(def.ToPB())
	if err != nil {
		return of, err
	}
	return llb.NewState(op.Output()), nil
}

// fixedAnswer is a resolver that says the same about every image.
type fixedAnswer struct{ r *resolver }

func (f fixedAnswer) ResolveImageConfig(_ context.Context, ref string, _ sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	return ref, digest.Digest(f.r.Digest), []byte(f.r.Config), nil
}

// oneOf decodes an object into the first of the given types that knows all of
// its members.
func oneOf(raw json.RawMessage, into ...any) (int, error) {
	var last error
	for i, v := range into {
		if last = decodeText(raw, v); last == nil {
			return i, nil
		}
	}
	return -1, fmt.Errorf("%s: %w", raw, last)
}
