# What the scripts share: where things are and how they speak. Sourced, with
# $root set to the top of the tree.

# Everything that outlives a run but is no part of the tree: engines, packages.
cache=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/llb

say() { printf '%s\n' "$*" >&2; }

die() {
    say "${0##*/}: $*"
    exit 1
}

need_root() {
    [ "$(id -u)" = 0 ] || die "$1 needs root: run it with sudo, or as root"
}

# locked NAME COMMAND...: one at a time on this machine, so that two runs at
# once do not both fill the cache. The lock goes with the process.
locked() {
    mkdir -p "$cache"
    lock=$cache/$1.lock
    shift
    (
        flock 9 || exit 1
        "$@" 9>&-
    ) 9>"$lock"
}
