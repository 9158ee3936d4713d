/* Tables of the messages in BuildKit's solver/pb/ops.proto that a definition
 * is made of. Field numbers and names are the contract; each message stands
 * after those it holds. */
#include "schema.h"

#define N(array) (sizeof(array) / sizeof *(array))

static const char *const cache_sharing_opt_words[] = {"SHARED", "PRIVATE",
                                                      "LOCKED", NULL};
static const char *const mount_content_cache_words[] = {"DEFAULT", "ON", "OFF",
                                                        NULL};
static const char *const mount_type_words[] = {"BIND",  "SECRET", "SSH",
                                               "CACHE", "TMPFS",  NULL};
static const char *const net_mode_words[] = {"UNSET", "HOST", "NONE", NULL};
static const char *const security_mode_words[] = {"SANDBOX", "INSECURE", NULL};

static const llb__field input_fields[] = {
    {1, LLB__F_STRING, 0, "digest", NULL, NULL},
    {2, LLB__F_INT64, 0, "index", NULL, NULL},
};
static const llb__message input = {"Input", input_fields, N(input_fields)};

static const llb__field proxy_env_fields[] = {
    {1, LLB__F_STRING, 0, "http_proxy", NULL, NULL},
    {2, LLB__F_STRING, 0, "https_proxy", NULL, NULL},
    {3, LLB__F_STRING, 0, "ftp_proxy", NULL, NULL},
    {4, LLB__F_STRING, 0, "no_proxy", NULL, NULL},
    {5, LLB__F_STRING, 0, "all_proxy", NULL, NULL},
};
static const llb__message proxy_env = {"ProxyEnv", proxy_env_fields,
                                       N(proxy_env_fields)};

static const llb__field host_ip_fields[] = {
    {1, LLB__F_STRING, 0, "Host", NULL, NULL},
    {2, LLB__F_STRING, 0, "IP", NULL, NULL},
};
static const llb__message host_ip = {"HostIP", host_ip_fields,
                                     N(host_ip_fields)};

static const llb__field ulimit_fields[] = {
    {1, LLB__F_STRING, 0, "Name", NULL, NULL},
    {2, LLB__F_INT64, 0, "Soft", NULL, NULL},
    {3, LLB__F_INT64, 0, "Hard", NULL, NULL},
};
static const llb__message ulimit = {"Ulimit", ulimit_fields, N(ulimit_fields)};

static const llb__field meta_fields[] = {
    {1, LLB__F_STRING, LLB__REPEATED, "args", NULL, NULL},
    {2, LLB__F_STRING, LLB__REPEATED, "env", NULL, NULL},
    {3, LLB__F_STRING, 0, "cwd", NULL, NULL},
    {4, LLB__F_STRING, 0, "user", NULL, NULL},
    {5, LLB__F_MESSAGE, 0, "proxy_env", &proxy_env, NULL},
    {6, LLB__F_MESSAGE, LLB__REPEATED, "extraHosts", &host_ip, NULL},
    {7, LLB__F_STRING, 0, "hostname", NULL, NULL},
    {9, LLB__F_MESSAGE, LLB__REPEATED, "ulimit", &ulimit, NULL},
    {10, LLB__F_STRING, 0, "cgroupParent", NULL, NULL},
    {11, LLB__F_BOOL, 0, "removeMountStubsRecursive", NULL, NULL},
    {12, LLB__F_INT32, LLB__REPEATED, "validExitCodes", NULL, NULL},
};
static const llb__message meta = {"Meta", meta_fields, N(meta_fields)};

static const llb__field tmpfs_opt_fields[] = {
    {1, LLB__F_INT64, 0, "size", NULL, NULL},
};
static const llb__message tmpfs_opt = {"TmpfsOpt", tmpfs_opt_fields,
                                       N(tmpfs_opt_fields)};

static const llb__field cache_opt_fields[] = {
    {1, LLB__F_STRING, 0, "ID", NULL, NULL},
    {2, LLB__F_ENUM, 0, "sharing", NULL, cache_sharing_opt_words},
};
static const llb__message cache_opt = {"CacheOpt", cache_opt_fields,
                                       N(cache_opt_fields)};

static const llb__field secret_opt_fields[] = {
    {1, LLB__F_STRING, 0, "ID", NULL, NULL},
    {2, LLB__F_UINT32, 0, "uid", NULL, NULL},
    {3, LLB__F_UINT32, 0, "gid", NULL, NULL},
    {4, LLB__F_UINT32, 0, "mode", NULL, NULL},
    {5, LLB__F_BOOL, 0, "optional", NULL, NULL},
};
static const llb__message secret_opt = {"SecretOpt", secret_opt_fields,
                                        N(secret_opt_fields)};

static const llb__field ssh_opt_fields[] = {
    {1, LLB__F_STRING, 0, "ID", NULL, NULL},
    {2, LLB__F_UINT32, 0, "uid", NULL, NULL},
    {3, LLB__F_UINT32, 0, "gid", NULL, NULL},
    {4, LLB__F_UINT32, 0, "mode", NULL, NULL},
    {5, LLB__F_BOOL, 0, "optional", NULL, NULL},
};
static const llb__message ssh_opt = {"SSHOpt", ssh_opt_fields,
                                     N(ssh_opt_fields)};

static const llb__field mount_fields[] = {
    {1, LLB__F_INT64, 0, "input", NULL, NULL},
    {2, LLB__F_STRING, 0, "selector", NULL, NULL},
    {3, LLB__F_STRING, 0, "dest", NULL, NULL},
    {4, LLB__F_INT64, 0, "output", NULL, NULL},
    {5, LLB__F_BOOL, 0, "readonly", NULL, NULL},
    {6, LLB__F_ENUM, 0, "mountType", NULL, mount_type_words},
    {19, LLB__F_MESSAGE, 0, "TmpfsOpt", &tmpfs_opt, NULL},
    {20, LLB__F_MESSAGE, 0, "cacheOpt", &cache_opt, NULL},
    {21, LLB__F_MESSAGE, 0, "secretOpt", &secret_opt, NULL},
    {22, LLB__F_MESSAGE, 0, "SSHOpt", &ssh_opt, NULL},
    {23, LLB__F_STRING, 0, "resultID", NULL, NULL},
    {24, LLB__F_ENUM, 0, "contentCache", NULL, mount_content_cache_words},
};
static const llb__message mount = {"Mount", mount_fields, N(mount_fields)};

static const llb__field secret_env_fields[] = {
    {1, LLB__F_STRING, 0, "ID", NULL, NULL},
    {2, LLB__F_STRING, 0, "name", NULL, NULL},
    {3, LLB__F_BOOL, 0, "optional", NULL, NULL},
};
static const llb__message secret_env = {"SecretEnv", secret_env_fields,
                                        N(secret_env_fields)};

static const llb__field cdi_device_fields[] = {
    {1, LLB__F_STRING, 0, "name", NULL, NULL},
    {2, LLB__F_BOOL, 0, "optional", NULL, NULL},
};
static const llb__message cdi_device = {"CDIDevice", cdi_device_fields,
                                        N(cdi_device_fields)};

static const llb__field exec_op_fields[] = {
    {1, LLB__F_MESSAGE, 0, "meta", &meta, NULL},
    {2, LLB__F_MESSAGE, LLB__REPEATED, "mounts", &mount, NULL},
    {3, LLB__F_ENUM, 0, "network", NULL, net_mode_words},
    {4, LLB__F_ENUM, 0, "security", NULL, security_mode_words},
    {5, LLB__F_MESSAGE, LLB__REPEATED, "secretenv", &secret_env, NULL},
    {6, LLB__F_MESSAGE, LLB__REPEATED, "cdiDevices", &cdi_device, NULL},
};
static const llb__message exec_op = {"ExecOp", exec_op_fields,
                                     N(exec_op_fields)};

static const llb__field string_entry_fields[] = {
    {1, LLB__F_STRING, 0, "key", NULL, NULL},
    {2, LLB__F_STRING, 0, "value", NULL, NULL},
};
static const llb__message string_entry = {"map entry", string_entry_fields,
                                          N(string_entry_fields)};

static const llb__field source_op_fields[] = {
    {1, LLB__F_STRING, 0, "identifier", NULL, NULL},
    {2, LLB__F_MESSAGE, LLB__REPEATED | LLB__MAP, "attrs", &string_entry, NULL},
};
static const llb__message source_op = {"SourceOp", source_op_fields,
                                       N(source_op_fields)};

static const llb__field named_user_opt_fields[] = {
    {1, LLB__F_STRING, 0, "name", NULL, NULL},
    {2, LLB__F_INT64, 0, "input", NULL, NULL},
};
static const llb__message named_user_opt = {
    "NamedUserOpt", named_user_opt_fields, N(named_user_opt_fields)};

static const llb__field user_opt_fields[] = {
    {1, LLB__F_MESSAGE, LLB__ONEOF, "byName", &named_user_opt, NULL},
    {2, LLB__F_UINT32, LLB__ONEOF, "byID", NULL, NULL},
};
static const llb__message user_opt = {"UserOpt", user_opt_fields,
                                      N(user_opt_fields)};

static const llb__field chown_opt_fields[] = {
    {1, LLB__F_MESSAGE, 0, "user", &user_opt, NULL},
    {2, LLB__F_MESSAGE, 0, "group", &user_opt, NULL},
};
static const llb__message chown_opt = {"ChownOpt", chown_opt_fields,
                                       N(chown_opt_fields)};

static const llb__field file_action_copy_fields[] = {
    {1, LLB__F_STRING, 0, "src", NULL, NULL},
    {2, LLB__F_STRING, 0, "dest", NULL, NULL},
    {3, LLB__F_MESSAGE, 0, "owner", &chown_opt, NULL},
    {4, LLB__F_INT32, 0, "mode", NULL, NULL},
    {5, LLB__F_BOOL, 0, "followSymlink", NULL, NULL},
    {6, LLB__F_BOOL, 0, "dirCopyContents", NULL, NULL},
    {7, LLB__F_BOOL, 0, "attemptUnpackDockerCompatibility", NULL, NULL},
    {8, LLB__F_BOOL, 0, "createDestPath", NULL, NULL},
    {9, LLB__F_BOOL, 0, "allowWildcard", NULL, NULL},
    {10, LLB__F_BOOL, 0, "allowEmptyWildcard", NULL, NULL},
    {11, LLB__F_INT64, 0, "timestamp", NULL, NULL},
    {12, LLB__F_STRING, LLB__REPEATED, "include_patterns", NULL, NULL},
    {13, LLB__F_STRING, LLB__REPEATED, "exclude_patterns", NULL, NULL},
    {14, LLB__F_BOOL, 0, "alwaysReplaceExistingDestPaths", NULL, NULL},
    {15, LLB__F_STRING, 0, "modeStr", NULL, NULL},
    {16, LLB__F_STRING, LLB__REPEATED, "required_paths", NULL, NULL},
};
static const llb__message file_action_copy = {
    "FileActionCopy", file_action_copy_fields, N(file_action_copy_fields)};

static const llb__field file_action_mk_file_fields[] = {
    {1, LLB__F_STRING, 0, "path", NULL, NULL},
    {2, LLB__F_INT32, 0, "mode", NULL, NULL},
    {3, LLB__F_BYTES, 0, "data", NULL, NULL},
    {4, LLB__F_MESSAGE, 0, "owner", &chown_opt, NULL},
    {5, LLB__F_INT64, 0, "timestamp", NULL, NULL},
};
static const llb__message file_action_mk_file = {"FileActionMkFile",
                                                 file_action_mk_file_fields,
                                                 N(file_action_mk_file_fields)};

static const llb__field file_action_mk_dir_fields[] = {
    {1, LLB__F_STRING, 0, "path", NULL, NULL},
    {2, LLB__F_INT32, 0, "mode", NULL, NULL},
    {3, LLB__F_BOOL, 0, "makeParents", NULL, NULL},
    {4, LLB__F_MESSAGE, 0, "owner", &chown_opt, NULL},
    {5, LLB__F_INT64, 0, "timestamp", NULL, NULL},
};
static const llb__message file_action_mk_dir = {
    "FileActionMkDir", file_action_mk_dir_fields, N(file_action_mk_dir_fields)};

static const llb__field file_action_rm_fields[] = {
    {1, LLB__F_STRING, 0, "path", NULL, NULL},
    {2, LLB__F_BOOL, 0, "allowNotFound", NULL, NULL},
    {3, LLB__F_BOOL, 0, "allowWildcard", NULL, NULL},
};
static const llb__message file_action_rm = {
    "FileActionRm", file_action_rm_fields, N(file_action_rm_fields)};

static const llb__field file_action_symlink_fields[] = {
    {1, LLB__F_STRING, 0, "oldpath", NULL, NULL},
    {2, LLB__F_STRING, 0, "newpath", NULL, NULL},
    {3, LLB__F_MESSAGE, 0, "owner", &chown_opt, NULL},
    {4, LLB__F_INT64, 0, "timestamp", NULL, NULL},
};
static const llb__message file_action_symlink = {"FileActionSymlink",
                                                 file_action_symlink_fields,
                                                 N(file_action_symlink_fields)};

static const llb__field file_action_fields[] = {
    {1, LLB__F_INT64, 0, "input", NULL, NULL},
    {2, LLB__F_INT64, 0, "secondaryInput", NULL, NULL},
    {3, LLB__F_INT64, 0, "output", NULL, NULL},
    {4, LLB__F_MESSAGE, LLB__ONEOF, "copy", &file_action_copy, NULL},
    {5, LLB__F_MESSAGE, LLB__ONEOF, "mkfile", &file_action_mk_file, NULL},
    {6, LLB__F_MESSAGE, LLB__ONEOF, "mkdir", &file_action_mk_dir, NULL},
    {7, LLB__F_MESSAGE, LLB__ONEOF, "rm", &file_action_rm, NULL},
    {8, LLB__F_MESSAGE, LLB__ONEOF, "symlink", &file_action_symlink, NULL},
};
static const llb__message file_action = {"FileAction", file_action_fields,
                                         N(file_action_fields)};

static const llb__field file_op_fields[] = {
    {2, LLB__F_MESSAGE, LLB__REPEATED, "actions", &file_action, NULL},
};
static const llb__message file_op = {"FileOp", file_op_fields,
                                     N(file_op_fields)};

static const llb__field build_input_fields[] = {
    {1, LLB__F_INT64, 0, "input", NULL, NULL},
};
static const llb__message build_input = {"BuildInput", build_input_fields,
                                         N(build_input_fields)};

static const llb__field build_input_entry_fields[] = {
    {1, LLB__F_STRING, 0, "key", NULL, NULL},
    {2, LLB__F_MESSAGE, 0, "value", &build_input, NULL},
};
static const llb__message build_input_entry = {
    "map entry", build_input_entry_fields, N(build_input_entry_fields)};

static const llb__field export_cache_fields[] = {
    {1, LLB__F_BOOL, 0, "Value", NULL, NULL},
};
static const llb__message export_cache = {"ExportCache", export_cache_fields,
                                          N(export_cache_fields)};

static const llb__field bool_entry_fields[] = {
    {1, LLB__F_STRING, 0, "key", NULL, NULL},
    {2, LLB__F_BOOL, 0, "value", NULL, NULL},
};
static const llb__message bool_entry = {"map entry", bool_entry_fields,
                                        N(bool_entry_fields)};

static const llb__field progress_group_fields[] = {
    {1, LLB__F_STRING, 0, "id", NULL, NULL},
    {2, LLB__F_STRING, 0, "name", NULL, NULL},
    {3, LLB__F_BOOL, 0, "weak", NULL, NULL},
};
static const llb__message progress_group = {
    "ProgressGroup", progress_group_fields, N(progress_group_fields)};

static const llb__field linux_resources_fields[] = {
    {1, LLB__F_INT64, 0, "memory", NULL, NULL},
    {2, LLB__F_INT64, 0, "memorySwap", NULL, NULL},
    {3, LLB__F_UINT64, 0, "cpuShares", NULL, NULL},
    {4, LLB__F_UINT64, 0, "cpuPeriod", NULL, NULL},
    {5, LLB__F_INT64, 0, "cpuQuota", NULL, NULL},
    {6, LLB__F_STRING, 0, "cpusetCpus", NULL, NULL},
    {7, LLB__F_STRING, 0, "cpusetMems", NULL, NULL},
};
static const llb__message linux_resources = {
    "LinuxResources", linux_resources_fields, N(linux_resources_fields)};

static const llb__field op_metadata_fields[] = {
    {1, LLB__F_BOOL, 0, "ignore_cache", NULL, NULL},
    {2, LLB__F_MESSAGE, LLB__REPEATED | LLB__MAP, "description", &string_entry,
     NULL},
    {4, LLB__F_MESSAGE, 0, "export_cache", &export_cache, NULL},
    {5, LLB__F_MESSAGE, LLB__REPEATED | LLB__MAP, "caps", &bool_entry, NULL},
    {6, LLB__F_MESSAGE, 0, "progress_group", &progress_group, NULL},
    {7, LLB__F_MESSAGE, 0, "linux_resources", &linux_resources, NULL},
};
const llb__message llb__msg_metadata = {"OpMetadata", op_metadata_fields,
                                        N(op_metadata_fields)};

static const llb__field op_metadata_entry_fields[] = {
    {1, LLB__F_STRING, 0, "key", NULL, NULL},
    {2, LLB__F_MESSAGE, 0, "value", &llb__msg_metadata, NULL},
};
const llb__message llb__msg_meta_entry = {"map entry", op_metadata_entry_fields,
                                          N(op_metadata_entry_fields)};

static const llb__field position_fields[] = {
    {1, LLB__F_INT32, 0, "line", NULL, NULL},
    {2, LLB__F_INT32, 0, "character", NULL, NULL},
};
static const llb__message position = {"Position", position_fields,
                                      N(position_fields)};

static const llb__field range_fields[] = {
    {1, LLB__F_MESSAGE, 0, "start", &position, NULL},
    {2, LLB__F_MESSAGE, 0, "end", &position, NULL},
};
static const llb__message range = {"Range", range_fields, N(range_fields)};

static const llb__field location_fields[] = {
    {1, LLB__F_INT32, 0, "sourceIndex", NULL, NULL},
    {2, LLB__F_MESSAGE, LLB__REPEATED, "ranges", &range, NULL},
};
static const llb__message location = {"Location", location_fields,
                                      N(location_fields)};

static const llb__field locations_fields[] = {
    {1, LLB__F_MESSAGE, LLB__REPEATED, "locations", &location, NULL},
};
static const llb__message locations = {"Locations", locations_fields,
                                       N(locations_fields)};

static const llb__field locations_entry_fields[] = {
    {1, LLB__F_STRING, 0, "key", NULL, NULL},
    {2, LLB__F_MESSAGE, 0, "value", &locations, NULL},
};
static const llb__message locations_entry = {
    "map entry", locations_entry_fields, N(locations_entry_fields)};

static const llb__field source_info_fields[] = {
    {1, LLB__F_STRING, 0, "filename", NULL, NULL},
    {2, LLB__F_BYTES, 0, "data", NULL, NULL},
    {3, LLB__F_MESSAGE, 0, "definition", &llb__msg_definition, NULL},
    {4, LLB__F_STRING, 0, "language", NULL, NULL},
};
static const llb__message source_info = {"SourceInfo", source_info_fields,
                                         N(source_info_fields)};

static const llb__field source_fields[] = {
    {1, LLB__F_MESSAGE, LLB__REPEATED | LLB__MAP, "locations", &locations_entry,
     NULL},
    {2, LLB__F_MESSAGE, LLB__REPEATED, "infos", &source_info, NULL},
};
const llb__message llb__msg_source = {"Source", source_fields,
                                      N(source_fields)};

static const llb__field definition_fields[] = {
    {1, LLB__F_BYTES, LLB__REPEATED, "def", NULL, NULL},
    {2, LLB__F_MESSAGE, LLB__REPEATED | LLB__MAP, "metadata",
     &llb__msg_meta_entry, NULL},
    {3, LLB__F_MESSAGE, 0, "Source", &llb__msg_source, NULL},
};
const llb__message llb__msg_definition = {"Definition", definition_fields,
                                          N(definition_fields)};

static const llb__field build_op_fields[] = {
    {1, LLB__F_INT64, 0, "builder", NULL, NULL},
    {2, LLB__F_MESSAGE, LLB__REPEATED | LLB__MAP, "inputs", &build_input_entry,
     NULL},
    {3, LLB__F_MESSAGE, 0, "def", &llb__msg_definition, NULL},
    {4, LLB__F_MESSAGE, LLB__REPEATED | LLB__MAP, "attrs", &string_entry, NULL},
};
static const llb__message build_op = {"BuildOp", build_op_fields,
                                      N(build_op_fields)};

static const llb__field merge_input_fields[] = {
    {1, LLB__F_INT64, 0, "input", NULL, NULL},
};
static const llb__message merge_input = {"MergeInput", merge_input_fields,
                                         N(merge_input_fields)};

static const llb__field merge_op_fields[] = {
    {1, LLB__F_MESSAGE, LLB__REPEATED, "inputs", &merge_input, NULL},
};
static const llb__message merge_op = {"MergeOp", merge_op_fields,
                                      N(merge_op_fields)};

static const llb__field lower_diff_input_fields[] = {
    {1, LLB__F_INT64, 0, "input", NULL, NULL},
};
static const llb__message lower_diff_input = {
    "LowerDiffInput", lower_diff_input_fields, N(lower_diff_input_fields)};

static const llb__field upper_diff_input_fields[] = {
    {1, LLB__F_INT64, 0, "input", NULL, NULL},
};
static const llb__message upper_diff_input = {
    "UpperDiffInput", upper_diff_input_fields, N(upper_diff_input_fields)};

static const llb__field diff_op_fields[] = {
    {1, LLB__F_MESSAGE, 0, "lower", &lower_diff_input, NULL},
    {2, LLB__F_MESSAGE, 0, "upper", &upper_diff_input, NULL},
};
static const llb__message diff_op = {"DiffOp", diff_op_fields,
                                     N(diff_op_fields)};

static const llb__field passthrough_op_fields[] = {
    {1, LLB__F_STRING, 0, "id", NULL, NULL},
    {2, LLB__F_INT64, LLB__REPEATED, "outputs", NULL, NULL},
};
static const llb__message passthrough_op = {
    "PassthroughOp", passthrough_op_fields, N(passthrough_op_fields)};

static const llb__field platform_fields[] = {
    {1, LLB__F_STRING, 0, "Architecture", NULL, NULL},
    {2, LLB__F_STRING, 0, "OS", NULL, NULL},
    {3, LLB__F_STRING, 0, "Variant", NULL, NULL},
    {4, LLB__F_STRING, 0, "OSVersion", NULL, NULL},
    {5, LLB__F_STRING, LLB__REPEATED, "OSFeatures", NULL, NULL},
};
static const llb__message platform = {"Platform", platform_fields,
                                      N(platform_fields)};

static const llb__field worker_constraints_fields[] = {
    {1, LLB__F_STRING, LLB__REPEATED, "filter", NULL, NULL},
};
static const llb__message worker_constraints = {"WorkerConstraints",
                                                worker_constraints_fields,
                                                N(worker_constraints_fields)};

static const llb__field op_fields[] = {
    {1, LLB__F_MESSAGE, LLB__REPEATED, "inputs", &input, NULL},
    {2, LLB__F_MESSAGE, LLB__ONEOF, "exec", &exec_op, NULL},
    {3, LLB__F_MESSAGE, LLB__ONEOF, "source", &source_op, NULL},
    {4, LLB__F_MESSAGE, LLB__ONEOF, "file", &file_op, NULL},
    {5, LLB__F_MESSAGE, LLB__ONEOF, "build", &build_op, NULL},
    {6, LLB__F_MESSAGE, LLB__ONEOF, "merge", &merge_op, NULL},
    {7, LLB__F_MESSAGE, LLB__ONEOF, "diff", &diff_op, NULL},
    {8, LLB__F_MESSAGE, LLB__ONEOF, "passthrough", &passthrough_op, NULL},
    {10, LLB__F_MESSAGE, 0, "platform", &platform, NULL},
    {11, LLB__F_MESSAGE, 0, "constraints", &worker_constraints, NULL},
};
const llb__message llb__msg_op = {"Op", op_fields, N(op_fields)};
