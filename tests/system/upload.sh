# on: buildkit
# A definition reads files of ours by http, and nothing that was not given.
project p <<'END'
target default {
    from http("http://buildkit-session/data", filename="d")
}
END
expect 0 "$LLB" compile -f p/build.llb --no-resolve -o u.pb
head -c 3000000 /dev/urandom >data
expect 0 "$LLB" solve u.pb --upload data=data -o out
cmp data out/d || fail "another file"
echo piped >small
expect 0 sh -c '"$0" solve u.pb --upload data=- -o out <small' "$LLB"
is out/d piped
expect 1 "$LLB" solve u.pb --upload other=data -o out2
has "$err" 'no file "/data" was given'
gone out2
expect 1 "$LLB" solve u.pb --upload data=nothere
has "$err" "cannot open nothere"
expect 2 sh -c '"$0" solve --upload data=- <u.pb' "$LLB"
has "$err" "standard input has the definition"
