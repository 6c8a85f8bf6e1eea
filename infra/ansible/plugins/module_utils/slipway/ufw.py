"""ufw: rules of our own behind the host's, so that what the host denies by name stays denied."""
from __future__ import annotations

import os
import subprocess


def is_active():
    try:
        return ask("status").stdout.startswith("Status: active")
    except FileNotFoundError:
        return False


def rules(wanted):
    """As few as can be, as each costs two starts of ufw; of IPv4 alone, so that the file of IPv6's stays as it is."""
    def ports(protocol, of_nodes):
        return "allow proto %s from 0.0.0.0/0 to any port %s" % (protocol, ",".join([*of_nodes, wanted["node_ports"]]).replace("-", ":"))

    pods = wanted["pod_cidr"]
    return [
        ports("tcp", wanted["ports"]), ports("udp", ["8472"] if wanted["vxlan"] else []),
        "allow from " + pods, "route allow from " + pods, "route allow to " + pods,
    ]


def has(rule):
    return "Skipping adding existing rule" in ask("--dry-run", *rule.split()).stdout


def delete(rule):
    words = rule.split()
    return ask(*(["route", "delete", *words[1:]] if words[0] == "route" else ["delete", *words]))


def ask(*words):
    return subprocess.run(["ufw", *words], capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"})
