"""Ports that a node needs: each is tried to bind. Those that others ask for stay bound a while, for the second pass."""
from __future__ import annotations

import errno
import os
import socket

from ansible.module_utils.slipway import host
from ansible.module_utils.slipway.preflight.finding import error

TCP = {"control-plane": [2379, 2380, 2381, 10248, 10249, 10250, 10256, 10257, 10259], "worker": [10248, 10249, 10250, 10256]}
VXLAN = 8472


def wanted(given):
    """`tcp/10250` and the like, for this node's role."""
    role = given["node"]["role"]
    numbers = TCP[role] + ([given["cluster"]["api_port"]] if role == "control-plane" else [])
    return ["tcp/%d" % port for port in sorted(set(numbers))] + (["udp/%d" % VXLAN] if given["cluster"]["cni"]["backend"] == "vxlan" else [])


def bind(port):
    """A socket that listens on a port of all addresses."""
    protocol, number = port.split("/")
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM if protocol == "tcp" else socket.SOCK_DGRAM)
    try:
        if protocol == "tcp":
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)      # a connection that just ended is no obstacle
        bound.bind(("0.0.0.0", int(number)))
        if protocol == "tcp":
            bound.listen(64)
    except OSError:
        bound.close()
        raise
    return bound


def read_ports(given):
    """The sockets of free ports (taken out of the facts before they travel), and the others with who has them."""
    free, taken = {}, []
    for port in wanted(given):
        try:
            free[port] = bind(port)
        except OSError as problem:
            if problem.errno != errno.EADDRINUSE:
                raise
            program, pid = holder(port)
            # of another check that goes on: the port is free when that has ended
            if pid == "" or pid != given["other_listener"]:
                taken.append({"port": port, "by": "%s (process %s)" % (program, pid) if pid else ""})
    return {"sockets": free, "free": sorted(free), "taken": taken}


def holder(port):
    """The program that listens on a port and its process, or '' of both."""
    protocol, number = port.split("/")
    inodes = set()
    for path in ("/proc/net/" + protocol, "/proc/net/%s6" % protocol):
        for columns in (line.split() for line in host.text(path).splitlines()[1:]):
            if int(columns[1].rsplit(":", 1)[1], 16) == int(number) and (protocol == "udp" or columns[3] == "0A"):
                inodes.add("socket:[%s]" % columns[9])
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if any(os.readlink("/proc/%s/fd/%s" % (pid, each)) in inodes for each in os.listdir("/proc/%s/fd" % pid)):
                return host.text("/proc/%s/comm" % pid), pid
        except OSError:
            continue
    return "", ""


READS = {"ports": read_ports}


def judge_ports(given, ports, owner):
    for one in [] if owner else ports["taken"]:
        protocol, number = one["port"].split("/")
        who = one["by"] or "something"
        yield error("port-taken", "%s listens on %s port %s, which a %s needs" % (who, protocol.upper(), number, given["node"]["role"]), "stop what listens there (ss -lntup)", "%s %s" % (one["port"], one["by"]))


JUDGEMENTS = (judge_ports,)
