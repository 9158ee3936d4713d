# on: docker
# From the first day: an image's config comes along, asked of the daemon.
project p <<'END'
target default {
    from base()
    env GREETING="from the base"
    workdir "/srv"
    export image("inherit:1")
}
END
expect 0 "$LLB" build -f p/build.llb
mkdir q
cat >q/build.llb <<'END'
llb 1
target default {
    from image("inherit:1")
    run "echo \"$GREETING in $PWD\" >result"
    copy here "srv/result" "/"
}
END
expect 0 "$LLB" build -f q/build.llb -o out
is out/result "from the base in /srv"
