package main

import (
	"errors"
	"fmt"
	"maps"
	"os"

	"github.com/moby/buildkit/client/llb"
	digest "github.com/opencontainers/go-digest"
)

var errNoSource = errors.New("not a source")

// source makes the state of a statement that starts afresh. An error of
// errNoSource says that the statement is of another kind.
func (p *player) source(st *statement) (llb.State, error) {
	co, err := p.constraints(st.Constraints)
	if err != nil {
		return llb.State{}, err
	}
	switch st.Op {
	case "scratch":
		return llb.Scratch(), nil
	case "image":
		return p.image(st, co)
	case "local":
		return local(st, co), nil
	case "git":
		return git(st, co), nil
	case "http":
		return http(st, co), nil
	case "oci_layout":
		return ociLayout(st, co), nil
	case "image_blob":
		return llb.ImageBlob(st.Ref, blobOptions(st, co)...), nil
	case "oci_layout_blob":
		return llb.OCILayoutBlob(st.Ref, blobOptions(st, co)...), nil
	case "source":
		var c llb.Constraints // NewConstraints would put in the machine's platform
		for _, o := range co {
			o.SetConstraintsOption(&c)
		}
		attrs := map[string]string{} // Go writes into it
		maps.Copy(attrs, st.Attrs)
		return llb.NewState(llb.NewSource(st.Identifier, attrs, c).Output()), nil
	}
	return llb.State{}, errNoSource
}

func (p *player) image(st *statement, co []llb.ConstraintsOpt) (llb.State, error) {
	opts := convert[llb.ImageOption](co)
	switch st.ResolveMode {
	case "":
	case "default":
		opts = append(opts, llb.ResolveModeDefault)
	case "pull":
		opts = append(opts, llb.ResolveModeForcePull)
	case "local":
		opts = append(opts, llb.ResolveModePreferLocal)
	default:
		return llb.State{}, fmt.Errorf("resolve mode %q", st.ResolveMode)
	}
	if st.Internal {
		opts = append(opts, llb.MarkImageInternal)
	}
	if st.LayerLimit != nil {
		opts = append(opts, llb.WithLayerLimit(*st.LayerLimit))
	}
	if st.Resolver != nil {
		opts = append(opts, llb.WithMetaResolver(fixedAnswer{st.Resolver}))
		if st.Resolver.ResolveDigest {
			opts = append(opts, llb.ResolveDigest(true))
		}
	}
	if st.Checksum != "" {
		opts = append(opts, llb.WithImageChecksum(digest.Digest(st.Checksum)))
	}
	return llb.Image(st.Ref, opts...), nil
}

func local(st *statement, co []llb.ConstraintsOpt) llb.State {
	opts := convert[llb.LocalOption](co)
	if st.SessionID != "" {
		opts = append(opts, llb.SessionID(st.SessionID))
	}
	if len(st.Include) > 0 {
		opts = append(opts, llb.IncludePatterns(st.Include))
	}
	if len(st.Exclude) > 0 {
		opts = append(opts, llb.ExcludePatterns(st.Exclude))
	}
	if len(st.Follow) > 0 {
		opts = append(opts, llb.FollowPaths(st.Follow))
	}
	if st.SharedKeyHint != "" {
		opts = append(opts, llb.SharedKeyHint(st.SharedKeyHint))
	}
	if st.Differ != nil {
		opts = append(opts, llb.Differ(llb.DiffType(st.Differ.Type), st.Differ.Required))
	}
	if st.MetadataOnly != nil {
		opts = append(opts, llb.MetadataOnlyTransfer(*st.MetadataOnly))
	}
	return llb.Local(st.Name, opts...)
}

func git(st *statement, co []llb.ConstraintsOpt) llb.State {
	opts := convert[llb.GitOption](co)
	if st.KeepGitDir {
		opts = append(opts, llb.KeepGitDir())
	}
	if st.AuthTokenSecret != nil {
		opts = append(opts, llb.AuthTokenSecret(*st.AuthTokenSecret))
	}
	if st.AuthHeaderSecret != nil {
		opts = append(opts, llb.AuthHeaderSecret(*st.AuthHeaderSecret))
	}
	for _, host := range st.KnownSSHHosts {
		opts = append(opts, llb.KnownSSHHosts(host))
	}
	if st.MountSSHSock != nil {
		opts = append(opts, llb.MountSSHSock(*st.MountSSHSock))
	}
	text := []struct {
		value string
		make  func(string) llb.GitOption
	}{
		{st.GitRef, llb.GitRef}, {st.SubDir, llb.GitSubDir},
		{st.Checksum, llb.GitChecksum}, {st.MTime, llb.GitMTime},
	}
	for _, t := range text {
		if t.value != "" {
			opts = append(opts, t.make(t.value))
		}
	}
	if st.SkipSubmodules {
		opts = append(opts, llb.GitSkipSubmodules())
	}
	if st.FetchByCommit {
		opts = append(opts, llb.GitFetchByCommit())
	}
	if st.Bundle != "" {
		var bundle []llb.GitBundleOption
		if st.BundleSession != "" || st.BundleStore != "" {
			bundle = append(bundle, llb.GitBundleOCIStore(st.BundleSession, st.BundleStore))
		}
		opts = append(opts, llb.GitBundleURL(st.Bundle, bundle...))
	}
	if st.Advice {
		opts = append(opts, llb.GitAdvice(true))
	}
	if st.CheckoutBundle {
		opts = append(opts, llb.GitCheckoutBundle())
	}
	return llb.Git(st.Remote, st.Ref, opts...)
}

func http(st *statement, co []llb.ConstraintsOpt) llb.State {
	opts := convert[llb.HTTPOption](co)
	if st.Checksum != "" {
		opts = append(opts, llb.Checksum(digest.Digest(st.Checksum)))
	}
	if st.Filename != "" {
		opts = append(opts, llb.Filename(st.Filename))
	}
	if st.Chmod != nil {
		opts = append(opts, llb.Chmod(os.FileMode(*st.Chmod)))
	}
	if st.Chown != nil {
		opts = append(opts, llb.Chown(st.Chown[0], st.Chown[1]))
	}
	if st.AuthHeaderSecret != nil {
		opts = append(opts, llb.AuthHeaderSecret(*st.AuthHeaderSecret))
	}
	if st.Accept != "" || st.UserAgent != "" {
		opts = append(opts, llb.Header(llb.HTTPHeader{Accept: st.Accept, UserAgent: st.UserAgent}))
	}
	if st.SigPubkey != "" || st.Signature != "" {
		opts = append(opts, llb.VerifyPGPSignature(llb.HTTPSignatureInfo{
			PubKey: []byte(st.SigPubkey), Signature: []byte(st.Signature)}))
	}
	return llb.HTTP(st.URL, opts...)
}

func ociLayout(st *statement, co []llb.ConstraintsOpt) llb.State {
	opts := convert[llb.OCILayoutOption](co)
	if st.SessionID != "" || st.StoreID != "" {
		opts = append(opts, llb.OCIStore(st.SessionID, st.StoreID))
	}
	if st.LayerLimit != nil {
		opts = append(opts, llb.OCILayerLimit(*st.LayerLimit))
	}
	if st.Checksum != "" {
		opts = append(opts, llb.OCIChecksum(digest.Digest(st.Checksum)))
	}
	return llb.OCILayout(st.Ref, opts...)
}

func blobOptions(st *statement, co []llb.ConstraintsOpt) []llb.ImageBlobOption {
	opts := convert[llb.ImageBlobOption](co)
	if st.Filename != "" {
		opts = append(opts, llb.Filename(st.Filename))
	}
	if st.Chmod != nil {
		opts = append(opts, llb.Chmod(os.FileMode(*st.Chmod)))
	}
	if st.Chown != nil {
		opts = append(opts, llb.Chown(st.Chown[0], st.Chown[1]))
	}
	if st.SessionID != "" || st.StoreID != "" {
		opts = append(opts, llb.ImageBlobOCIStore(st.SessionID, st.StoreID))
	}
	return opts
}

// convert widens constraints to the options of a kind of source.
func convert[T any](co []llb.ConstraintsOpt) []T {
	var out []T
	for _, c := range co {
		out = append(out, c.(T))
	}
	return out
}
