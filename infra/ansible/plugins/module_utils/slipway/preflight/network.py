"""How the host is reached and where it sends: interface, routes, names, the host's own firewall."""
from __future__ import annotations

import ipaddress
import json
import os
import random
import re
import socket
import struct
import time

from ansible.module_utils.slipway import filters, firewalld, host, tables, ufw
from ansible.module_utils.slipway.preflight import command, identity
from ansible.module_utils.slipway.preflight.finding import error, warning

NETWORKS_OF_OURS = ("cni0", "flannel.1")
NAME_SERVER_SECONDS = 1
LEAST_POD_MTU = 1280
VXLAN_OVERHEAD = 50


def read_interface(given):
    return host.interface_with(given["node"]["address"])


def read_name_servers(given):
    """Each server of resolv.conf with the milliseconds that its answer took, or None: any answer counts."""
    servers = re.findall(r"^nameserver\s+(\S+)", host.text("/etc/resolv.conf"), re.M)[:3]
    sockets = {}
    question = struct.pack(">HHHHHH", random.randrange(1 << 16), 0x0100, 1, 0, 0, 0)
    question += b"".join(bytes([len(label)]) + label.encode() for label in given["repo"]["name"].split(".")) + b"\0" + struct.pack(">HH", 1, 1)
    began = time.monotonic()
    found = {server: None for server in servers}
    for server in found:
        try:
            asked = socket.socket(socket.AF_INET6 if ":" in server else socket.AF_INET, socket.SOCK_DGRAM)
            sockets[server] = asked
            asked.connect((server.split("%")[0], 53))
            asked.send(question)
        except OSError:
            continue
    for server, asked in sockets.items():
        with asked:
            try:
                asked.settimeout(max(0.01, began + NAME_SERVER_SECONDS - time.monotonic()))
                asked.recv(512)
                found[server] = round((time.monotonic() - began) * 1000, 1)
            except OSError:
                continue
    return [{"address": address, "milliseconds": milliseconds} for address, milliseconds in found.items()]


def read_firewall(given):
    """Who filters packets that come in (firewalld, ufw, nftables) and, where it can be read, by which tables; kind '' where nobody does."""
    if os.geteuid() != 0:
        return {"kind": "", "tables": [], "unsaved": False}
    if firewalld.runs():
        return {"kind": "firewalld", "tables": [], "unsaved": not firewalld.is_saved()}
    if ufw.is_active():
        return {"kind": "ufw", "tables": [], "unsaved": False}
    if command.path_of("nft"):
        chains = filters.dropping_chains(json.loads(command.answer(["nft", "-j", "-a", "list", "ruleset"]) or '{"nftables": []}')["nftables"])
        filtering = sorted({"%(family)s %(table)s" % chain for chain in chains})
    else:      # which of its tables drop can't be told; they will be read when nft is installed
        filtering = [table for table in tables.listed() if table.split()[0] in ("inet", "ip") and table.split()[1] not in filters.NOT_THE_HOSTS]
    return {"kind": "nftables" if filtering else "", "tables": filtering, "unsaved": False}


READS = {
    "interface": read_interface,
    "routes": lambda given: host.routes(),
    "name_servers": read_name_servers,
    "firewall": read_firewall,
}


def judge_interface(given, interface):
    address = given["node"]["address"]
    if interface is None:
        yield error("address-missing", "no interface of this host carries its address %s" % address, "register the host with the address that it has itself", address)
        return
    overhead = VXLAN_OVERHEAD if given["cluster"]["cni"]["backend"] == "vxlan" else 0
    if interface["mtu"] - overhead < LEAST_POD_MTU:
        yield error("mtu-too-small", "%(name)s has an MTU of %(mtu)d" % interface + ", pods would be left with %d" % (interface["mtu"] - overhead),
                    "set it to %d or more (1500 is usual)" % (LEAST_POD_MTU + overhead), "mtu %d" % interface["mtu"])


def judge_routes(given, routes, owner):
    pods_and_services = {name: ipaddress.ip_network(given["cluster"][name]) for name in ("pod_cidr", "service_cidr")}
    for route in routes:
        network = ipaddress.ip_network(route["destination"], strict=False)
        if network.prefixlen == 0 or (identity.is_ours(given, owner) and route["device"] in NETWORKS_OF_OURS):
            continue
        for name, wanted in pods_and_services.items():
            if network.overlaps(wanted):
                what = name.replace("_cidr", " CIDR")
                yield error("route-overlaps", "the %s %s overlaps this host's route to %s over %s" % (what, wanted, network, route["device"]),
                            "choose another %s" % what, "%(destination)s via %(gateway)s dev %(device)s" % route)


def judge_name_servers(given, name_servers):
    if not name_servers:
        yield warning("dns-missing", "this host has no name server", "write one to /etc/resolv.conf: pods inherit it", "/etc/resolv.conf has no line nameserver")
    silent = [one["address"] for one in name_servers if one["milliseconds"] is None]
    if silent:
        yield warning("dns-silent", "no answer came from %s within %d s" % (" and ".join(silent), NAME_SERVER_SECONDS),
                      "let this host reach its name servers, or name others in /etc/resolv.conf: CoreDNS asks them for the world's names", ", ".join(silent))


def judge_firewall(given, firewall, owner):
    if firewall["unsaved"] and not identity.is_ours(given, owner):
        yield error("firewall-unsaved", firewalld.UNSAVED, firewalld.WAY_OUT, "firewall-cmd --list-all-zones differs from --permanent")


JUDGEMENTS = (judge_interface, judge_routes, judge_name_servers, judge_firewall)
