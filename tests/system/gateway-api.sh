# on: buildkit
# A C program plays the frontend: it runs another one, looks into its result,
# asks it a question, and hands file systems back for two platforms.
program=$(dirname "$LLB")/tests/gateway_api
[ -x "$program" ] || fail "there is no $program: build the target gateway_api"
mkdir folder
printf 'some data\n' >folder/data
printf 'FROM scratch\nCOPY data Dockerfile /\n' >folder/Dockerfile
chmod 640 folder/data

expect 0 "$program" "$ADDR" folder out
is "$out" 'definition yes
found data 100640 10
stat 100640 10
read ome
nothing: LLB_EBUILD
describes outline
chained 1'
is out/linux_amd64/data "some data"
is out/linux_arm64/data "some data"
