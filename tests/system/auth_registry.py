"""Answers like a registry that wants a login, and writes down what came.

usage: auth_registry.py PORT MODE LOG

MODE is basic, bearer, open, or what is wrong with the token server: down,
broken, nonsense or hangs.

Whatever is shown, there is no image in it: a build ends in "not found", and
what matters is what was asked before.
"""

import base64
import http.server
import json
import sys
import time
import urllib.parse

PORT, MODE, LOG = int(sys.argv[1]), sys.argv[2], sys.argv[3]


class Registry(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def note(self, more=""):
        auth = self.headers.get("Authorization", "-")
        if auth.startswith("Basic "):
            auth = "Basic " + base64.b64decode(auth[6:]).decode()
        with open(LOG, "a", encoding="utf-8") as log:
            log.write(f"{self.command} {self.path.split('?')[0]} {auth} {more}\n")

    def answer(self, code, body=b"{}", challenge=None):
        self.send_response(code)
        if challenge:
            self.send_header("WWW-Authenticate", challenge)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_GET(self):
        if self.path.startswith("/token"):
            self.note(urllib.parse.urlsplit(self.path).query)
            body = {"token": "t-get", "expires_in": 60}
            return self.answer(200, json.dumps(body).encode())
        self.note()
        if MODE == "open" or self.headers.get("Authorization"):
            return self.answer(404)
        challenge = 'Basic realm="r"'
        if MODE != "basic":
            server = 1 if MODE == "down" else PORT
            challenge = (
                f'Bearer realm="http://localhost:{server}/token",service="s",'
                'scope="repository:team/img:pull"'
            )
        return self.answer(401, challenge=challenge)

    do_HEAD = do_GET

    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        self.note(self.rfile.read(length).decode())
        if MODE == "hangs":
            time.sleep(600)
        if MODE == "broken":
            return self.answer(500, b"<html>p6 went wrong")
        if MODE == "nonsense":
            return self.answer(200, b"\033[31m{{{p6")
        self.answer(200, b'{"access_token": "t-post", "expires_in": 60}')


http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Registry).serve_forever()
