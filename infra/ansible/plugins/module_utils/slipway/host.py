"""Readings of a host that several modules need; nothing here changes anything."""
from __future__ import annotations

import os
import re
import socket
import struct
import fcntl

# Folders that Kubernetes, containerd and the network plugins make; those that were not there before, reset removes.
OUR_PATHS = (
    "/etc/kubernetes", "/etc/containerd", "/etc/cni", "/etc/slipway", "/opt/cni", "/opt/containerd", "/opt/nri", "/etc/nri", "/etc/cdi",
    "/var/lib/kubelet", "/var/lib/etcd", "/var/lib/containerd", "/var/lib/cni", "/var/lib/kube-proxy", "/var/lib/nri", "/var/lib/dockershim",
    "/var/log/pods", "/var/log/containers", "/var/log/kubernetes", "/usr/libexec/kubernetes", "/usr/local/libexec/kubernetes",
    "/run/containerd", "/run/flannel", "/run/kubernetes", "/run/xtables.lock", "/run/nri", "/run/netns",
)

# Folders of the system that kubelet makes when a pod mounts them; reset removes them only when they are empty.
MOUNTED_BY_PODS = ("/etc/ssl/certs", "/usr/lib/modules", "/usr/share/ca-certificates", "/usr/local/share/ca-certificates", "/etc/ca-certificates")

# What kubelet, kube-proxy, flannel, containerd and our own sysctl file may change.
SYSCTL_ROOTS = ("net/ipv4", "net/ipv6", "net/bridge", "net/netfilter", "net/core", "vm", "kernel", "fs")


def os_release():
    values = {}
    for path in ("/etc/os-release", "/usr/lib/os-release"):
        if not values and os.path.exists(path):
            for line in open(path, encoding="utf-8"):
                key, found, value = line.strip().partition("=")
                if found:
                    values[key] = value.strip("\"'")
    return {"id": values.get("ID", ""), "version": values.get("VERSION_ID", ""), "pretty": values.get("PRETTY_NAME", "")}


def text(path, default=""):
    """A file's text without the outer white space, or `default` where it can't be read."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read().strip()
    except OSError:
        return default


def memory_mib():
    found = re.search(r"^MemTotal:\s+(\d+) kB", text("/proc/meminfo"), re.M)
    return int(found.group(1)) // 1024 if found else 0


def swap_entries():
    """Names of the active swap areas, as /proc/swaps shows them."""
    return [line.split()[0] for line in text("/proc/swaps").splitlines()[1:] if line.strip()]


def cgroup_version():
    """2 where the unified hierarchy is mounted at /sys/fs/cgroup, else 1 (also for hybrid)."""
    return 2 if os.path.exists("/sys/fs/cgroup/cgroup.controllers") else 1


def listening_ports():
    """TCP ports that something listens on in this network namespace."""
    ports = set()
    for path in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in text(path).splitlines()[1:]:
            columns = line.split()
            if len(columns) > 3 and columns[3] == "0A":
                ports.add(int(columns[1].rsplit(":", 1)[1], 16))
    return sorted(ports)


def mount_of(path):
    """The mount point below which `path` lies or would lie."""
    while not os.path.exists(path):
        path = os.path.dirname(path)
    while not os.path.ismount(path):
        path = os.path.dirname(path)
    return path


def free_bytes(path):
    while not os.path.exists(path):
        path = os.path.dirname(path)
    state = os.statvfs(path)
    return state.f_bavail * state.f_frsize


def routes():
    """IPv4 routes of the main table: [{destination, gateway, device}]."""
    found = []
    for line in text("/proc/net/route").splitlines()[1:]:
        columns = line.split()
        if len(columns) < 8:
            continue
        address, gateway, mask = (dotted(int(columns[at], 16)) for at in (1, 2, 7))
        prefix = bin(int(columns[7], 16)).count("1")
        found.append({"destination": "%s/%d" % (address, prefix), "gateway": "" if gateway == "0.0.0.0" else gateway, "device": columns[0]})
    return found


def dotted(number):
    """/proc/net/route holds addresses in the machine's byte order."""
    return socket.inet_ntoa(struct.pack("=I", number))


def interface_names():
    return sorted(os.listdir("/sys/class/net"))


def interface_with(address):
    """Name and MTU of the interface that carries an IPv4 address, or None."""
    for name in interface_names():
        if address in ipv4_addresses(name):
            return {"name": name, "mtu": int(text("/sys/class/net/%s/mtu" % name, "1500"))}
    return None


def ipv4_addresses(interface):
    """IPv4 addresses of an interface (the first per label: aliases are interfaces of their own to this call)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            answer = fcntl.ioctl(asked.fileno(), 0x8915, struct.pack("256s", interface.encode()[:15]))   # SIOCGIFADDR
        except OSError:
            return []
    return [socket.inet_ntoa(answer[20:24])]


def sysctls():
    """Every readable kernel setting below the roots that our software may touch, by path below /proc/sys."""
    values = {}
    for root in SYSCTL_ROOTS:
        for folder, _, names in os.walk("/proc/sys/" + root):
            for name in names:
                path = os.path.join(folder, name)
                try:
                    if os.stat(path).st_mode & 0o200:
                        with open(path, encoding="utf-8") as file:
                            values[path[len("/proc/sys/"):]] = file.read().strip()
                except (OSError, UnicodeDecodeError):
                    continue
    return values


def installed_packages(module):
    """Installed Debian packages with versions, as `name version` lines."""
    code, out, _ = module.run_command(["dpkg-query", "-W", "-f", "${db:Status-Abbrev} ${Package}:${Architecture} ${Version}\n"])
    return sorted(line.split(" ", 1)[1].strip() for line in out.splitlines() if line.startswith("ii")) if code == 0 else []


def leftovers():
    """Signs of a Kubernetes node, of ours or of anybody's."""
    signs = [path for path in ("/etc/kubernetes/kubelet.conf", "/etc/kubernetes/manifests", "/etc/kubernetes/pki", "/var/lib/kubelet/config.yaml",
                               "/etc/rancher", "/var/lib/rancher", "/etc/origin") if os.path.lexists(path)]
    for folder in ("/var/lib/etcd", "/etc/cni/net.d"):
        if os.path.isdir(folder) and os.listdir(folder):
            signs.append(folder)
    signs += ["interface " + name for name in interface_names() if name in ("cni0", "flannel.1", "kube-ipvs0", "cilium_host")]
    signs += ["process " + name for name in ("kubelet", "kube-apiserver", "etcd", "k3s") if process_runs(name)]
    return signs


def process_runs(name):
    for pid in filter(str.isdigit, os.listdir("/proc")):
        if text("/proc/%s/comm" % pid) == name[:15]:
            return True
    return False
