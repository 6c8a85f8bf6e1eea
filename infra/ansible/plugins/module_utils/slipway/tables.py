"""What the kernel's packet filter holds, asked over netlink: hosts have no nft before us, and none after."""
from __future__ import annotations

import socket
import struct

from ansible.module_utils.slipway import host

NETLINK_NETFILTER = 12
NFTABLES = 10 << 8
DUMP_REQUEST = 0x301            # NLM_F_REQUEST | NLM_F_DUMP
GET = {"tables": 1, "chains": 4, "rules": 7, "sets": 10}
FAMILIES = {1: "inet", 2: "ip", 3: "arp", 5: "netdev", 7: "bridge", 10: "ip6"}
ERROR, DONE = 2, 3


def listed():
    """Names of the nftables tables like `ip nat`; iptables of today's distributions keeps its own there too."""
    return sorted("%s %s" % (family, attributes.get(1, b"").rstrip(b"\0").decode()) for family, attributes in dump("tables"))


# numbers that the kernel gives out or counts up: table use and handle, chain handle, use and counters, rule handle and position, set handle
COUNTED = {"tables": (3, 4), "chains": (2, 6, 8), "rules": (3, 6), "sets": (16,)}
EXPRESSIONS_OF_RULE = 4


def everything():
    """All tables, chains, rules and sets as lines to compare, and the tables of the old iptables."""
    lines = []
    for kind in GET:
        for family, attributes in dump(kind):
            if kind == "rules" and EXPRESSIONS_OF_RULE in attributes:
                attributes[EXPRESSIONS_OF_RULE] = without_counters(attributes[EXPRESSIONS_OF_RULE])
            shown = ["%d=%s" % (key, printable(value)) for key, value in sorted(attributes.items()) if key not in COUNTED[kind]]
            lines.append("%s %s %s" % (kind, family, " ".join(shown)))
    old = ["%s %s" % (path, host.text(path)) for path in ("/proc/net/ip_tables_names", "/proc/net/ip6_tables_names") if host.text(path)]
    return sorted(lines) + old


def without_counters(expressions):
    """A rule's expressions without its counters, which move with every packet."""
    return b"".join(value for _, value in attribute_list(expressions) if attributes_of(value).get(1) != b"counter\0")


def dump(kind):
    """Every entry of a kind: [(family, {attribute number: bytes})]."""
    found = []
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER) as netlink:
        netlink.settimeout(10)
        header = struct.pack("=IHHII", 20, NFTABLES | GET[kind], DUMP_REQUEST, 1, 0)
        netlink.send(header + struct.pack("=BBH", 0, 0, 0))
        while True:
            for type_, body in messages(netlink.recv(1 << 20)):
                if type_ in (DONE, ERROR):
                    return found
                found.append((FAMILIES.get(body[0], str(body[0])), attributes_of(body[4:])))


def messages(data):
    while len(data) >= 16:
        length, type_ = struct.unpack_from("=IH", data)
        yield type_, data[16:length]
        data = data[(length + 3) & ~3:]


def attributes_of(data):
    return dict(attribute_list(data))


def attribute_list(data):
    while len(data) >= 4:
        length, number = struct.unpack_from("=HH", data)
        yield number & 0x3FFF, data[4:length]
        data = data[(length + 3) & ~3:]


def printable(value):
    text = value.rstrip(b"\0")
    return text.decode() if text and all(32 < byte < 127 for byte in text) else value.hex()
