# A cache mount keeps its files from one build to the next.
project p <<'END'
arg turn: string = "1"
target default {
    from base()
    run "echo ${sh(turn)} >>/cache/turns; cp /cache/turns /out/" {
        cache "/cache" id="system-cache-mount" sharing="locked"
        mount scratch() "/out" as out
    }
    from out
}
END
expect 0 "$LLB" build -f p/build.llb -o out
is out/turns 1
expect 0 "$LLB" build -f p/build.llb -o out --arg turn=2
is out/turns "$(printf '1\n2')"
# The step of turn 2 is in the build cache now: it does not run again.
expect 0 "$LLB" build -f p/build.llb -o again --arg turn=2
is again/turns "$(printf '1\n2')"
# Without the cache it does, and BuildKit starts cache mounts afresh then.
expect 0 "$LLB" build -f p/build.llb -o fresh --arg turn=2 --no-cache
is fresh/turns 2
