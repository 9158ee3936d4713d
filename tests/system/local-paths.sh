# A local folder by every kind of path; what is none is named, with its place.
mkdir -p p/real p/empty p/早 "p/with space" "p/quote\"d" p/deep/a/b
for d in p/real p/早 "p/with space" "p/quote\"d" p/deep/a/b; do echo x >"$d/f"; done
ln -s real p/link
ln -s nowhere p/broken
echo x >p/file
printf 'llb 1\narg dir: string\ntarget t {\n    from local(dir)\n}\n' >p/build.llb

for d in real ./real/ deep/../real deep/a/b/../b 早 "with space" "quote\"d" link; do
    rm -rf out
    expect 0 "$LLB" build -f p/build.llb --arg dir="$d" -o out
    is out/f x
done
expect 0 "$LLB" build -f p/build.llb --arg dir=empty -o nothing
for d in missing broken file; do
    expect 1 "$LLB" build -f p/build.llb --arg dir="$d" -o nothing
    has "$err" "$d"
done
# Never out of the project's folder.
mkdir outside
echo o >outside/f
expect 1 "$LLB" build -f p/build.llb --arg dir=../outside -o nothing
has "$err" outside
