# One definition over six folders, all builds at once: each gets its own files.
project p0 <<'END'
target default {
    from base()
    run "sleep 1; cp /in/f /out/f; cp /in/big /out/big" {
        mount local("src") "/in"
        mount scratch() "/out" as out
    }
    from out
}
END
mkdir p0/src
for n in 1 2 3 4 5; do cp -r p0 p$n; done
pids=
for n in 0 1 2 3 4 5; do
    echo "folder $n" >p$n/src/f
    yes "folder $n" | head -c 1000000 >p$n/src/big
    "$LLB" build -f p$n/build.llb -o out-$n >log-$n 2>&1 </dev/null &
    pids="$pids $!"
done
for pid in $pids; do
    wait "$pid" || {
        cat log-*
        fail "a build failed"
    }
done
for n in 0 1 2 3 4 5; do
    is out-$n/f "folder $n"
    cmp out-$n/big p$n/src/big || fail "out-$n/big is another folder's"
done
