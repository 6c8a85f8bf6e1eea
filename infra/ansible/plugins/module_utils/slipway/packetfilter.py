"""Take the rules of Kubernetes' components out of the packet filter and leave everybody else's."""
from __future__ import annotations

import json
import re
import shutil
import subprocess

from ansible.module_utils.slipway import tables

TABLES_OF_OURS = ("kube-proxy", "flannel-ipv4", "flannel-ipv6", "cni_hostport", "cni_plugins_masquerade", "cni_plugins_firewall")
CHAIN_OF_OURS = re.compile(r"(^:|\s)(KUBE-|CNI-|FLANNEL-)|flanneld (masq|forward)")
TABLES_OF_IPTABLES = ("filter", "nat", "mangle", "raw", "security")


def without_kubernetes(before):
    """`before` are the tables that the host had; iptables' own that it didn't have go too, when nothing else is in them."""
    if not shutil.which("nft"):
        return
    for table in tables.listed():
        if table.split()[1] in TABLES_OF_OURS:
            run(["nft", "delete", "table", *table.split()])
    for command in ("iptables", "ip6tables"):
        if shutil.which(command + "-save"):
            saved = run([command + "-save"]).stdout
            kept = "".join(line + "\n" for line in saved.splitlines() if not CHAIN_OF_OURS.search(line))
            if saved.splitlines() != kept.splitlines():
                run([command + "-restore"], kept)
    for table in tables.listed():
        if table not in before and table.split()[1] in TABLES_OF_IPTABLES and is_empty(table):
            run(["nft", "delete", "table", *table.split()])


def is_empty(table):
    """Whether a table has no rule and no chain that drops."""
    listed = run(["nft", "-j", "list", "table", *table.split()])
    if listed.returncode:
        return False
    entries = json.loads(listed.stdout)["nftables"]
    return not any("rule" in entry or entry.get("chain", {}).get("policy") == "drop" for entry in entries)


def run(argv, given=None):
    return subprocess.run(argv, input=given, capture_output=True, text=True, check=False)
