# on: docker
# An engine that does not know mode=delete is said so by name, and the folder
# keeps what is in it.
project p <<'END'
target default {
    from scratch()
    mkfile "/top" "t"
}
END
mkdir out
echo mine >out/mine
expect 1 "$LLB" build -f p/build.llb -o type=local,mode=delete,dest=out
has "$err" "cannot export to out with mode=delete (needs BuildKit v0.31)"
is out/mine mine
