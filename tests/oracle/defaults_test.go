package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// What giving a default by hand does to Go's bytes.
const (
	same   = "same"   // nothing: the client knows the default
	writes = "writes" // it is written: left out, the daemon knows the default
	silent = "silent" // no bytes of a graph say it; a unit test does
)

// defaults has a row for each "Default:" of libllb's headers: the beginning of
// its text, and the statements of a graph without and with the option.
var defaults = []struct{ header, text, does, without, with string }{
	{"graph.h", "8 GiB", silent, "", ""},
	{"graph.h", "at most 8 GiB of memory", silent, "", ""},
	{"marshal.h", "the platform of this machine", silent, "", ""},
	{"marshal.h", "this machine's platform", silent, "", ""},
	{"exec.h", "the arguments of the state, a writable root", silent, "", ""},
	{"constraints.h", "0", silent, "", ""}, // Go has an option for 1 only

	{"constraints.h", "no platform of its own", same, `{"op":"image","ref":"a"}`, `{"op":"image","ref":"a","constraints":[]}`},
	{"constraints.h", "unset", same, `{"op":"image","ref":"a"}`, `{"op":"image","ref":"a","constraints":[{"export_cache":"default"}]}`},
	{"constraints.h", "that of the state", same, ranWith(`{"state_platform":{"os":"linux","arch":"arm","variant":"v7"}}`),
		ranWith(`{"state_platform":{"os":"linux","arch":"arm","variant":"v7"}},{"platform":{"os":"linux","arch":"arm","variant":"v7"}}`)},
	{"constraints.h", "the daemon makes a name", writes, `{"op":"image","ref":"a"}`, `{"op":"image","ref":"a","constraints":[{"custom_name":"a"}]}`},
	{"constraints.h", "none.", writes, `{"op":"image","ref":"a"}`, `{"op":"image","ref":"a","constraints":[{"progress_group":{"id":"g"}}]}`},
	{"constraints.h", "none. On an exec's", writes, ranWith(``), ranWith(`{"linux_resources":{}}`)},
	{"constraints.h", "NULL.", same, `{"op":"local","name":"c"}`, `{"op":"local","name":"c","constraints":[{"local_unique_id":""}]}`},
	{"source.h", "no attributes", same, `{"op":"source","identifier":"x://y"}`, `{"op":"source","identifier":"x://y","attrs":{}}`},
	{"image.h", "resolve mode as the daemon sees fit", same, `{"op":"image","ref":"a"}`,
		`{"op":"image","ref":"a","resolve_mode":"default","internal":false,"checksum":""}`},

	{"exec.h", "all of it", same, ranWith(`{"mount":{"dest":"/m","source":"i"}}`), ranWith(`{"mount":{"dest":"/m","source":"i","selector":""}}`)},
	{"exec.h", "LLB_CACHE_SHARED", same, ranWith(`{"mount":{"dest":"/m","source":null,"cache":{"id":"c"}}}`),
		ranWith(`{"mount":{"dest":"/m","source":null,"cache":{"id":"c","sharing":"shared"}}}`)},
	{"exec.h", "as the daemon does it", same, ranWith(`{"mount":{"dest":"/m","source":"i"}}`), ranWith(`{"mount":{"dest":"/m","source":"i","content_cache":"default"}}`)},
	{"exec.h", "0, no limit of its own", same, ranWith(`{"mount":{"dest":"/m","source":null,"tmpfs":{}}}`), ranWith(`{"mount":{"dest":"/m","source":null,"tmpfs":{"size":0}}}`)},
	{"exec.h", "dest, else env", same, ranWith(`{"secret":{"dest":"/s"}}`), ranWith(`{"secret":{"dest":"/s","id":"/s"}}`)},
	{"exec.h", "0 and 0", same, ranWith(`{"secret":{"dest":"/s"}}`), ranWith(`{"secret":{"dest":"/s","file":{"uid":0,"gid":0,"mode":256}}}`)},
	{"exec.h", "0400", same, ranWith(`{"secret":{"dest":"/s"}}`), ranWith(`{"secret":{"dest":"/s","file":{"uid":0,"gid":0,"mode":256}}}`)},
	{"exec.h", `"", which means "default"`, same, ranWith(`{"ssh":{}}`), ranWith(`{"ssh":{"id":""}}`)},
	{"exec.h", "/run/buildkit/ssh_agent.N", same, ranWith(`{"ssh":{}},{"ssh":{}}`),
		ranWith(`{"ssh":{"target":"/run/buildkit/ssh_agent.0"}},{"ssh":{"target":"/run/buildkit/ssh_agent.1"}}`)},
	{"exec.h", "0 and 0", same, ranWith(`{"ssh":{}}`), ranWith(`{"ssh":{"socket":{"target":"/run/buildkit/ssh_agent.0","uid":0,"gid":0,"mode":384}}}`)},
	{"exec.h", "0600", same, ranWith(`{"ssh":{}}`), ranWith(`{"ssh":{"socket":{"target":"/run/buildkit/ssh_agent.0","uid":0,"gid":0,"mode":384}}}`)},
	{"exec.h", "shlex, else the arguments", same, ranWith(`{"args":["a","b"]}`), ranWith(`{"shlex":"a b"}`)},
	{"exec.h", "base.", same, ranWith(``), ranWith(`{"user":""}`)},

	{"file.h", "root", writes, filed(`{"mkdir":{"path":"/d","mode":493}}`), filed(`{"mkdir":{"path":"/d","mode":493,"owner":{"uid_gid":[0,0]}}}`)},
	{"file.h", "now", writes, filed(`{"mkdir":{"path":"/d","mode":493}}`), filed(`{"mkdir":{"path":"/d","mode":493,"created":{"sec":0,"nsec":0}}}`)},
	{"file.h", "without parents", same, filed(`{"mkdir":{"path":"/d","mode":493}}`), filed(`{"mkdir":{"path":"/d","mode":493,"parents":false}}`)},
	{"file.h", "root", writes, filed(`{"mkfile":{"path":"/f","mode":420,"data_hex":""}}`), filed(`{"mkfile":{"path":"/f","mode":420,"data_hex":"","owner":{"uid_gid":[0,0]}}}`)},
	{"file.h", "now", writes, filed(`{"mkfile":{"path":"/f","mode":420,"data_hex":""}}`), filed(`{"mkfile":{"path":"/f","mode":420,"data_hex":"","created":{"sec":0,"nsec":0}}}`)},
	{"file.h", "root, now", writes, filed(`{"mkfile":{"path":"/f","mode":420,"data_hex":""}}`), filed(`{"mkfile":{"path":"/f","mode":420,"data_hex":"","owner":{"user":"root"}}}`)},
	{"file.h", "root, now", writes, filed(`{"symlink":{"oldpath":"/o","newpath":"/n"}}`), filed(`{"symlink":{"oldpath":"/o","newpath":"/n","owner":{"user":"root"}}}`)},
	{"file.h", "it must exist", same, filed(`{"rm":{"path":"/f"}}`), filed(`{"rm":{"path":"/f","allow_not_found":false,"allow_wildcard":false}}`)},
	{"file.h", "all off", same, filed(copied(``)), filed(copied(`,"follow_symlinks":false,"dir_contents_only":false,"attempt_unpack":false,"create_dest_path":false,"allow_wildcard":false,"allow_empty_wildcard":false,"always_replace":false`))},
	{"file.h", "modes, owners and times", same, filed(copied(``)), filed(copied(`,"mode_str":"","required_paths":[]`))},
	{"file.h", "as in src", writes, filed(copied(``)), filed(copied(`,"mode":420`))},
	{"file.h", "as in src", writes, filed(copied(``)), filed(copied(`,"owner":{"uid_gid":[0,0]}`))},
	{"file.h", "as in src", writes, filed(copied(``)), filed(copied(`,"created":{"sec":0,"nsec":0}`))},
	{"file.h", "everything", same, filed(copied(``)), filed(copied(`,"include":[]`))},
	{"file.h", "nothing", same, filed(copied(``)), filed(copied(`,"exclude":[]`))},

	{"git.h", `"default"`, same, `{"op":"git","remote":"git@h:p","ref":"","known_ssh_hosts":["h k"]}`,
		`{"op":"git","remote":"git@h:p","ref":"","known_ssh_hosts":["h k"],"mount_ssh_sock":"default"}`},
	{"git.h", "no .git", same, `{"op":"git","remote":"https://h/p","ref":""}`,
		`{"op":"git","remote":"https://h/p","ref":"","keep_git_dir":false,"skip_submodules":false,"advice":false,"checksum":""}`},
	{"http.h", "0 and 0", same, `{"op":"http","url":"https://h"}`, `{"op":"http","url":"https://h","chown":[0,0]}`},
	{"http.h", "as the server", same, `{"op":"http","url":"https://h"}`, `{"op":"http","url":"https://h","filename":""}`},
	{"http.h", "no checksum", same, `{"op":"http","url":"https://h"}`, `{"op":"http","url":"https://h","checksum":"","chmod":0,"auth_header_secret":""}`},
	{"local.h", "the daemon compares", writes, `{"op":"local","name":"c"}`, `{"op":"local","name":"c","differ":{"type":"metadata","required":false}}`},
	{"local.h", "the session of the solve", same, `{"op":"local","name":"c"}`, `{"op":"local","name":"c","session_id":""}`},
	{"local.h", "all files", same, `{"op":"local","name":"c"}`, `{"op":"local","name":"c","include":[],"exclude":[],"follow":[],"shared_key_hint":""}`},
	{"merge.h", "the file buildkit.llb.definition", same, `{"op":"build","source":"i"}`, `{"op":"build","source":"i","filename":"","constraints":[]}`},
	{"merge.h", `"buildkit.llb.definition"`, same, `{"op":"build","source":"i"}`, `{"op":"build","source":"i","filename":""}`},
	{"oci.h", "the session of the solve", same, `{"op":"oci_layout","ref":"a@b"}`, `{"op":"oci_layout","ref":"a@b","session_id":"","store_id":""}`},
	{"oci.h", "session of the solve, all", same, `{"op":"oci_layout","ref":"a@b"}`, `{"op":"oci_layout","ref":"a@b","session_id":"","checksum":""}`},
	{"oci.h", "0600", same, blobOf(``), blobOf(`,"chmod":0`)},
	{"oci.h", "0 and 0", same, blobOf(``), blobOf(`,"chown":[0,0]`)},
	{"oci.h", "made from the digest", same, blobOf(``), blobOf(`,"filename":""`)},
	{"oci.h", "permissions 0600", same, blobOf(``), blobOf(`,"chmod":0,"chown":[0,0],"filename":"","session_id":""`)},
	{"oci.h", "as for llb_image_blob()", same, blobOf(``), blobOf(`,"store_id":""`)},
}

func ranWith(options string) string {
	if !strings.Contains(options, `"args"`) && !strings.Contains(options, `"shlex"`) {
		options = strings.TrimSuffix(`{"args":["x"]},`+options, ",")
	}
	return `{"op":"run","base":"i","options":[` + options + `]}`
}

func filed(actions string) string { return `{"op":"file","base":"i","actions":[` + actions + `]}` }

func copied(more string) string { return `{"copy":{"from":"i","src":"/a","dest":"/b"` + more + `}}` }

func blobOf(more string) string { return `{"op":"oci_layout_blob","ref":"a@` + sum + `"` + more + `}` }

// headerDefaults are the texts behind "Default:" of libllb's headers.
func headerDefaults(t *testing.T) map[string][]string {
	out := map[string][]string{}
	stars := regexp.MustCompile(`(?m)^[ \t]*\*[ \t]?`)
	for _, h := range []string{"graph", "state", "constraints", "marshal", "source", "image", "oci", "local",
		"git", "http", "exec", "file", "merge", "passthrough", "source_map"} {
		dt, err := os.ReadFile("../../include/llb/" + h + ".h")
		if err != nil {
			t.Fatal(err)
		}
		text := strings.Join(strings.Fields(stars.ReplaceAllString(string(dt), "")), " ")
		for _, part := range strings.Split(text, "Default: ")[1:] {
			out[h+".h"] = append(out[h+".h"], part)
		}
	}
	return out
}

func TestEachDefaultOfTheHeadersHasARow(t *testing.T) {
	left := headerDefaults(t)
	for _, d := range defaults {
		at := slices.IndexFunc(left[d.header], func(text string) bool {
			rest, ok := strings.CutPrefix(text, d.text)
			return ok && !strings.ContainsAny(rest[:1], "abcdefghijklmnopqrstuvwxyz")
		})
		if at < 0 {
			t.Errorf("%s has no (further) default %q", d.header, d.text)
			continue
		}
		left[d.header] = slices.Delete(left[d.header], at, at+1)
	}
	for h, texts := range left {
		for _, text := range texts {
			t.Errorf("no row for %s: Default: %.60s", h, text)
		}
	}
}

// played is a line of the golden file: the graph letter for letter, so that an
// option that is given as nothing stays given, and what Go makes of it.
func played(t *testing.T, name, doc, graph string) (line []byte, digest string) {
	graph = `[{"id":"i","op":"image","ref":"alpine"},` + strings.Replace(graph, `{`, `{"id":"s",`, 1) + `]`
	s := &scenario{Name: name, Doc: doc, Result: "s", Marshal: []constraint{
		{Platform: &platformIn{OS: "linux", Arch: "amd64"}}, {LocalUniqueID: ptr("u")}}}
	if err := decode([]byte(graph), &s.Graph); err != nil {
		t.Fatalf("%s: %v", graph, err)
	}
	if err := complete(s); err != nil || s.Error != "" {
		t.Fatalf("%s: %v %s", graph, err, s.Error)
	}
	var whole map[string]json.RawMessage
	if err := json.Unmarshal(raw(s), &whole); err != nil {
		t.Fatal(err)
	}
	whole["graph"] = json.RawMessage(graph)
	return raw(whole), s.SHA256
}

func TestDefaultsAreGosAndTheGoldenFileHasThem(t *testing.T) {
	path := filepath.Join("..", "golden-defs", "defaults.jsonl")
	var lines []string
	for i, d := range defaults {
		if d.does == silent {
			continue
		}
		name := "d-" + strings.TrimSuffix(d.header, ".h") + "-" + string(raw(i))
		doc := d.header + ", Default: " + d.text
		without, a := played(t, name, doc, d.without)
		with, b := played(t, name+"-given", doc, d.with)
		if (a == b) != (d.does == same) {
			t.Errorf("%s: %s should be %s", doc, d.with, d.does)
		}
		lines = append(lines, string(without), string(with))
	}
	text := strings.Join(lines, "\n") + "\n"
	if os.Getenv("LLB_UPDATE_GOLDEN") == "1" {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != text {
		t.Errorf("%s is not what the table says; LLB_UPDATE_GOLDEN=1 writes it (%v)", path, err)
	}
}
