"""Which firewall filters on this host, and what has to be accepted there for a node to work."""
from __future__ import annotations

import json
import os

from ansible.module_utils.slipway import firewalld, ufw

MARK = "slipway"
# tables of Kubernetes' own components: they accept and drop for services and network policies, not for the host
NOT_THE_HOSTS = ("kube-proxy", "flannel-ipv4", "flannel-ipv6", "cni_hostport")


def found(module):
    """`firewalld`, `ufw`, `nftables` or None."""
    if firewalld.runs():
        return "firewalld"
    if ufw.is_active():
        return "ufw"
    return "nftables" if filtering_chains(module) else None


def ruleset(module):
    if not module.get_bin_path("nft"):
        return []
    code, out, err = module.run_command(["nft", "-j", "-a", "list", "ruleset"])
    if code:
        module.fail_json(msg="can't read the packet filter's rules: nft ended with %d: %s" % (code, err.strip()))
    return json.loads(out)["nftables"]


def filtering_chains(module):
    """Base chains on input and forward that drop: by policy, or by a rule."""
    return dropping_chains(ruleset(module))


def dropping_chains(entries):
    """The same of what nft listed."""
    dropping = {
        key(entry["rule"]) for entry in entries if "rule" in entry
        and any(verdict in part for part in entry["rule"].get("expr", []) for verdict in ("drop", "reject"))
    }
    chains = [entry["chain"] for entry in entries if "chain" in entry]
    return [
        chain for chain in chains
        if chain.get("hook") in ("input", "forward") and chain["table"] not in NOT_THE_HOSTS
        and (chain.get("policy") == "drop" or (chain["family"], chain["table"], chain["name"]) in dropping)
    ]


def key(rule):
    return (rule["family"], rule["table"], rule["chain"])


def our_rules(module):
    """Rules that we put there, by their comment."""
    return [entry["rule"] for entry in ruleset(module) if "rule" in entry and entry["rule"].get("comment") == MARK]


def accepted(wanted):
    """What to accept on input, as nft expressions."""
    ports = ", ".join(wanted["ports"])
    expressions = ["tcp dport { %s }" % ports, "tcp dport %s" % wanted["node_ports"], "udp dport %s" % wanted["node_ports"], "ip saddr %s" % wanted["pod_cidr"]]
    return expressions + (["udp dport 8472"] if wanted["vxlan"] else [])


def forwarded(wanted):
    return ["ip saddr %s" % wanted["pod_cidr"], "ip daddr %s" % wanted["pod_cidr"]]


def is_of_iptables(chain):
    """Chains that the iptables command keeps in nftables: native rules there would lock that command out."""
    return chain["table"] in ("filter", "nat", "mangle", "raw") and chain["name"].isupper() and os.path.exists("/usr/sbin/iptables")
