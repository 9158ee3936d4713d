package main

import (
	"encoding/json"
	"strings"
)

const sum = "sha256:4bcff63911fcb4448bd4fdacec207030997caf25e9bea4045fa6c8c44de311d1"

func raw(v any) json.RawMessage {
	dt, err := json.Marshal(v)
	if err != nil {
		panic(err) // values are ours
	}
	return dt
}

// obj is an object of one member.
func obj(key string, value any) json.RawMessage {
	return raw(map[string]any{key: value})
}

func (g *gen) text() string {
	if g.maybe(60) {
		return strings.Repeat(pick(g, "x", "é", "a b"), 50+g.r.IntN(9000))
	}
	return pick(g, "a", "b", "a b", "/x", "", "é\u4e16", "quo\"te", "k=v", "$HOME", "\t\n",
		"<&>", "\u2028", "\x01\x7f", "100%", " lead", "\U0001f600", "a\\b", strings.Repeat("l", 128))
}

func (g *gen) path() string {
	return pick(g, "/", "/a", "/a/b", "/out", "rel", "./rel/../x", "/usr/bin/", "..", "/a//b/.", "/ü",
		".", "./", "a/.", "/.", "a/./", "../../x", "//", "/a b", "/*", "/a/../..", "~", "")
}

func (g *gen) platform() *platformIn {
	return pick(g, &platformIn{OS: "linux", Arch: "amd64"}, &platformIn{OS: "linux", Arch: "arm64", Variant: "v8"},
		&platformIn{OS: "linux", Arch: "arm", Variant: "v7"}, &platformIn{OS: "Linux", Arch: "aarch64"},
		&platformIn{OS: "windows", Arch: "amd64", OSVersion: "10.0.1", OSFeatures: []string{"win32k", "b", "b"}},
		&platformIn{OS: "darwin", Arch: "x86_64", Variant: "v1"})
}

// aliases are platforms that a state writes in their normal form.
func (g *gen) aliases() *platformIn {
	return &platformIn{OS: pick(g, "linux", "Linux", "macos", "", "windows"),
		Arch: pick(g, "amd64", "x86_64", "x86-64", "i386", "aarch64", "arm64", "armhf",
			"armel", "arm", "ARM64", "riscv64", "s390x", "i686", ""),
		Variant:    pick(g, "", "", "v1", "v2", "8", "v8", "v8.0", "9", "v9.0", "7", "5", "V6", "x"),
		OSFeatures: pick(g, nil, nil, []string{"b", "a", "b"})}
}

func (g *gen) constraints() []constraint {
	var out []constraint
	for g.maybe(3) && len(out) < 4 {
		out = append(out, g.constraint())
	}
	return out
}

func (g *gen) constraint() constraint {
	switch g.r.IntN(10) {
	case 0:
		return constraint{Platform: g.platform()}
	case 1:
		return constraint{IgnoreCache: true}
	case 2:
		m := map[string]string{}
		for range g.r.IntN(4) {
			m[pick(g, "k1", "k2", "é", "llb.customname", "")] = g.text()
		}
		return constraint{Description: &m}
	case 3:
		return constraint{CustomName: ptr(g.text())}
	case 4:
		return constraint{ExportCache: pick(g, "on", "off", "default")}
	case 5:
		return constraint{ProgressGroup: &groupIn{pick(g, "g1", "g2", ""), g.text(), g.maybe(2)}}
	case 6, 7:
		if len(g.maps) > 0 {
			return constraint{Location: g.location()}
		}
		return constraint{LocalUniqueID: ptr(pick(g, "own", ""))}
	case 8:
		return constraint{LinuxResources: g.resources()}
	}
	return constraint{Require: some(g, "worker=a", "b==c", "")}
}

func (g *gen) resources() *resourcesIn {
	r := &resourcesIn{}
	if g.maybe(2) {
		r.Memory, r.MemorySwap = 1<<30, pick(g, int64(-1), 0, 1<<31)
	}
	if g.maybe(2) {
		r.CPUShares, r.CPUPeriod, r.CPUQuota = uint64(g.r.IntN(2048)), 100000, pick(g, int64(-1), 0, 50000)
	}
	if g.maybe(2) {
		r.CpusetCpus, r.CpusetMems = pick(g, "0-3", "", "1,2"), pick(g, "0", "")
	}
	return r
}

func (g *gen) location() *locationIn {
	loc := &locationIn{Map: pick(g, g.maps...), Ranges: [][4]int32{}}
	for range g.r.IntN(3) {
		line := pick(g, int32(1+g.r.IntN(9)), 0, 1000000)
		loc.Ranges = append(loc.Ranges, [4]int32{line, int32(g.r.IntN(4)), line, int32(5 + g.r.IntN(40))})
	}
	return loc
}

func (g *gen) stateOptions() []json.RawMessage {
	var out []json.RawMessage
	for range 1 + g.r.IntN(4) {
		out = append(out, g.stateOption())
	}
	return out
}

func (g *gen) stateOption() json.RawMessage {
	switch g.r.IntN(17) {
	case 15, 16:
		return obj("state_platform", g.aliases())
	case 0, 1, 2:
		return obj("env", [2]string{pick(g, "A", "B", "PATH", "é", "", "SSH_AUTH_SOCK", "a=b", "path"), g.text()})
	case 3, 4:
		return obj("dir", pick(g, "/w", "rel", "../up", "/", "a/./b//c", "", "/x/../y", "/t/", ".."))
	case 5:
		return obj("user", pick(g, "root", "1:2", "", g.text()))
	case 6:
		return obj("hostname", pick(g, "box", "", "é"))
	case 7:
		return obj("extra_host", [2]string{pick(g, "db", "web", ""),
			pick(g, "10.0.0.1", "::1", "::ffff:1.2.3.4", "1:0:0:2::3", "2001:DB8:0:0:1:0:0:1", "::", "0.0.0.0", "fe80::a:b")})
	case 8:
		return obj("ulimit", ulimitIn{pick(g, "nofile", "nproc", "", "é"), int64(g.r.IntN(3)-1) * 1024, 2048})
	case 9:
		return obj("network", pick(g, "sandbox", "host", "none"))
	case 10:
		return obj("security", pick(g, "sandbox", "insecure"))
	case 11:
		return obj("cgroup_parent", pick(g, "", "/c", "a/b"))
	case 12, 13:
		return obj("image_config", g.config())
	}
	return obj("reset", g.state())
}

// config is the JSON of an image config.
func (g *gen) config() string {
	return pick(g, "{}", "null", `{"config":null}`,
		`{"config":{"Env":["A=1","B=x=y","C","=z","A=2"],"WorkingDir":"/app"}}`,
		`{"os":"linux","architecture":"aarch64","variant":"v8","config":{"WorkingDir":"sub"}}`,
		`{"os":"linux","config":{"Env":["PATH=/bin"],"User":"u","Cmd":["x"]}}`,
		`{"OS":"Windows","Architecture":"amd64","os.version":"10.0","os.features":["b","a"],"config":{"ENV":[]}}`,
		`{"architecture":"arm","os":"linux","config":{"Env":["é=\u00fc\ud83d\ude00"],"workingdir":"/w/../x"}}`)
}
