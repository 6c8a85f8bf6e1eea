"""Answers for a node that is not there yet, so that others can try the way to its ports.

A process without a name, a file or rights: it ends when all who were told to ask have asked (those whom a firewall holds back never do),
when the next check asks it to, when whoever is to change the host takes its lock, or when the kernel's alarm kills it. With it go its sockets, so nothing is left whatever happens.
"""
from __future__ import annotations

import os
import selectors
import signal
import socket
import struct
import time

CONTROL = "\0slipway-preflight"      # an abstract socket: it is of this network namespace, and has no file
HOLDS = " holds the host"
LINGER = 2      # an answer may have been lost on the way, and is asked for again
NOBODY = 65534


def end(operation, holds=False):
    """Ends the listener that an earlier check left here; another operation's that still needs it only for who holds the host's lock.

    Answers the operation that it was left to, or '', and its process.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
        asking.settimeout(2)
        try:
            asking.connect(CONTROL)
            asking.sendall((operation["operation"] + (HOLDS if holds else "")).encode())
            asking.shutdown(socket.SHUT_WR)
            whose, _, pid = asking.recv(200).decode().rpartition(" ")      # empty when it has gone
            return whose, pid
        except OSError:
            return "", ""


def leave(operation, sockets, expected, seconds):
    """Leaves a process behind that holds `sockets` (by port) for so long at most; `expected` says by port how many hosts will ask."""
    control = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    control.bind(CONTROL)
    control.listen(4)
    if os.fork() == 0:
        try:
            os.setsid()
            if os.fork() == 0:
                signal.signal(signal.SIGALRM, signal.SIG_DFL)
                signal.alarm(seconds)
                detach([control, *sockets.values()])
                Answering(operation, control, sockets, expected, seconds).run()
        finally:
            os._exit(0)
    os.wait()
    for each in [control, *sockets.values()]:
        each.close()


def detach(kept):
    """Lets go of everything of the module's that is not kept: ssh would wait for its output."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    keep = {one.fileno() for one in kept}
    for descriptor in map(int, os.listdir("/proc/self/fd")):
        if descriptor > 2 and descriptor not in keep:
            try:
                os.close(descriptor)
            except OSError:
                pass
    os.chdir("/")
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)


def question(operation):
    """What a datagram has to say to be answered: nobody else gets an answer out of us."""
    return b"slipway-preflight " + operation["operation"].encode()


class Answering:
    """One loop over all sockets."""

    def __init__(self, operation, control, sockets, expected, seconds):
        self.operation = operation
        self.question = question(operation)
        self.missing = {port: count for port, count in expected.items() if port in sockets and count > 0}
        self.came = {port: set() for port in sockets}
        self.selector = selectors.DefaultSelector()
        # so long the check of another operation is believed to go on: some host may have died before it asked
        self.busy_until = time.monotonic() + seconds / 2
        self.ended = False
        for port, bound in [("", control), *sockets.items()]:
            bound.setblocking(False)
            self.selector.register(bound, selectors.EVENT_READ, port)

    def run(self):
        last = None      # when everybody had come
        while not self.ended and (last is None or time.monotonic() < last + LINGER):
            for key, _ in self.selector.select(None if last is None else LINGER):
                if not self.ended:
                    self.answer(key.fileobj, key.data)
            if last is None and self.is_done():
                last = time.monotonic()

    def is_done(self):
        return all(len(self.came[port]) >= count for port, count in self.missing.items())

    def answer(self, bound, port):
        try:
            if port == "":
                self.obey(bound)
            elif port.startswith("tcp/"):
                connection, address = bound.accept()
                connection.close()
                self.came[port].add(address[0])
            else:
                text, address = bound.recvfrom(200)
                if text == self.question:
                    bound.sendto(text, address)
                    self.came[port].add(address[0])
        except OSError:
            pass      # who asked has gone

    def obey(self, control):
        """Root ends it, with the next check or with the host's lock; while another check needs it, it says whose it is."""
        asking, _ = control.accept()
        with asking:
            asking.settimeout(1)
            _, uid, _ = struct.unpack("3i", asking.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
            who = asking.recv(200).decode()
            is_needed = not self.is_done() and time.monotonic() < self.busy_until and not who.endswith(HOLDS)
            if uid != 0 or (is_needed and who != self.operation["operation"]):
                asking.sendall(("%s %d" % (self.operation["operation"], os.getpid())).encode())
                return
            self.ended = True
            for key in list(self.selector.get_map().values()):
                key.fileobj.close()      # before the answer, which is that this connection ends: the ports are free then
