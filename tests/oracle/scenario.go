package main

import (
	"bytes"
	"encoding/json"
)

// A scenario is one graph in the neutral form of the golden definitions, and
// what a library makes of it.
type scenario struct {
	Name       string         `json:"name"`
	Doc        string         `json:"doc"`
	Graph      []statement    `json:"graph"`
	Result     string         `json:"result"`
	Marshal    []constraint   `json:"marshal"`
	Error      string         `json:"error,omitempty"`
	Ops        []opOut        `json:"ops"`
	Varies     bool           `json:"go_def_order_varies,omitempty"`
	Metadata   map[string]any `json:"metadata"`
	Source     *sourceOut     `json:"source"`
	Definition string         `json:"definition"`
	SHA256     string         `json:"definition_sha256"`
}

// A statement holds the members of all kinds; op says which ones count. What
// is absent is "not given", so members whose zero means something are
// pointers.
type statement struct {
	ID          string       `json:"id"`
	Op          string       `json:"op"`
	Constraints []constraint `json:"constraints,omitempty"`

	// sources
	Ref              string            `json:"ref,omitempty"`
	ResolveMode      string            `json:"resolve_mode,omitempty"`
	Internal         bool              `json:"internal,omitempty"`
	LayerLimit       *int              `json:"layer_limit,omitempty"`
	Resolver         *resolver         `json:"resolver,omitempty"`
	Checksum         string            `json:"checksum,omitempty"`
	Name             string            `json:"name,omitempty"`
	SessionID        string            `json:"session_id,omitempty"`
	Include          []string          `json:"include,omitempty"`
	Exclude          []string          `json:"exclude,omitempty"`
	Follow           []string          `json:"follow,omitempty"`
	SharedKeyHint    string            `json:"shared_key_hint,omitempty"`
	Differ           *differ           `json:"differ,omitempty"`
	MetadataOnly     *[]string         `json:"metadata_only,omitempty"`
	Remote           string            `json:"remote,omitempty"`
	KeepGitDir       bool              `json:"keep_git_dir,omitempty"`
	AuthTokenSecret  *string           `json:"auth_token_secret,omitempty"`
	AuthHeaderSecret *string           `json:"auth_header_secret,omitempty"`
	KnownSSHHosts    []string          `json:"known_ssh_hosts,omitempty"`
	MountSSHSock     *string           `json:"mount_ssh_sock,omitempty"`
	GitRef           string            `json:"git_ref,omitempty"`
	SubDir           string            `json:"sub_dir,omitempty"`
	MTime            string            `json:"mtime,omitempty"`
	SkipSubmodules   bool              `json:"skip_submodules,omitempty"`
	FetchByCommit    bool              `json:"fetch_by_commit,omitempty"`
	CheckoutBundle   bool              `json:"checkout_bundle,omitempty"`
	Bundle           string            `json:"bundle,omitempty"`
	BundleSession    string            `json:"bundle_session,omitempty"`
	BundleStore      string            `json:"bundle_store,omitempty"`
	Advice           bool              `json:"advice,omitempty"`
	URL              string            `json:"url,omitempty"`
	Filename         string            `json:"filename,omitempty"`
	Chmod            *int              `json:"chmod,omitempty"`
	Chown            *[2]int           `json:"chown,omitempty"`
	Accept           string            `json:"accept,omitempty"`
	UserAgent        string            `json:"user_agent,omitempty"`
	SigPubkey        string            `json:"sig_pubkey,omitempty"`
	Signature        string            `json:"signature,omitempty"`
	StoreID          string            `json:"store_id,omitempty"`
	Identifier       string            `json:"identifier,omitempty"`
	Attrs            map[string]string `json:"attrs,omitempty"`

	// what goes on from other states
	Base    string            `json:"base,omitempty"`
	Options []json.RawMessage `json:"options,omitempty"`
	Exec    string            `json:"exec,omitempty"`
	Mount   *mountIn          `json:"mount,omitempty"`
	Dest    string            `json:"dest,omitempty"`
	Actions []action          `json:"actions,omitempty"`
	Set     []json.RawMessage `json:"set,omitempty"`
	Inputs  json.RawMessage   `json:"inputs,omitempty"`
	Lower   string            `json:"lower,omitempty"`
	Upper   string            `json:"upper,omitempty"`
	Source  string            `json:"source,omitempty"`
	PassID  string            `json:"pass_id,omitempty"`
	Index   int               `json:"index,omitempty"`
	Deps    []string          `json:"deps,omitempty"`

	// source maps and definitions
	State    string       `json:"state,omitempty"`
	Language string       `json:"language,omitempty"`
	Text     string       `json:"text,omitempty"`
	Of       string       `json:"of,omitempty"`
	Marshal  []constraint `json:"marshal,omitempty"`
}

type resolver struct {
	Digest        string `json:"digest"`
	Config        string `json:"config"`
	ResolveDigest bool   `json:"resolve_digest,omitempty"`
}

type differ struct {
	Type     string `json:"type"`
	Required bool   `json:"required,omitempty"`
}

type platformIn struct {
	OS         string   `json:"os"`
	Arch       string   `json:"arch"`
	Variant    string   `json:"variant,omitempty"`
	OSVersion  string   `json:"os_version,omitempty"`
	OSFeatures []string `json:"os_features,omitempty"`
}

type groupIn struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
	Weak bool   `json:"weak,omitempty"`
}

type resourcesIn struct {
	Memory     int64  `json:"memory,omitempty"`
	MemorySwap int64  `json:"memory_swap,omitempty"`
	CPUShares  uint64 `json:"cpu_shares,omitempty"`
	CPUPeriod  uint64 `json:"cpu_period,omitempty"`
	CPUQuota   int64  `json:"cpu_quota,omitempty"`
	CpusetCpus string `json:"cpuset_cpus,omitempty"`
	CpusetMems string `json:"cpuset_mems,omitempty"`
}

type locationIn struct {
	Map    string     `json:"map"`
	Ranges [][4]int32 `json:"ranges"`
}

// A constraint has exactly one member.
type constraint struct {
	Platform       *platformIn        `json:"platform,omitempty"`
	IgnoreCache    bool               `json:"ignore_cache,omitempty"`
	Description    *map[string]string `json:"description,omitempty"`
	CustomName     *string            `json:"custom_name,omitempty"`
	ExportCache    string             `json:"export_cache,omitempty"`
	ProgressGroup  *groupIn           `json:"progress_group,omitempty"`
	Require        []string           `json:"require,omitempty"`
	LocalUniqueID  *string            `json:"local_unique_id,omitempty"`
	Caps           *[]string          `json:"caps,omitempty"`
	Location       *locationIn        `json:"location,omitempty"`
	LinuxResources *resourcesIn       `json:"linux_resources,omitempty"`
}

// A stateOption has exactly one member.
type stateOption struct {
	Env           *[2]string  `json:"env,omitempty"`
	Dir           *string     `json:"dir,omitempty"`
	User          *string     `json:"user,omitempty"`
	Hostname      *string     `json:"hostname,omitempty"`
	CgroupParent  *string     `json:"cgroup_parent,omitempty"`
	ExtraHost     *[2]string  `json:"extra_host,omitempty"`
	Ulimit        *ulimitIn   `json:"ulimit,omitempty"`
	Network       string      `json:"network,omitempty"`
	Security      string      `json:"security,omitempty"`
	StatePlatform *platformIn `json:"state_platform,omitempty"`
	ImageConfig   *string     `json:"image_config,omitempty"`
	Reset         string      `json:"reset,omitempty"`
}

type ulimitIn struct {
	Name string `json:"name"`
	Soft int64  `json:"soft"`
	Hard int64  `json:"hard"`
}

// A runOption has exactly one member, of its own or of those above.
type runOption struct {
	Args           *[]string `json:"args,omitempty"`
	Shlex          *string   `json:"shlex,omitempty"`
	ReadonlyRoot   bool      `json:"readonly_root,omitempty"`
	Mount          *mountIn  `json:"mount,omitempty"`
	Secret         *secretIn `json:"secret,omitempty"`
	SSH            *sshIn    `json:"ssh,omitempty"`
	Proxy          *proxyIn  `json:"proxy,omitempty"`
	ValidExitCodes *[]int    `json:"valid_exit_codes,omitempty"`
	CDIDevice      *deviceIn `json:"cdi_device,omitempty"`
}

type mountIn struct {
	Dest     string  `json:"dest"`
	Source   *string `json:"source"`
	Readonly bool    `json:"readonly,omitempty"`
	Selector string  `json:"selector,omitempty"`
	NoOutput bool    `json:"no_output,omitempty"`
	Cache    *struct {
		ID      string `json:"id"`
		Sharing string `json:"sharing"`
	} `json:"cache,omitempty"`
	Tmpfs *struct {
		Size int64 `json:"size"`
	} `json:"tmpfs,omitempty"`
	ContentCache string `json:"content_cache,omitempty"`
}

type ownedFile struct {
	Target string `json:"target,omitempty"`
	UID    int    `json:"uid"`
	GID    int    `json:"gid"`
	Mode   int    `json:"mode"`
}

type secretIn struct {
	Dest     string     `json:"dest"`
	ID       *string    `json:"id,omitempty"`
	Env      bool       `json:"env,omitempty"`
	Optional bool       `json:"optional,omitempty"`
	File     *ownedFile `json:"file,omitempty"`
	EnvName  *string    `json:"env_name,omitempty"`
	NoDest   bool       `json:"no_dest,omitempty"`
}

type sshIn struct {
	ID       *string    `json:"id,omitempty"`
	Target   *string    `json:"target,omitempty"`
	Socket   *ownedFile `json:"socket,omitempty"`
	Optional bool       `json:"optional,omitempty"`
}

type proxyIn struct {
	HTTP  string `json:"http_proxy,omitempty"`
	HTTPS string `json:"https_proxy,omitempty"`
	FTP   string `json:"ftp_proxy,omitempty"`
	No    string `json:"no_proxy,omitempty"`
	All   string `json:"all_proxy,omitempty"`
}

type deviceIn struct {
	Name     string `json:"name"`
	Optional bool   `json:"optional,omitempty"`
}

type ownerIn struct {
	User   *string `json:"user,omitempty"`
	UIDGID *[2]int `json:"uid_gid,omitempty"`
}

type timeIn struct {
	Sec  int64 `json:"sec"`
	Nsec int64 `json:"nsec"`
}

type common struct {
	Owner   *ownerIn `json:"owner,omitempty"`
	Created *timeIn  `json:"created,omitempty"`
}

// An action has exactly one member.
type action struct {
	Mkdir   *mkdirIn   `json:"mkdir,omitempty"`
	Mkfile  *mkfileIn  `json:"mkfile,omitempty"`
	Rm      *rmIn      `json:"rm,omitempty"`
	Copy    *copyIn    `json:"copy,omitempty"`
	Symlink *symlinkIn `json:"symlink,omitempty"`
}

type mkdirIn struct {
	Path    string `json:"path"`
	Mode    uint32 `json:"mode"`
	Parents bool   `json:"parents,omitempty"`
	common
}

type mkfileIn struct {
	Path    string `json:"path"`
	Mode    uint32 `json:"mode"`
	DataHex string `json:"data_hex"`
	common
}

type rmIn struct {
	Path          string `json:"path"`
	AllowNotFound bool   `json:"allow_not_found,omitempty"`
	AllowWildcard bool   `json:"allow_wildcard,omitempty"`
}

type copyIn struct {
	From               string   `json:"from"`
	Src                string   `json:"src"`
	Dest               string   `json:"dest"`
	Mode               *uint32  `json:"mode,omitempty"`
	ModeStr            string   `json:"mode_str,omitempty"`
	FollowSymlinks     bool     `json:"follow_symlinks,omitempty"`
	DirContentsOnly    bool     `json:"dir_contents_only,omitempty"`
	Include            []string `json:"include,omitempty"`
	Exclude            []string `json:"exclude,omitempty"`
	RequiredPaths      []string `json:"required_paths,omitempty"`
	AttemptUnpack      bool     `json:"attempt_unpack,omitempty"`
	CreateDestPath     bool     `json:"create_dest_path,omitempty"`
	AllowWildcard      bool     `json:"allow_wildcard,omitempty"`
	AllowEmptyWildcard bool     `json:"allow_empty_wildcard,omitempty"`
	AlwaysReplace      bool     `json:"always_replace,omitempty"`
	common
}

type symlinkIn struct {
	OldPath string `json:"oldpath"`
	NewPath string `json:"newpath"`
	common
}

type passInput struct {
	State  string `json:"state"`
	Output bool   `json:"output,omitempty"`
}

// decode refuses members it does not know: an option that is read over would
// be a test that tests nothing.
func decode(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	return d.Decode(into)
}
