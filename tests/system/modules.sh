# A project of several files, a folder from outside of it, targets of a matrix.
mkdir -p p/lib other/sub elsewhere
echo other >other/f
echo sub >other/sub/g
echo elsewhere >elsewhere/e
cat >p/lib/tools.llb <<'END'
let greeting = "hello"
def note(name: string, text: string) { mkfile "/${name}" text }
target one { note "one" greeting }
END
cat >p/build.llb <<'END'
llb 1
import "lib/tools.llb" as tools
arg src: fs = local(".", include=["lib"])

target own(word: string) matrix={word: ["a", "b"]} {
    tools.note word tools.greeting
}

target copied { copy src "/" "/" }
target outside { copy local("../elsewhere") "/" "/" }
group all = [own, tools.one]
END
expect 0 "$LLB" build -f p/build.llb own-b -o b
is b/b hello
gone b/a
expect 0 "$LLB" build -f p/build.llb tools.one -o one
is one/one hello
expect 0 "$LLB" build -f p/build.llb all
expect 2 "$LLB" build -f p/build.llb own-c
has "$err" own-b

# A context replaces the default, and may lie anywhere.
expect 0 "$LLB" build -f p/build.llb copied -o c1
[ -f c1/lib/tools.llb ] || fail "the default was not sent"
expect 0 "$LLB" build -f p/build.llb copied --context src=other -o c2
is c2/f other
is c2/sub/g sub
gone c2/lib
expect 2 "$LLB" build -f p/build.llb copied --context src=missing
has "$err" missing

# Outside of the project only what was allowed.
expect 1 "$LLB" build -f p/build.llb outside -o o
has "$err" "build.llb:10:"
has "$err" "--allow fs="
expect 0 "$LLB" build -f p/build.llb outside --allow fs=elsewhere -o o
is o/e elsewhere
expect 2 "$LLB" build -f p/build.llb outside --allow fs=missing
has "$err" missing
