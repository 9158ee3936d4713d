package main

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/solver/pb"
	"github.com/moby/buildkit/util/apicaps"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
)

func (p *player) constraints(in []constraint) ([]llb.ConstraintsOpt, error) {
	var out []llb.ConstraintsOpt
	for i := range in {
		c, err := p.constraint(&in[i])
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

func (p *player) constraint(c *constraint) (llb.ConstraintsOpt, error) {
	switch {
	case c.Platform != nil:
		return llb.Platform(platform(c.Platform)), nil
	case c.IgnoreCache:
		return llb.IgnoreCache, nil
	case c.Description != nil:
		return llb.WithDescription(*c.Description), nil
	case c.CustomName != nil:
		return llb.WithCustomName(*c.CustomName), nil
	case c.ExportCache == "on":
		return llb.WithExportCache(), nil
	case c.ExportCache == "off":
		return llb.WithoutExportCache(), nil
	case c.ExportCache == "default":
		return llb.WithoutDefaultExportCache(), nil
	case c.ProgressGroup != nil:
		return llb.ProgressGroup(c.ProgressGroup.ID, c.ProgressGroup.Name, c.ProgressGroup.Weak), nil
	case c.Require != nil:
		return llb.Require(c.Require...), nil
	case c.LocalUniqueID != nil:
		return llb.LocalUniqueID(*c.LocalUniqueID), nil
	case c.Caps != nil:
		return llb.WithCaps(capSet(*c.Caps)), nil
	case c.LinuxResources != nil:
		return llb.WithLinuxResources(llb.LinuxResources(*c.LinuxResources)), nil
	case c.Location != nil:
		m, ok := p.maps[c.Location.Map]
		if !ok {
			return nil, fmt.Errorf("no source map %q", c.Location.Map)
		}
		return m.Location(ranges(c.Location.Ranges)), nil
	}
	return nil, errors.New("a constraint without a member")
}

func platform(in *platformIn) ocispecs.Platform {
	return ocispecs.Platform{OS: in.OS, Architecture: in.Arch, Variant: in.Variant,
		OSVersion: in.OSVersion, OSFeatures: in.OSFeatures}
}

// capSet is what a daemon that has these capabilities would say.
func capSet(ids []string) apicaps.CapSet {
	var known []*apicaps.PBCap
	for _, c := range pb.Caps.All() {
		for _, id := range ids {
			if id == "*" || id == c.ID {
				c.Enabled = true
				known = append(known, c)
				break
			}
		}
	}
	return pb.Caps.CapSet(known)
}

func ranges(in [][4]int32) []*pb.Range {
	var out []*pb.Range
	for _, r := range in {
		out = append(out, &pb.Range{
			Start: &pb.Position{Line: r[0], Character: r[1]},
			End:   &pb.Position{Line: r[2], Character: r[3]}})
	}
	return out
}

func (p *player) stateOption(raw json.RawMessage) (llb.StateOption, error) {
	var o stateOption
	if err := decodeText(raw, &o); err != nil {
		return nil, err
	}
	switch {
	case o.Env != nil:
		return llb.AddEnv(o.Env[0], o.Env[1]), nil
	case o.Dir != nil:
		return llb.Dir(*o.Dir), nil
	case o.User != nil:
		return llb.User(*o.User), nil
	case o.Hostname != nil:
		return llb.Hostname(*o.Hostname), nil
	case o.CgroupParent != nil:
		return func(s llb.State) llb.State { return s.WithCgroupParent(*o.CgroupParent) }, nil
	case o.ExtraHost != nil:
		return func(s llb.State) llb.State {
			return s.AddExtraHost(o.ExtraHost[0], net.ParseIP(o.ExtraHost[1]))
		}, nil
	case o.Ulimit != nil:
		return func(s llb.State) llb.State {
			return s.AddUlimit(llb.UlimitName(o.Ulimit.Name), o.Ulimit.Soft, o.Ulimit.Hard)
		}, nil
	case o.Network != "":
		mode, ok := map[string]pb.NetMode{"sandbox": pb.NetMode_UNSET,
			"host": pb.NetMode_HOST, "none": pb.NetMode_NONE}[o.Network]
		if !ok {
			return nil, fmt.Errorf("network %q", o.Network)
		}
		return llb.Network(mode), nil
	case o.Security != "":
		mode, ok := map[string]pb.SecurityMode{"sandbox": pb.SecurityMode_SANDBOX,
			"insecure": pb.SecurityMode_INSECURE}[o.Security]
		if !ok {
			return nil, fmt.Errorf("security %q", o.Security)
		}
		return llb.Security(mode), nil
	case o.StatePlatform != nil:
		return func(s llb.State) llb.State { return s.Platform(platform(o.StatePlatform)) }, nil
	case o.ImageConfig != nil:
		// The config is checked here, so that the option cannot fail.
		if _, err := llb.Scratch().WithImageConfig([]byte(*o.ImageConfig)); err != nil {
			return nil, err
		}
		return func(s llb.State) llb.State {
			s, _ = s.WithImageConfig([]byte(*o.ImageConfig))
			return s
		}, nil
	case o.Reset != "":
		other, err := p.state(o.Reset)
		return llb.Reset(other), err
	}
	return nil, fmt.Errorf("%s: a state option without a member", raw)
}

func (p *player) runOption(raw json.RawMessage) (llb.RunOption, error) {
	var o runOption
	var c constraint
	var so stateOption
	kind, err := oneOf(raw, &o, &c, &so)
	if err != nil {
		return nil, err
	}
	if kind == 1 {
		return p.constraint(&c)
	}
	if kind == 2 {
		return p.stateOption(raw)
	}
	switch {
	case o.Args != nil:
		return llb.Args(*o.Args), nil
	case o.Shlex != nil:
		return llb.Shlex(*o.Shlex), nil
	case o.ReadonlyRoot:
		return llb.ReadonlyRootFS(), nil
	case o.Mount != nil:
		source, opts, err := p.mount(o.Mount)
		return llb.AddMount(o.Mount.Dest, source, opts...), err
	case o.Secret != nil:
		return secret(o.Secret), nil
	case o.SSH != nil:
		return ssh(o.SSH), nil
	case o.Proxy != nil:
		return llb.WithProxy(llb.ProxyEnv{HTTPProxy: o.Proxy.HTTP, HTTPSProxy: o.Proxy.HTTPS,
			FTPProxy: o.Proxy.FTP, NoProxy: o.Proxy.No, AllProxy: o.Proxy.All}), nil
	case o.ValidExitCodes != nil:
		return llb.ValidExitCodes(*o.ValidExitCodes...), nil
	case o.CDIDevice != nil:
		opts := []llb.CDIDeviceOption{llb.CDIDeviceName(o.CDIDevice.Name)}
		if o.CDIDevice.Optional {
			opts = append(opts, llb.CDIDeviceOptional)
		}
		return llb.AddCDIDevice(opts...), nil
	}
	return nil, fmt.Errorf("%s: a run option without a member", raw)
}

func (p *player) mount(m *mountIn) (llb.State, []llb.MountOption, error) {
	source := llb.Scratch()
	var opts []llb.MountOption
	if m.Source != nil {
		var err error
		if source, err = p.state(*m.Source); err != nil {
			return source, nil, err
		}
	}
	if m.Readonly {
		opts = append(opts, llb.Readonly)
	}
	if m.Selector != "" {
		opts = append(opts, llb.SourcePath(m.Selector))
	}
	if m.NoOutput {
		opts = append(opts, llb.ForceNoOutput)
	}
	if m.Cache != nil {
		mode, ok := map[string]llb.CacheMountSharingMode{"": llb.CacheMountShared, "shared": llb.CacheMountShared,
			"private": llb.CacheMountPrivate, "locked": llb.CacheMountLocked}[m.Cache.Sharing]
		if !ok {
			return source, nil, fmt.Errorf("sharing %q", m.Cache.Sharing)
		}
		opts = append(opts, llb.AsPersistentCacheDir(m.Cache.ID, mode))
	}
	if m.Tmpfs != nil {
		var size []llb.TmpfsOption
		if m.Tmpfs.Size != 0 {
			size = append(size, llb.TmpfsSize(m.Tmpfs.Size))
		}
		opts = append(opts, llb.Tmpfs(size...))
	}
	if m.ContentCache != "" {
		mode, ok := map[string]llb.MountContentCache{"on": llb.MountContentCacheOn,
			"off": llb.MountContentCacheOff, "default": llb.MountContentCacheDefault}[m.ContentCache]
		if !ok {
			return source, nil, fmt.Errorf("content cache %q", m.ContentCache)
		}
		opts = append(opts, llb.ContentCache(mode))
	}
	return source, opts, nil
}

func secret(s *secretIn) llb.RunOption {
	var opts []llb.SecretOption
	if s.ID != nil && !s.NoDest {
		opts = append(opts, llb.SecretID(*s.ID))
	}
	if s.Env {
		opts = append(opts, llb.SecretAsEnv(true))
	}
	if s.Optional {
		opts = append(opts, llb.SecretOptional)
	}
	if s.File != nil {
		opts = append(opts, llb.SecretFileOpt(s.File.UID, s.File.GID, s.File.Mode))
	}
	if s.EnvName != nil {
		opts = append(opts, llb.SecretAsEnvName(*s.EnvName))
	}
	if s.NoDest {
		return llb.AddSecretWithDest(*s.ID, nil, opts...)
	}
	return llb.AddSecret(s.Dest, opts...)
}

func ssh(s *sshIn) llb.RunOption {
	var opts []llb.SSHOption
	if s.ID != nil {
		opts = append(opts, llb.SSHID(*s.ID))
	}
	if s.Target != nil {
		opts = append(opts, llb.SSHSocketTarget(*s.Target))
	}
	if s.Socket != nil {
		opts = append(opts, llb.SSHSocketOpt(s.Socket.Target, s.Socket.UID, s.Socket.GID, s.Socket.Mode))
	}
	if s.Optional {
		opts = append(opts, llb.SSHOptional)
	}
	return llb.AddSSHSocket(opts...)
}

// actions makes the chain; the first action starts it.
func (p *player) actions(in []action) (*llb.FileAction, error) {
	var fa *llb.FileAction
	for i := range in {
		var err error
		if fa, err = p.action(fa, &in[i]); err != nil {
			return nil, err
		}
	}
	if fa == nil {
		return nil, errors.New("a chain without actions")
	}
	return fa, nil
}

// start or go on: Go has a function and a method for each kind of action.
func (p *player) action(fa *llb.FileAction, a *action) (*llb.FileAction, error) {
	switch {
	case a.Mkdir != nil:
		var opts []llb.MkdirOption
		if a.Mkdir.Parents {
			opts = append(opts, llb.WithParents(true))
		}
		opts = append(opts, fileOptions[llb.MkdirOption](&a.Mkdir.common)...)
		if fa == nil {
			return llb.Mkdir(a.Mkdir.Path, os.FileMode(a.Mkdir.Mode), opts...), nil
		}
		return fa.Mkdir(a.Mkdir.Path, os.FileMode(a.Mkdir.Mode), opts...), nil
	case a.Mkfile != nil:
		data, err := hex.DecodeString(a.Mkfile.DataHex)
		if err != nil {
			return nil, err
		}
		opts := fileOptions[llb.MkfileOption](&a.Mkfile.common)
		if fa == nil {
			return llb.Mkfile(a.Mkfile.Path, os.FileMode(a.Mkfile.Mode), data, opts...), nil
		}
		return fa.Mkfile(a.Mkfile.Path, os.FileMode(a.Mkfile.Mode), data, opts...), nil
	case a.Rm != nil:
		var opts []llb.RmOption
		if a.Rm.AllowNotFound {
			opts = append(opts, llb.WithAllowNotFound(true))
		}
		if a.Rm.AllowWildcard {
			opts = append(opts, llb.WithAllowWildcard(true))
		}
		if fa == nil {
			return llb.Rm(a.Rm.Path, opts...), nil
		}
		return fa.Rm(a.Rm.Path, opts...), nil
	case a.Copy != nil:
		from, err := p.copyInput(a.Copy.From)
		if err != nil {
			return nil, err
		}
		opts := append([]llb.CopyOption{copyInfo(a.Copy)}, fileOptions[llb.CopyOption](&a.Copy.common)...)
		if fa == nil {
			return llb.Copy(from, a.Copy.Src, a.Copy.Dest, opts...), nil
		}
		return fa.Copy(from, a.Copy.Src, a.Copy.Dest, opts...), nil
	case a.Symlink != nil:
		opts := fileOptions[llb.SymlinkOption](&a.Symlink.common)
		if fa == nil {
			return llb.Symlink(a.Symlink.OldPath, a.Symlink.NewPath, opts...), nil
		}
		return fa.Symlink(a.Symlink.OldPath, a.Symlink.NewPath, opts...), nil
	}
	return nil, errors.New("an action without a member")
}

// copyInput is a state, or a chain with the state it is bound to.
func (p *player) copyInput(id string) (llb.CopyInput, error) {
	if c, ok := p.chains[id]; ok {
		return c, nil
	}
	return p.state(id)
}

func copyInfo(c *copyIn) *llb.CopyInfo {
	info := &llb.CopyInfo{
		FollowSymlinks: c.FollowSymlinks, CopyDirContentsOnly: c.DirContentsOnly,
		IncludePatterns: c.Include, ExcludePatterns: c.Exclude, RequiredPaths: c.RequiredPaths,
		AttemptUnpack: c.AttemptUnpack, CreateDestPath: c.CreateDestPath,
		AllowWildcard: c.AllowWildcard, AllowEmptyWildcard: c.AllowEmptyWildcard,
		AlwaysReplaceExistingDestPaths: c.AlwaysReplace,
	}
	if c.ModeStr != "" {
		info.Mode = &llb.ChmodOpt{ModeStr: c.ModeStr}
	} else if c.Mode != nil {
		info.Mode = &llb.ChmodOpt{Mode: os.FileMode(*c.Mode)}
	}
	return info
}

// fileOptions makes the options that most actions have.
func fileOptions[T any](c *common) []T {
	var out []T
	add := func(v any) { out = append(out, v.(T)) }
	if c.Owner != nil && c.Owner.User != nil {
		add(llb.WithUser(*c.Owner.User))
	}
	if c.Owner != nil && c.Owner.UIDGID != nil {
		add(llb.WithUIDGID(c.Owner.UIDGID[0], c.Owner.UIDGID[1]))
	}
	if c.Created != nil {
		add(llb.WithCreatedTime(time.Unix(c.Created.Sec, c.Created.Nsec)))
	}
	return out
}
