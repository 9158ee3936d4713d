# on: buildkit
# A folder that goes to the daemon and comes back is the same: order, times,
# modes, attributes, FIFOs; owners become the caller's.
mkdir -p tree/dir tree/rod "tree/a b" tree/a tree/a-b tree/sticky tree/priv
touch tree/a/z "tree/a b/q" tree/a-b/y tree/a.txt tree/B tree/~ "tree/é"
cp /bin/true tree/ping
setfattr -n user.note -v hello tree/ping 2>/dev/null || note=no
mkfifo tree/p.fifo
perl -MIO::Socket::UNIX -e \
    'umask 0137; IO::Socket::UNIX->new(Local => "tree/s.sock", Listen => 1)'
for at in 1960-01-01T01:02:03.123456789 1970-01-01T00:00:00 \
    2020-02-02T02:02:02.987654321 2100-06-01T00:00:00.5; do
    TZ=UTC touch -d "$at" "tree/${at%%-*}"
done
touch tree/su tree/ro tree/rod/in
chmod 6755 tree/su
chmod 444 tree/ro
chmod 640 tree/rod/in
chmod 555 tree/rod
chmod 1777 tree/sticky
chmod 700 tree/priv
chown 1000:1000 tree/ro
TZ=UTC touch -d 2001-01-01 tree/dir
printf 'llb 1\ntarget t {\n    from local("tree")\n}\n' >build.llb

list() {
    (cd "$1" && find . -mindepth 1 ! -name s.sock \
        -printf '%P %y %m %T@ %s\n' | LC_ALL=C sort)
}
umask 077
expect 0 timeout 60 "$LLB" build t -o type=local,dest=out
list tree >want
list out >got
diff want got >"$out" || fail "it is another tree"
[ "$(stat -c '%F %a %s' out/s.sock)" = "regular empty file 640 0" ] ||
    fail "the socket: $(stat -c '%F %a %s' out/s.sock)"
[ "${note:-}" = no ] ||
    [ "$(getfattr --only-values -n user.note out/ping)" = hello ] ||
    fail "the attribute is lost"
[ "$(find out ! -uid 0 | wc -l)" = 0 ] || fail "owners: $(find out ! -uid 0)"

# In a tar too, where a slash is the lowest of all bytes.
expect 0 "$LLB" build t -o type=tar,dest=o.tar
tar -tf o.tar | sed 's,/$,,' >got
LC_ALL=C sed 's,/,\x01,g' got | LC_ALL=C sort | sed 's,\x01,/,g' >want
diff want got >"$out" || fail "the order of the tar"
tar -tvf o.tar | grep -q '^-rwsr-sr-x 0/0 .* su$' || fail "su in the tar"
tar -tvf o.tar | grep -q '^dr-xr-xr-x 0/0 .* rod/$' || fail "rod in the tar"
