"""Tries the way to ports of other hosts, all at once."""
from __future__ import annotations

import errno
import os
import selectors
import socket
import time

from ansible.module_utils.slipway.preflight import listener

SECONDS = 2          # a packet that was lost is sent again after one
AT_ONCE = 200        # sockets; a control plane tries a thousand nodes
AGAIN = 0.3          # for datagrams, which nobody sends again


def tried(operation, peers):
    """What came of each: [{peer, port, problem, milliseconds}], problem '' where somebody answered."""
    wanted = [(peer["name"], peer["address"], port) for peer in peers for port in peer["ports"]]
    return [outcome for start in range(0, len(wanted), AT_ONCE) for outcome in try_some(operation, wanted[start : start + AT_ONCE])]


def try_some(operation, wanted):
    began = time.monotonic()
    outcomes, waiting = {}, {}
    with selectors.DefaultSelector() as selector:
        for way in wanted:
            try:
                waiting[way] = opened(way)
                selector.register(waiting[way], selectors.EVENT_READ if way[2].startswith("udp/") else selectors.EVENT_WRITE, way)
            except OSError as problem:
                outcomes[way] = (words(problem), 0)
        text = listener.question(operation)
        asked = 0
        while len(outcomes) < len(wanted) and time.monotonic() < began + SECONDS:
            if time.monotonic() >= asked + AGAIN:
                asked = time.monotonic()
                for way, each in waiting.items():
                    if way[2].startswith("udp/") and way not in outcomes:
                        ask(each, text)
            for key, _ in selector.select(AGAIN):
                outcomes[key.data] = (result(key.fileobj, key.data, text), time.monotonic() - began)
                selector.unregister(key.fileobj)
    for each in waiting.values():
        each.close()
    silence = "no answer within %d s" % SECONDS
    return [
        {"peer": way[0], "port": way[2], "problem": outcomes.get(way, (silence, 0))[0], "milliseconds": round(outcomes.get(way, (silence, 0))[1] * 1000, 1)}
        for way in wanted
    ]


def opened(way):
    _, address, port = way
    protocol, number = port.split("/")
    each = socket.socket(socket.AF_INET, socket.SOCK_STREAM if protocol == "tcp" else socket.SOCK_DGRAM)
    each.setblocking(False)
    code = each.connect_ex((address, int(number)))
    if code not in (0, errno.EINPROGRESS):
        each.close()
        raise OSError(code, os.strerror(code))
    return each


def ask(each, text):
    try:
        each.send(text)
    except OSError:
        pass      # a refusal of the one before; the answer is read from the socket


def result(each, way, text):
    """'' or why there was no answer."""
    try:
        if way[2].startswith("udp/"):
            return "" if each.recv(200) == text else "somebody else answered"
        code = each.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        return os.strerror(code) if code else ""
    except OSError as problem:
        return words(problem)


def words(problem):
    return problem.strerror or str(problem)
