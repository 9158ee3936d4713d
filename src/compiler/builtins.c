/* The table of built-ins: names, parameters, options, what they say about
 * themselves, and the functions that do the work. */
#include "builtins.h"

#include "builtins_impl.h"

/* What the exporters of images have in common. */
#define IMAGE_ATTRS                                                            \
    "oci_mediatypes:bool oci_artifact:bool attestation_inline:bool "           \
    "prefer_nondist_layers:bool source_date_epoch:int rewrite_timestamp:bool " \
    "compression:uncompressed/gzip/estargz/zstd force_compression:bool "       \
    "compression_level:int annotations:texts"
#define FILE_ATTRS                                                             \
    "source_date_epoch:int attestation_prefix:string platform_split:bool"
#define CACHE_ATTRS                                                            \
    "mode:min/max ignore_error:bool oci_mediatypes:bool "                      \
    "image_manifest:bool compression:uncompressed/gzip/estargz/zstd "          \
    "force_compression:bool compression_level:int"
#define MOUNT_OWNER "uid:int gid:int mode:int optional:bool"

const llbc__builtin llbc__builtins[] = {
    /* Steps: what a block is made of. */
    {"from", LLBC__STEP, "FS:fs", "", NULL, NULL, llbc__do_from,
     "Files, image config and platform of FS are what the following steps "
     "work on.",
     "from image(\"debian:12-slim\")"},
    {"run", LLBC__STEP, "CMD:script",
     "network:none/host/sandbox security:sandbox/insecure user dir hostname "
     "shell:[string] readonly:bool proxy:{string} no_cache:bool name "
     "exit:[int] cgroup_parent memory:size memory_swap:size cpus:text "
     "cpu_shares:int cpuset_cpus cpuset_mems",
     NULL, NULL, llbc__do_run,
     "Runs a command. A list is the program with its arguments, a string is "
     "text for the shell. The block after it holds mounts, secrets and "
     "variables of this command.",
     "run \"make install\" network=\"none\""},
    {"copy", LLBC__STEP, "FS:fs SRC:string... DST:string",
     "contents:bool wildcard:bool allow_missing:bool follow_symlinks:bool "
     "chown chmod:mode include:[string] exclude:[string] unpack:bool "
     "timestamp:int link:bool parents:bool",
     NULL, NULL, llbc__do_copy,
     "Copies files of FS. SRC is below the root of FS; DST is relative to the "
     "working directory, and a folder when it ends in \"/\" or is \".\".",
     "copy src \"include\" \"lib\" \"/usr/src/\""},
    {"mkdir", LLBC__STEP, "PATH:string...", "mode:int chown timestamp:int",
     NULL, NULL, llbc__do_mkdir,
     "Makes folders with their parents; existing ones are fine.",
     "mkdir \"/var/lib/app\" mode=0o700"},
    {"mkfile", LLBC__STEP, "PATH:string TEXT:string!",
     "mode:int chown timestamp:int", NULL, NULL, llbc__do_mkfile,
     "Makes a file. Its folder must exist.",
     "mkfile \"/etc/motd\" \"welcome\\n\""},
    {"rm", LLBC__STEP, "PATH:string...", "wildcard:bool allow_missing:bool",
     NULL, NULL, llbc__do_rm, "Removes files and folders.",
     "rm \"/usr/share/doc\" allow_missing=true"},
    {"symlink", LLBC__STEP, "TARGET:string LINK:string", "chown timestamp:int",
     NULL, NULL, llbc__do_symlink,
     "Makes a symbolic link LINK, relative to the working directory, that "
     "says TARGET.",
     "symlink \"gcc-12\" \"/usr/bin/cc\""},
    {"env", LLBC__STEP, "MAP?:texts", "*:text", NULL, NULL, llbc__do_env,
     "Sets variables for later steps and for the image.",
     "env LANG=\"C.UTF-8\" JOBS=4"},
    {"workdir", LLBC__STEP, "PATH:string", "", NULL, NULL, llbc__do_workdir,
     "Sets the working directory of later steps and of the image. Makes no "
     "folder by itself; a command finds it made.",
     "workdir \"/src\""},
    {"user", LLBC__STEP, "USER:string", "", NULL, NULL, llbc__do_user,
     "Sets the user, as name or number with an optional group, of later "
     "commands and of the image.",
     "user \"app:app\""},
    {"shell", LLBC__STEP, "ARG:string...", "", NULL, NULL, llbc__do_shell,
     "Sets what runs the text of later commands.",
     "shell [\"/bin/bash\", \"-e\", \"-c\"]"},
    {"hostname", LLBC__STEP, "NAME:string", "", NULL, NULL, llbc__do_hostname,
     "Sets the host name that later commands of this block see.",
     "hostname \"builder\""},
    {"host", LLBC__STEP, "NAME:string ADDRESS:string", "", NULL, NULL,
     llbc__do_host,
     "Adds a name to /etc/hosts of later commands of this block.",
     "host \"db.local\" \"10.0.0.5\""},
    {"ulimit", LLBC__STEP, "NAME:string SOFT:int HARD?:int", "", NULL, NULL,
     llbc__do_ulimit, "Sets a resource limit of later commands of this block.",
     "ulimit \"nofile\" 1024 4096"},
    {"network", LLBC__STEP, "MODE:none/host/sandbox", "", NULL, NULL,
     llbc__do_network, "Sets the network of later commands of this block.",
     "network \"none\""},
    {"security", LLBC__STEP, "MODE:sandbox/insecure", "", NULL, NULL,
     llbc__do_security,
     "Sets the security mode of later commands of this block.",
     "security \"insecure\""},
    {"cgroup_parent", LLBC__STEP, "PATH:string", "", NULL, NULL,
     llbc__do_cgroup_parent,
     "Sets the cgroup below which later commands of this block run.",
     "cgroup_parent \"/builds\""},
    {"option", LLBC__STEP, "", "name group no_cache:bool export_cache:bool",
     NULL, NULL, llbc__do_option,
     "Says something about all later steps of this block: their name or group "
     "in progress output, whether they use the cache.",
     "option group=\"tests\" no_cache=true"},
    {"entrypoint", LLBC__STEP, "CMD:script", "", NULL, NULL,
     llbc__do_entrypoint,
     "Sets the program of the image, and clears an inherited cmd.",
     "entrypoint [\"/usr/bin/app\"]"},
    {"cmd", LLBC__STEP, "CMD:script", "", NULL, NULL, llbc__do_cmd,
     "Sets the arguments of the image's program.", "cmd [\"--help\"]"},
    {"label", LLBC__STEP, "MAP?:texts", "*:text", NULL, NULL, llbc__do_label,
     "Sets labels of the image.",
     "label \"org.opencontainers.image.version\"=version"},
    {"expose", LLBC__STEP, "PORT:text...", "", NULL, NULL, llbc__do_expose,
     "Says on which ports the image listens, \"53/udp\" or 8080.",
     "expose 8080 \"53/udp\""},
    {"volume", LLBC__STEP, "PATH:string...", "", NULL, NULL, llbc__do_volume,
     "Says which folders of the image hold data of their own.",
     "volume \"/var/lib/app\""},
    {"stop_signal", LLBC__STEP, "SIGNAL:text", "", NULL, NULL,
     llbc__do_stop_signal, "Sets the signal that stops the image.",
     "stop_signal \"SIGINT\""},
    {"healthcheck", LLBC__STEP, "CMD:script",
     "interval timeout start_period start_interval retries:int", NULL, NULL,
     llbc__do_healthcheck,
     "Sets the command that says whether the image is well; [\"NONE\"] "
     "switches an inherited one off.",
     "healthcheck [\"/usr/bin/app\", \"--ping\"] interval=\"30s\""},
    {"onbuild", LLBC__STEP, "TEXT:string!...", "", NULL, NULL, llbc__do_onbuild,
     "Adds Dockerfile instructions for those who build on the image.",
     "onbuild \"COPY . /app\""},
    {"author", LLBC__STEP, "NAME:string", "", NULL, NULL, llbc__do_author,
     "Sets the author of the image.", "author \"Ada\""},
    {"requires", LLBC__STEP, "FS:fs...", "", NULL, NULL, llbc__do_requires,
     "The result needs each FS to succeed, and takes no files of it.",
     "requires tests()"},
    {"export", LLBC__STEP, "WHAT:call", "", NULL, NULL, llbc__do_export,
     "Says where the result of the target goes by default.",
     "export image(\"registry.example.com/app:1\", push=true)"},
    {"cache_from", LLBC__STEP, "WHAT:call", "", NULL, NULL, llbc__do_cache_from,
     "Reads a cache that another build wrote.",
     "cache_from registry(\"registry.example.com/app:cache\")"},
    {"cache_to", LLBC__STEP, "WHAT:call", "", NULL, NULL, llbc__do_cache_to,
     "Writes a cache for other builds.", "cache_to inline()"},
    {"fail", LLBC__STEP, "TEXT:string!", "", NULL, NULL, llbc__do_fail,
     "Ends the compilation with an error.",
     "if len(name) == 0 { fail \"name is empty\" }"},
    {"warn", LLBC__STEP, "TEXT:string!", "", NULL, NULL, llbc__do_warn,
     "Gives a warning while compiling.", "warn \"this target is going away\""},

    /* In the body of a run. */
    {"mount", LLBC__IN_RUN, "FS:fs PATH:string", "source readonly:bool", NULL,
     NULL, llbc__in_mount,
     "Shows FS at PATH, read-only. With `as NAME` the command may write, and "
     "NAME is what it leaves there.",
     "mount src \"/src\""},
    {"cache", LLBC__IN_RUN, "PATH:string",
     "id sharing:shared/private/locked from:fs source", NULL, NULL,
     llbc__in_cache, "A folder that stays on the daemon from build to build.",
     "cache \"/root/.cache\" sharing=\"locked\""},
    {"tmpfs", LLBC__IN_RUN, "PATH:string", "size:size", NULL, NULL,
     llbc__in_tmpfs, "A folder in memory.", "tmpfs \"/tmp\" size=\"64MiB\""},
    {"secret", LLBC__IN_RUN, "ID:string PATH?:string", "env " MOUNT_OWNER, NULL,
     NULL, llbc__in_secret,
     "A secret of the client, as a file (/run/secrets/ID unless PATH is "
     "given) or as a variable.",
     "secret \"npm-token\" env=\"NPM_TOKEN\""},
    {"ssh", LLBC__IN_RUN, "PATH?:string", "id " MOUNT_OWNER, NULL, NULL,
     llbc__in_ssh, "A socket to an ssh agent of the client.",
     "ssh id=\"default\""},
    {"env", LLBC__IN_RUN, "MAP?:texts", "*:text", NULL, NULL, llbc__in_env,
     "Variables of this command only.", "env DEBIAN_FRONTEND=\"x\""},
    {"host", LLBC__IN_RUN, "NAME:string ADDRESS:string", "", NULL, NULL,
     llbc__in_host, "A name in /etc/hosts of this command.",
     "host \"db.local\" \"10.0.0.5\""},
    {"ulimit", LLBC__IN_RUN, "NAME:string SOFT:int HARD?:int", "", NULL, NULL,
     llbc__in_ulimit, "A resource limit of this command.",
     "ulimit \"nofile\" 1024"},
    {"device", LLBC__IN_RUN, "NAME:string", "optional:bool", NULL, NULL,
     llbc__in_device, "A device by its CDI name.",
     "device \"vendor.com/gpu=all\""},
    {"fail", LLBC__IN_RUN, "TEXT:string!", "", NULL, NULL, llbc__do_fail,
     "Ends the compilation with an error.", "fail \"no such mode\""},
    {"warn", LLBC__IN_RUN, "TEXT:string!", "", NULL, NULL, llbc__do_warn,
     "Gives a warning while compiling.", "warn \"slow\""},

    /* Sources. */
    {"image", LLBC__FUNCTION, "REF:string",
     "platform:platform resolve:default/pull/local checksum layer_limit:int",
     "fs", llbc__fn_image, NULL,
     "Root filesystem and config of a container image.",
     "image(\"debian:12-slim\")"},
    {"local", LLBC__FUNCTION, "PATH:string",
     "include:[string] exclude:[string] follow:[string] ignore_file "
     "differ:none/metadata shared_key_hint metadata_only:bool "
     "metadata_exceptions:[string]",
     "fs", llbc__fn_local, NULL,
     "A folder of the project, relative to the folder of this file.",
     "local(\".\", include=[\"*.c\", \"*.h\"])"},
    {"scratch", LLBC__FUNCTION, "", "", "fs", llbc__fn_scratch, NULL,
     "The empty filesystem.", "scratch()"},
    {"http", LLBC__FUNCTION, "URL:string",
     "checksum filename chmod:int uid:int gid:int auth_secret "
     "headers:{string} sig_pubkey signature",
     "fs", llbc__fn_http, NULL,
     "A filesystem with one file, which a URL gives.",
     "http(\"https://example.com/a.tar.gz\")"},
    {"git", LLBC__FUNCTION, "URL:string",
     "ref subdir keep_git_dir:bool checksum submodules:bool ssh auth_secret "
     "auth_header_secret known_hosts:string! mtime:checkout/commit "
     "fetch_by_commit:bool checkout_bundle:bool sig_pubkey:string! "
     "sig_reject_expired:bool sig_require_signed_tag:bool "
     "sig_ignore_signed_tag:bool advice:bool",
     "fs", llbc__fn_git, NULL,
     "Files of a git repository. The URL may end in #REF:SUBDIR; checksum= "
     "is the commit that REF must be.",
     "git(\"https://example.com/a.git\", ref=\"v1\")"},
    {"oci_layout", LLBC__FUNCTION, "PATH:string",
     "tag digest platform:platform layer_limit:int", "fs", llbc__fn_oci_layout,
     NULL,
     "Root filesystem and config of an image in an OCI layout, a folder of "
     "the project. tag= or digest= choose among several images.",
     "oci_layout(\"vendor/base\", tag=\"12\")"},
    {"blob", LLBC__FUNCTION, "REF:string", "filename chmod:int uid:int gid:int",
     "fs", llbc__fn_blob, NULL, "One blob of a registry as a file.",
     "blob(\"example.com/a@sha256:...\")"},
    {"definition", LLBC__FUNCTION, "PATH:string", "locals:{string}", "fs",
     llbc__fn_definition, NULL,
     "The result of a compiled definition, which lies in a file of the "
     "project. locals= says which folders it means by which name.",
     "definition(\"base.pb\")"},
    {"llb_build", LLBC__FUNCTION, "FS:fs", "file", "fs", llbc__fn_llb_build,
     NULL,
     "The result of a definition that a step made: it lies in FS, as "
     "/buildkit.llb.definition unless file= says otherwise.",
     "llb_build(tools)"},
    {"dockerfile", LLBC__FUNCTION, "FS:fs",
     "file target args:texts platform:platform contexts:{fs}", "fs",
     llbc__fn_dockerfile, NULL,
     "The result of a Dockerfile of FS, with its image config: the daemon's "
     "frontend is asked while compiling. contexts= are named ones.",
     "dockerfile(local(\".\"), target=\"app\")"},
    {"frontend", LLBC__FUNCTION, "REF:string OPTIONS?:texts",
     "inputs:{fs} platform:platform", "fs", llbc__fn_frontend, NULL,
     "The result of a BuildKit frontend, which is an image that runs on the "
     "daemon while compiling: its reference has a digest, or a lock file "
     "holds the result.",
     "frontend(\"example.com/front@sha256:...\", {mode: \"x\"})"},

    /* Filesystems. */
    {"merge", LLBC__FUNCTION, "FS:fs...", "", "fs", llbc__fn_merge, NULL,
     "Filesystems laid on top of each other; config of the first.",
     "merge(base, tools)"},
    {"diff", LLBC__FUNCTION, "LOWER:fs UPPER:fs", "", "fs", llbc__fn_diff, NULL,
     "What UPPER changed against LOWER.", "diff(base, here)"},

    /* Text. */
    {"join", LLBC__FUNCTION, "LIST:[string] SEPARATOR?:string!", "", "string",
     llbc__fn_join, NULL,
     "The elements in one string, SEPARATOR (none by default) between them.",
     "join(packages, \" \")"},
    {"split", LLBC__FUNCTION, "TEXT:string! SEPARATOR?:string!", "", "[string]",
     llbc__fn_split, NULL,
     "The pieces between SEPARATORs; without one the words between blanks.",
     "split(\"a,b\", \",\")"},
    {"replace", LLBC__FUNCTION, "TEXT:string! OLD:string! NEW:string!", "",
     "string", llbc__fn_replace, NULL, "Each OLD in TEXT made NEW.",
     "replace(version, \".\", \"-\")"},
    {"trim", LLBC__FUNCTION, "TEXT:string!", "", "string", llbc__fn_trim, NULL,
     "TEXT without blanks at either end.", "trim(\" a \")"},
    {"upper", LLBC__FUNCTION, "TEXT:string!", "", "string", llbc__fn_upper,
     NULL, "ASCII letters in upper case.", "upper(\"abc\")"},
    {"lower", LLBC__FUNCTION, "TEXT:string!", "", "string", llbc__fn_lower,
     NULL, "ASCII letters in lower case.", "lower(\"ABC\")"},
    {"contains", LLBC__FUNCTION, "IN:items WHAT:any", "", "bool",
     llbc__fn_contains, NULL,
     "Whether a string holds a text, a list an element, a map a key.",
     "contains(packages, \"gcc\")"},
    {"starts_with", LLBC__FUNCTION, "TEXT:string! PREFIX:string!", "", "bool",
     llbc__fn_starts_with, NULL, "Whether TEXT starts with PREFIX.",
     "starts_with(version, \"v\")"},
    {"ends_with", LLBC__FUNCTION, "TEXT:string! SUFFIX:string!", "", "bool",
     llbc__fn_ends_with, NULL, "Whether TEXT ends with SUFFIX.",
     "ends_with(name, \".c\")"},
    {"match", LLBC__FUNCTION, "TEXT:string! PATTERN:string!", "", "bool",
     llbc__fn_match, NULL,
     "Whether all of TEXT matches PATTERN: `*` any text, `?` a character, "
     "`[a-z]` one of these.",
     "match(version, \"1.*\")"},
    {"format", LLBC__FUNCTION, "PATTERN:string! VALUE:text...", "", "string",
     llbc__fn_format, NULL,
     "PATTERN with each {} made the next VALUE; {:4} is at least 4 wide, "
     "{:04} filled with zeros.",
     "format(\"{}-{:03}\", name, 7)"},
    {"sh", LLBC__FUNCTION, "VALUE:any", "", "string", llbc__fn_sh, NULL,
     "A string quoted as one word of a POSIX shell; a list as many words.",
     "run \"echo ${sh(text)}\""},
    {"basename", LLBC__FUNCTION, "PATH:string!", "", "string",
     llbc__fn_basename, NULL, "The last part of a path.", "basename(\"/a/b\")"},
    {"dirname", LLBC__FUNCTION, "PATH:string!", "", "string", llbc__fn_dirname,
     NULL, "A path without its last part.", "dirname(\"/a/b\")"},

    /* Lists and maps. */
    {"len", LLBC__FUNCTION, "OF:items", "", "int", llbc__fn_len, NULL,
     "Characters of a string, elements of a list or map.", "len(packages)"},
    {"range", LLBC__FUNCTION, "FIRST:int END?:int", "", "[int]", llbc__fn_range,
     NULL,
     "The ints from FIRST up to END, which is not among them; with one "
     "operand from 0.",
     "range(3)"},
    {"sort", LLBC__FUNCTION, "LIST:[T]", "", "[T]", llbc__fn_sort, NULL,
     "Strings by their bytes, or ints, in order.", "sort(packages)"},
    {"unique", LLBC__FUNCTION, "LIST:[T]", "", "[T]", llbc__fn_unique, NULL,
     "Each element once, where it came first.", "unique(packages)"},
    {"keys", LLBC__FUNCTION, "MAP:{T}", "", "[string]", llbc__fn_keys, NULL,
     "The keys of a map, as written.", "keys(versions)"},
    {"values", LLBC__FUNCTION, "MAP:{T}", "", "[T]", llbc__fn_values, NULL,
     "The values of a map, as written.", "values(versions)"},
    {"has", LLBC__FUNCTION, "MAP:{T} KEY:string!", "", "bool", llbc__fn_has,
     NULL, "Whether a map has a key.", "has(versions, \"node\")"},
    {"get", LLBC__FUNCTION, "MAP:{T} KEY:string! DEFAULT:any", "", "T",
     llbc__fn_get, NULL, "The value of a key, else DEFAULT.",
     "get(versions, \"node\", \"20\")"},

    /* The state at hand and the project. */
    {"env_of", LLBC__FUNCTION, "NAME:string", "default:string!", "string",
     llbc__fn_env_of, NULL,
     "A variable of the filesystem at hand, as `env` or its image set it.",
     "env PATH=\"/opt/bin:${env_of(\"PATH\", default=\"/bin\")}\""},
    {"read", LLBC__FUNCTION, "PATH:string", "", "string", llbc__fn_read, NULL,
     "The text of a file of the project.", "trim(read(\"VERSION\"))"},
    {"glob", LLBC__FUNCTION, "PATTERN:string", "", "[string]", llbc__fn_glob,
     NULL,
     "Files and folders of the project that match, sorted by their bytes: `*` "
     "any text of one part of a path, `**` any folders, `?` a character, "
     "`[a-z]` one of these. Links are not followed.",
     "glob(\"services/*\")"},

    /* Operands of export, cache_from and cache_to. */
    {"image", LLBC__EXPORTER, "NAME?:text...",
     "push:bool push_by_digest:bool registry_insecure:bool unpack:bool "
     "store:bool dangling_name_prefix name_canonical:bool " IMAGE_ATTRS,
     NULL, NULL, NULL, "An image in the daemon, or pushed.",
     "export image(\"example.com/app:1\", push=true)"},
    {"oci", LLBC__EXPORTER, "DEST?:string", "name tar:bool " IMAGE_ATTRS, NULL,
     NULL, NULL, "An OCI archive.", "export oci(\"out/app.tar\")"},
    {"docker", LLBC__EXPORTER, "DEST?:string", "name tar:bool " IMAGE_ATTRS,
     NULL, NULL, NULL, "An archive for docker load.",
     "export docker(name=\"app:1\")"},
    {"local", LLBC__EXPORTER, "DEST:string", "mode:copy/delete " FILE_ATTRS,
     NULL, NULL, NULL, "The files in a folder.", "export local(\"out\")"},
    {"tar", LLBC__EXPORTER, "DEST:string", FILE_ATTRS, NULL, NULL, NULL,
     "The files in an archive.", "export tar(\"out.tar\")"},
    {"registry", LLBC__CACHE, "REF:string",
     "registry_insecure:bool " CACHE_ATTRS, NULL, NULL, NULL,
     "A cache in a registry.", "cache_to registry(\"example.com/app:cache\")"},
    {"inline", LLBC__CACHE, "", "ignore_error:bool", NULL, NULL, NULL,
     "A cache inside the exported image.", "cache_to inline()"},
    {"local", LLBC__CACHE, "PATH:string", "tag digest reset:bool " CACHE_ATTRS,
     NULL, NULL, NULL, "A cache in a folder.", "cache_to local(\"cache\")"},
    {"gha", LLBC__CACHE, "",
     "scope token url url_v2 version:int timeout repository ghtoken "
     "mode:min/max ignore_error:bool",
     NULL, NULL, NULL, "The cache of GitHub Actions.",
     "cache_to gha(mode=\"max\")"},
    {"s3", LLBC__CACHE, "",
     "bucket region prefix manifests_prefix blobs_prefix name touch_refresh "
     "endpoint_url use_path_style:bool upload_parallelism:int "
     "mode:min/max ignore_error:bool",
     NULL, NULL, NULL, "A cache in S3.",
     "cache_to s3(bucket=\"b\", region=\"eu-1\")"},
    {"azblob", LLBC__CACHE, "",
     "account_url account_name container prefix manifests_prefix "
     "blobs_prefix name mode:min/max ignore_error:bool",
     NULL, NULL, NULL, "A cache in Azure.",
     "cache_to azblob(account_url=\"https://a.example\")"},
};

const size_t llbc__n_builtins =
    sizeof(llbc__builtins) / sizeof(llbc__builtins[0]);
