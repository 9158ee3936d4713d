# on: none
# Sockets behind which something else lives, or nothing that answers.
mkdir p
cat >p/build.llb <<'END'
llb 1
target default {
    mkfile "/f" "x"
}
END
cat >serve.py <<'END'
"""A socket that answers each connection with given bytes, then hangs up."""
import socket, sys
s = socket.socket(socket.AF_UNIX)
s.bind(sys.argv[1])
s.listen(16)
answer = sys.argv[2].encode().decode("unicode_escape").encode("latin-1")
while True:
    c = s.accept()[0]
    try:
        c.recv(4096)
        c.sendall(answer)
    except OSError:
        pass
    c.close()
END
n=0
for answer in '' 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n' \
    'SSH-2.0-OpenSSH_9.2\r\n' '\x00\xff\x00\xff\x00\xff garbage' \
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\nnonsense, no frames at all, and more of it'; do
    n=$((n + 1))
    python3 serve.py "$T/s$n" "$answer" &
    server=$!
    wait_for 5 test -S "s$n"
    # More than once: which error gRPC makes of it is a matter of timing.
    for try in 1 2 3 4; do
        expect 3 timeout 40 "$LLB" build -f p/build.llb --addr "unix://$T/s$n"
        has "$err" "$T/s$n"
    done
    kill "$server"
done
: >file
expect 3 "$LLB" build -f p/build.llb --addr "unix://$T/file"
has "$err" "$T/file"
