"""A host of the web: files, and git repositories, by https.

usage: https_server.py FOLDER CERTIFICATE KEY

Listens on 127.0.0.1:443. What ends in .git is served by git's own program.
"""

import http.server
import os
import ssl
import subprocess
import sys

FOLDER, CERTIFICATE, KEY = sys.argv[1:]


class Handler(http.server.SimpleHTTPRequestHandler):
    def __init__(self, *args):
        super().__init__(*args, directory=FOLDER)

    def git(self):
        path, _, query = self.path.partition("?")
        size = int(self.headers.get("Content-Length", 0))
        env = {
            **os.environ,
            "GIT_PROJECT_ROOT": FOLDER,
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "REQUEST_METHOD": self.command,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(size),
        }
        done = subprocess.run(
            ["git", "http-backend"],
            input=self.rfile.read(size),
            env=env,
            stdout=subprocess.PIPE,
            check=False,
        )
        head, _, body = done.stdout.partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().splitlines())
        self.send_response(int(fields.pop("Status", "200").split()[0]))
        for name, value in fields.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if ".git/" in self.path:
            return self.git()
        return super().do_GET()

    do_POST = git


server = http.server.ThreadingHTTPServer(("127.0.0.1", 443), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(CERTIFICATE, KEY)
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
