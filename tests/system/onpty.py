#!/usr/bin/env python3
"""Plays a user at a terminal.

    onpty.py SCRIPT COMMAND...

runs the command on a terminal of its own and follows the lines of SCRIPT:

    expect TEXT     waits until TEXT has been shown, at most 40 seconds
    send TEXT       types it; \\n, \\x10 and the like are escapes
    size ROWS COLS  changes the window
    kill SIGNAL     sends a signal to the command
    wait SECONDS    reads on for that long

Prints all that was shown. The exit code is the command's; 98 when the terminal
is not as it was before, 97 when the command or a TEXT did not come in time.
"""
import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

SECONDS = int(os.environ.get("ONPTY_SECONDS", "40"))


def set_size(fd, rows, columns):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


class Screen:
    def __init__(self, fd):
        self.fd, self.text, self.seen = fd, b"", 0

    def read(self, seconds):
        """What comes within that time; False: nothing will come any more."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            data = b""
        self.text += data
        return bool(data)

    def expect(self, text):
        end = time.monotonic() + SECONDS
        while True:
            at = self.text.find(text, self.seen)
            if at >= 0:
                self.seen = at + len(text)
                return True
            if time.monotonic() > end or not self.read(0.1):
                return False


def follow(screen, pid, lines):
    for line in lines:
        word, _, rest = line.rstrip("\n").partition(" ")
        raw = rest.encode().decode("unicode_escape").encode("latin-1")
        if word == "expect" and not screen.expect(raw):
            print(f"onpty: it did not show: {rest}")
            return False
        if word == "send":
            os.write(screen.fd, raw)
        if word == "size":
            set_size(screen.fd, *map(int, rest.split()))
        if word == "wait":
            end = time.monotonic() + float(rest)
            while time.monotonic() < end and screen.read(0.02):
                pass
        if word == "kill":
            os.kill(pid, getattr(signal, rest))
    return True


def main():
    with open(sys.argv[1]) as f:
        lines = f.readlines()
    master, slave = pty.openpty()
    set_size(master, 24, 80)
    before = termios.tcgetattr(slave)
    pid = os.fork()
    if pid == 0:
        os.setsid()
        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
        for fd in range(3):
            os.dup2(slave, fd)
        os.execvp(sys.argv[2], sys.argv[2:])
    screen = Screen(master)
    good = follow(screen, pid, lines)
    end = time.monotonic() + SECONDS
    while True:
        screen.read(0.1)
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            break
        if not good or time.monotonic() > end:
            good = False
            os.kill(pid, signal.SIGKILL)
    screen.read(0.1)
    sys.stdout.write(screen.text.decode(errors="replace"))
    sys.stdout.flush()
    if not good:
        sys.exit(97)
    if termios.tcgetattr(slave)[:4] != before[:4]:
        sys.exit(98)
    sys.exit(os.waitstatus_to_exitcode(status) & 0xFF)


main()
