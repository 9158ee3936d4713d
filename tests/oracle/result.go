package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/moby/buildkit/solver/pb"
	digest "github.com/opencontainers/go-digest"
	"google.golang.org/protobuf/proto"
)

type opOut struct {
	Digest string `json:"digest"`
	Kind   string `json:"kind"`
	Hex    string `json:"hex"`
}

type sourceOut struct {
	Infos     []infoOut                `json:"infos,omitempty"`
	Locations map[string][]locationOut `json:"locations"`
}

type infoOut struct {
	Filename      string `json:"filename"`
	Data          string `json:"data"`
	Language      string `json:"language,omitempty"`
	DefinitionOps int    `json:"definition_ops,omitempty"`
}

type locationOut struct {
	SourceIndex int32      `json:"source_index"`
	Ranges      [][4]int32 `json:"ranges"`
}

// complete fills in what Go makes of the scenario's graph. That Go refuses a
// graph is a result too; only a scenario that cannot be played is an error.
func complete(s *scenario) error {
	def, err := play(s)
	s.Ops, s.Metadata, s.Source = []opOut{}, map[string]any{}, nil
	s.Definition, s.SHA256, s.Error = "", "", ""
	if err != nil {
		s.Error = err.Error()
		return nil
	}
	x := def.ToPB()
	for _, dt := range x.Def {
		o, err := opResult(dt)
		if err != nil {
			return err
		}
		s.Ops = append(s.Ops, o)
	}
	if len(x.Def) > 0 {
		s.Metadata = metadataResult(x)
		s.Source = sourceResult(x)
	}
	// Maps sorted by key: the canonical form that both sides can make.
	dt, err := proto.MarshalOptions{Deterministic: true}.Marshal(x)
	if err != nil { // Go cannot send it: names are not looked at before
		s.Ops, s.Metadata, s.Source, s.Error = []opOut{}, map[string]any{}, nil, err.Error()
		return nil
	}
	s.Definition = hex.EncodeToString(dt)
	s.SHA256 = fmt.Sprintf("sha256:%x", sha256.Sum256(dt))
	return nil
}

func opResult(dt []byte) (opOut, error) {
	var op pb.Op
	if err := op.UnmarshalVT(dt); err != nil {
		return opOut{}, err
	}
	kind := "terminal"
	switch op.Op.(type) {
	case *pb.Op_Source:
		kind = "source"
	case *pb.Op_Exec:
		kind = "exec"
	case *pb.Op_File:
		kind = "file"
	case *pb.Op_Merge:
		kind = "merge"
	case *pb.Op_Diff:
		kind = "diff"
	case *pb.Op_Build:
		kind = "build"
	case *pb.Op_Passthrough:
		kind = "passthrough"
	}
	return opOut{digest.FromBytes(dt).String(), kind, hex.EncodeToString(dt)}, nil
}

func metadataResult(x *pb.Definition) map[string]any {
	all := map[string]any{}
	for _, dt := range x.Def {
		d := digest.FromBytes(dt).String()
		m := map[string]any{}
		if md := x.Metadata[d]; md != nil {
			if md.IgnoreCache {
				m["ignore_cache"] = true
			}
			if len(md.Description) > 0 {
				m["description"] = md.Description
			}
			if md.ExportCache != nil {
				m["export_cache"] = map[string]bool{"value": md.ExportCache.Value}
			}
			if len(md.Caps) > 0 {
				m["caps"] = md.Caps
			}
			if g := md.ProgressGroup; g != nil {
				m["progress_group"] = map[string]any{"id": g.Id, "name": g.Name, "weak": g.Weak}
			}
			if r := md.LinuxResources; r != nil {
				m["linux_resources"] = resourcesIn{r.Memory, r.MemorySwap, r.CpuShares,
					r.CpuPeriod, r.CpuQuota, r.CpusetCpus, r.CpusetMems}
			}
		}
		all[d] = m
	}
	return all
}

func sourceResult(x *pb.Definition) *sourceOut {
	if x.Source == nil {
		return nil
	}
	out := &sourceOut{Locations: map[string][]locationOut{}}
	for _, i := range x.Source.Infos {
		info := infoOut{i.Filename, string(i.Data), i.Language, 0}
		if i.Definition != nil {
			info.DefinitionOps = len(i.Definition.Def)
		}
		out.Infos = append(out.Infos, info)
	}
	for d, ls := range x.Source.Locations {
		list := []locationOut{}
		for _, l := range ls.Locations {
			loc := locationOut{SourceIndex: l.SourceIndex}
			for _, r := range l.Ranges {
				loc.Ranges = append(loc.Ranges, [4]int32{r.Start.GetLine(),
					r.Start.GetCharacter(), r.End.GetLine(), r.End.GetCharacter()})
			}
			list = append(list, loc)
		}
		out.Locations[d] = list
	}
	return out
}
