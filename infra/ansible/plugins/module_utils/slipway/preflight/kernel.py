"""What the kernel can and how it is set: features, control groups, swap, filters."""
from __future__ import annotations

import gzip
import os
import platform
import re

from ansible.module_utils.slipway import host, swap
from ansible.module_utils.slipway.preflight import command
from ansible.module_utils.slipway.preflight.finding import error, warning
from ansible.module_utils.slipway.preflight.machine import version_of

# feature → its switch in the kernel's configuration, and what shows that it is there
FEATURES = {
    "overlay": ("CONFIG_OVERLAY_FS", "/sys/module/overlay"),
    "br_netfilter": ("CONFIG_BRIDGE_NETFILTER", "/proc/sys/net/bridge/bridge-nf-call-iptables"),
    "nf_conntrack": ("CONFIG_NF_CONNTRACK", "/proc/sys/net/netfilter/nf_conntrack_max"),
    "bridge": ("CONFIG_BRIDGE", "/sys/module/bridge"),
    "veth": ("CONFIG_VETH", "/sys/module/veth"),
    "vxlan": ("CONFIG_VXLAN", "/sys/module/vxlan"),
    "nf_tables": ("CONFIG_NF_TABLES", "/sys/module/nf_tables"),
    "ip_tables": ("CONFIG_IP_NF_IPTABLES", "/sys/module/ip_tables"),
}
ALWAYS = ("overlay", "br_netfilter", "nf_conntrack", "bridge", "veth")
CONTROLLERS = ("cpu", "cpuset", "memory", "pids")
NFTABLES_KERNEL = (5, 13)      # the oldest that kube-proxy's nftables mode takes
NFTABLES_NFT = (1, 0, 1)       # and the oldest nft
STRICT = "1"


def read_features(given):
    """Feature → present, loadable, missing, or unknown where this host keeps neither modules nor configuration."""
    folder = "/lib/modules/" + platform.release()
    modules = [host.text("%s/%s" % (folder, name)) for name in ("modules.builtin", "modules.dep")]
    switches = kernel_configuration()
    return {name: feature(name, switch, sign, modules, switches) for name, (switch, sign) in FEATURES.items()}


def feature(name, switch, sign, modules, switches):
    if os.path.exists(sign) or switches.get(switch) == "y":
        return "present"
    builtin, loadable = (bool(re.search(r"(^|/)%s\.ko" % name, text, re.M)) for text in modules)
    if builtin:
        return "present"
    if loadable:
        return "loadable"
    if any(modules) or (switches and switches.get(switch) != "m"):
        return "missing"
    # built as a module, and there is no folder to load it from
    return "missing" if switches else "unknown"


def kernel_configuration():
    """CONFIG_… → y or m, from wherever this system keeps it; empty when nowhere."""
    try:
        with gzip.open("/proc/config.gz", "rt") as file:
            text = file.read()
    except OSError:
        text = host.text("/boot/config-" + platform.release())
    return dict(re.findall(r"^(CONFIG_\w+)=([ym])$", text, re.M))


def read_cgroup(given):
    version = host.cgroup_version()
    if version == 2:
        controllers = host.text("/sys/fs/cgroup/cgroup.controllers").split()
    else:
        rows = [line.split() for line in host.text("/proc/cgroups").splitlines()[1:]]
        controllers = [row[0] for row in rows if len(row) == 4 and row[3] == "1"]
    return {"version": version, "controllers": controllers, "own": host.text("/proc/self/cgroup")[:200]}


def read_swap(given):
    return {"areas": host.swap_entries(), "unnamed": swap.unnamed(), "used_kib": swap.used_kib(), "available_kib": swap.available_kib(), "shown": host.text("/proc/swaps")}


def read_reverse_path_filter(given):
    """The stricter of all interfaces' and the node's own decides."""
    interface = host.interface_with(given["node"]["address"])
    names = ["all", "default"] + ([interface["name"]] if interface else [])
    return {name: host.text("/proc/sys/net/ipv4/conf/%s/rp_filter" % name) for name in names}


def read_nft(given):
    """The version of the host's own nft, or ''."""
    found = re.search(r"v(\d+(\.\d+)+)", command.answer(["nft", "--version"]))
    return found.group(1) if found else ""


READS = {
    "features": read_features,
    "cgroup": read_cgroup,
    "swap": read_swap,
    "reverse_path_filter": read_reverse_path_filter,
    "nft": read_nft,
}


def needed_features(given):
    """Features that the chosen network and proxy mode rest on, each with who needs it."""
    needed = {name: "Kubernetes" for name in ALWAYS}
    if given["cluster"]["cni"]["backend"] == "vxlan":
        needed["vxlan"] = "the network backend vxlan"
    needed.update({"nftables": {"nf_tables": "the proxy mode nftables"}, "iptables": {"ip_tables": "the proxy mode iptables"}}.get(given["cluster"]["proxy_mode"], {}))
    # iptables over nf_tables serves that mode, too
    return needed


def judge_features(given, features):
    for name, who in needed_features(given).items():
        if features.get(name) != "missing" or (name == "ip_tables" and features.get("nf_tables") != "missing"):
            continue
        yield error("kernel-feature-missing", "this host's kernel has no %s, which %s needs" % (name, who),
                    "boot a kernel that has it, or install the package with the kernel's modules", "%s: %s" % (name, features[name]))


def judge_proxy_mode(given, kernel_release, nft):
    if given["cluster"]["proxy_mode"] != "nftables":
        return
    if version_of(kernel_release) < NFTABLES_KERNEL:
        yield error("kernel-too-old-for-proxy", "the kernel %s is older than %d.%d, which the proxy mode nftables needs" % (kernel_release, *NFTABLES_KERNEL),
                    "boot a newer kernel, or take the proxy mode iptables", kernel_release)
    if not nft:
        return
    version = tuple(int(part) for part in nft.split("."))
    if version < NFTABLES_NFT:
        yield error("nft-too-old", "nft %s is older than %d.%d.%d, which the proxy mode nftables needs" % (nft, *NFTABLES_NFT), "install a newer nftables", nft)
    image = given["release"].get("versions", {}).get("nft") or ""
    if image and version[:2] != tuple(int(part) for part in image.split(".")[:2]):
        yield warning("nft-differs", "this host's nft is %s, kube-proxy's image has %s: one may not read what the other wrote" % (nft, image),
                      "don't list kube-proxy's tables with the host's nft, or install nftables of one line with the image's", nft)


def judge_cgroup(given, cgroup):
    minor = int(given["cluster"]["kubernetes_version"].split(".")[1])
    if cgroup["version"] < 2 and minor >= 35 and not given["profile"].get("allow_cgroup_v1"):
        yield error("cgroup-v1", "this host has cgroup v1, Kubernetes 1.%d needs v2" % minor,
                    "boot with systemd.unified_cgroup_hierarchy=1, or take Kubernetes 1.34", cgroup["own"])
    missing = [name for name in CONTROLLERS if name not in cgroup["controllers"]]
    if missing:
        yield error("cgroup-controller-missing", "the kernel offers no control group for %s" % ", ".join(missing),
                    "switch it on at the kernel's command line (cgroup_enable=%s)" % missing[0], " ".join(cgroup["controllers"]))


def judge_swap(given, swap):
    if not swap["areas"] or given["cluster"].get("swap_allowed"):
        return
    # what something else than fstab switches on would come back; what is swapped out needs room to come back to
    is_safe = not swap["unnamed"] and swap["used_kib"] < swap["available_kib"] // 2
    yield error("swap-on", "swap is on (%s)" % ", ".join(swap["areas"]), "run swapoff -a and remove swap from /etc/fstab", swap["shown"],
                "swap is switched off, and its lines in /etc/fstab become comments" if is_safe else "")


def judge_reverse_path_filter(given, reverse_path_filter):
    strict = strict_of(reverse_path_filter)
    if strict:
        yield warning("rp-filter-strict", "the reverse path filter is strict (%s): packets that come in by another way than the answer goes are dropped" % ", ".join(strict),
                      "set net.ipv4.conf.*.rp_filter to 2", " ".join("%s=%s" % pair for pair in reverse_path_filter.items()),
                      ", ".join("net.ipv4.conf.%s.rp_filter" % name for name in strict) + " becomes 2 (loose), also at boot")


def strict_of(reverse_path_filter):
    """What decides now and strictly: a default is only what later interfaces begin with."""
    return [name for name, value in reverse_path_filter.items() if value == STRICT and name != "default"]


JUDGEMENTS = (judge_features, judge_proxy_mode, judge_cgroup, judge_swap, judge_reverse_path_filter)
