"""firewalld: two policies in files of our own. They hold whatever zone a packet comes by, and no zone of the host's is touched."""
from __future__ import annotations

import os
import subprocess

NAMES = ("slipway-node", "slipway-pods")
PATHS = tuple("/etc/firewalld/policies/%s.xml" % name for name in NAMES)
POLICY = """<?xml version="1.0" encoding="utf-8"?>
<policy priority="-10" target="CONTINUE">
  <short>Slipway</short>
  <description>%s</description>
  <ingress-zone name="ANY"/>
  <egress-zone name="%s"/>
%s</policy>
"""
PORT = '<port port="%s" protocol="%s"/>'
UNSAVED = "firewalld runs with rules that its files lack, so it would lose them when it reads in the policies of a node"
WAY_OUT = "keep them with firewall-cmd --runtime-to-permanent, or drop them with firewall-cmd --reload"
POD_RULE = '<rule family="ipv4"><%s address="%s"/><accept/></rule>'


def runs():
    try:
        return ask("--state").returncode == 0
    except FileNotFoundError:
        return False


def texts(wanted):
    """Path → what the file there has to say: one about what comes in, one about what is forwarded."""
    ports = [(port, "tcp") for port in wanted["ports"]] + [(wanted["node_ports"], protocol) for protocol in ("tcp", "udp")]
    ports += [("8472", "udp")] if wanted["vxlan"] else []
    from_pods, to_pods = (POD_RULE % (end, wanted["pod_cidr"]) for end in ("source", "destination"))
    node = policy("What a node of Kubernetes is asked for", "HOST", [PORT % port for port in ports] + [from_pods])
    pods = policy("What pods say to each other and to the world, and the world to them", "ANY", [from_pods, to_pods])
    return {path: text.encode() for path, text in zip(PATHS, (node, pods))}


def policy(description, egress_zone, elements):
    return POLICY % (description, egress_zone, "".join("  %s\n" % element for element in elements))


def is_loaded():
    """Whether firewalld runs with our policies as their files have them."""
    running, saved = listed("--list-all-policies"), listed("--permanent", "--list-all-policies")
    return all(name in running and running[name] == saved.get(name) for name in NAMES)


def is_saved():
    """Whether all that firewalld runs with is in its files: of what is not, a reload would leave nothing. Our own policies don't count."""
    def theirs(*options):
        return {name: lines for name, lines in listed(*options).items() if name not in NAMES}

    return all(theirs(what) == theirs("--permanent", what) for what in ("--list-all-zones", "--list-all-policies"))


def listed(*options):
    """Zones or policies: name → its lines, in an order that compares. Interfaces are bound while it runs, so they are left out."""
    blocks = {}
    for block in ask(*options).stdout.split("\n\n"):
        lines = [line.split() for line in block.splitlines() if line.strip()]
        if lines:
            blocks[lines[0][0]] = sorted(sorted(words) for words in lines[1:] if words[0] != "interfaces:")
    return blocks


def close():
    """Take what the files no longer say out of the running firewall; answers notes about what stays."""
    if not runs():
        return []
    if is_saved():
        done = ask("--reload")
        return ["firewall-cmd --reload ended with %d: %s" % (done.returncode, done.stderr.strip())] if done.returncode else []
    for name in NAMES:
        ask("--policy=" + name, "--remove-ingress-zone=ANY")
    return ["firewalld runs with rules that are not saved, so it was not reloaded: %s stay known to it until it is, without effect" % " and ".join(NAMES)]


def ask(*options):
    return subprocess.run(["firewall-cmd", *options], capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"})
