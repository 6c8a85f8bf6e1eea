"""The checks of preflight: each answers findings and never stops the others. Requirements stand in the numbers below."""
from __future__ import annotations

import base64
import http.client
import ipaddress
import os
import platform
import re
import socket
import ssl
import sys

from ansible.module_utils.slipway import firewalld, hardware, host, ledger

GIB = 1 << 30
MEMORY_MIB = {"control-plane": 1700, "worker": 700}
FREE_BYTES = {"control-plane": 6 * GIB, "worker": 4 * GIB}      # programs, images, logs, and etcd's quota
PORTS = {"control-plane": [2379, 2380, 2381, 10250, 10257, 10259], "worker": [10250]}
KERNEL = (4, 19)      # the oldest that Kubernetes tests
NETWORKS_OF_OURS = ("cni0", "flannel.1")


def finding(id_, message, hint, evidence="", severity="error"):
    return {"id": id_, "severity": severity, "message": message, "evidence": str(evidence), "hint": hint}


def check_platform(given):
    found, known, wanted = host.os_release(), given["os"], given["release"]["packages"]["repository"]
    if (found["id"], found["version"]) != (known.get("id"), known.get("version")):
        yield finding("os-unsupported", "this host runs %s, the release was resolved for %s" % (found["pretty"] or "an unknown system", wanted),
                      "use a host with an operating system that Slipway names as tested", found)
    if given["release"].get("platform", "%s-%s" % (wanted, hardware.architecture())) != "%s-%s" % (wanted, hardware.architecture()):
        yield finding("architecture-unsupported", "this host is %s, the release was resolved for %s" % (hardware.architecture(), given["release"]["platform"]),
                      "use a host of that architecture", platform.machine())
    if host.text("/proc/1/comm") != "systemd":
        yield finding("init-unsupported", "this host is not run by systemd", "use a host that systemd runs", host.text("/proc/1/comm"))
    if sys.version_info < (3, 8):
        yield finding("python-too-old", "Python %s is older than 3.8" % platform.python_version(), "install Python 3.8 or newer", sys.version)
    version = tuple(int(part) for part in re.findall(r"\d+", platform.release())[:2])
    if version < KERNEL:
        yield finding("kernel-too-old", "the kernel %s is older than %d.%d" % (platform.release(), *KERNEL), "boot a newer kernel", platform.release())


def check_sudo(given):
    if os.geteuid() != 0:
        yield finding("no-sudo", "the user of the credential can't become root", "give the user sudo rights, or the credential a sudo password", "uid %d" % os.geteuid())


def check_size(given):
    role = given["node"]["role"]
    if hardware.cpus() < 2:
        yield finding("too-few-cpus", "this host has one CPU", "give it two or more" if role == "control-plane" else "a worker runs on one, slowly",
                      hardware.cpus(), "error" if role == "control-plane" else "warning")
    if host.memory_mib() < MEMORY_MIB[role]:
        yield finding("too-little-memory", "this host has %d MiB of memory, a %s needs %d MiB" % (host.memory_mib(), role, MEMORY_MIB[role]),
                      "give it more memory", "%d MiB" % host.memory_mib())


def check_disk(given):
    role = given["node"]["role"]
    folders = [given["cluster"]["runtime_data_dir"], "/var/lib/kubelet"] + ([given["cluster"]["etcd"]["data_dir"]] if role == "control-plane" else [])
    seen = set()
    for folder in folders:
        mount, free = host.mount_of(folder), host.free_bytes(folder)
        if mount not in seen and free < FREE_BYTES[role]:
            yield finding("too-little-disk", "%s has %.1f GiB free for %s, a %s needs %.0f GiB" % (mount, free / GIB, folder, role, FREE_BYTES[role] / GIB),
                          "make room on %s, or mount a larger disk there" % mount, free)
        seen.add(mount)


def check_swap(given):
    areas = host.swap_entries()
    if areas and not given["cluster"].get("swap_allowed"):
        yield finding("swap-on", "swap is on (%s)" % ", ".join(areas), "run swapoff -a and remove swap from /etc/fstab", host.text("/proc/swaps"))


def check_cgroup(given):
    minor = int(given["cluster"]["kubernetes_version"].split(".")[1])
    if host.cgroup_version() < 2 and minor >= 35 and not given["profile"].get("allow_cgroup_v1"):
        yield finding("cgroup-v1", "this host has cgroup v1, Kubernetes 1.%d needs v2" % minor,
                      "boot with systemd.unified_cgroup_hierarchy=1, or take Kubernetes 1.34", host.text("/proc/self/cgroup")[:200])


def check_leftovers(given):
    if owned(given):
        return
    book = ledger.read() if os.geteuid() == 0 else None
    if book:
        yield finding("in-another-cluster", "this host belongs to cluster %(name)s (%(id)s)" % book["cluster"], "delete that cluster, or reset the host", book["cluster"])
        return
    signs = host.leftovers()
    if signs:
        yield finding("leftovers", "this host holds remains of another cluster: %s" % ", ".join(signs),
                      "remove them (kubeadm reset, then the folders named here), or use a clean host", signs)


def check_ports(given):
    if owned(given):
        return
    wanted = PORTS[given["node"]["role"]] + ([given["cluster"]["api_port"]] if given["node"]["role"] == "control-plane" else [])
    for port in sorted(set(wanted) & set(host.listening_ports())):
        yield finding("port-taken", "something listens on TCP port %d, which a %s needs" % (port, given["node"]["role"]), "stop what listens there (ss -ltnp)", port)


def check_routes(given):
    pods_and_services = {name: ipaddress.ip_network(given["cluster"][name]) for name in ("pod_cidr", "service_cidr")}
    for route in host.routes():
        network = ipaddress.ip_network(route["destination"], strict=False)
        if network.prefixlen == 0 or (owned(given) and route["device"] in NETWORKS_OF_OURS):
            continue
        for name, wanted in pods_and_services.items():
            if network.overlaps(wanted):
                yield finding("route-overlaps", "the %s %s overlaps this host's route to %s over %s" % (name.replace("_cidr", " CIDR"), wanted, network, route["device"]),
                              "choose another %s" % name.replace("_cidr", " CIDR"), route)


def check_firewall(given):
    if not owned(given) and os.geteuid() == 0 and firewalld.runs() and not firewalld.is_saved():
        yield finding("firewall-unsaved", firewalld.UNSAVED, firewalld.WAY_OUT)


def check_name(given):
    name = socket.gethostname()
    if not re.fullmatch(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*", name) or name == "localhost":
        yield finding("host-name-invalid", "the host name %r can't be a node's" % name, "set one of lower-case letters, digits and dashes (hostnamectl set-hostname)", name)
    if host.interface_with(given["node"]["address"]) is None:
        yield finding("address-missing", "no interface of this host carries its address %s" % given["node"]["address"],
                      "register the host with the address that it has itself", given["node"]["address"])


def check_repository(given):
    repo = given["repo"]
    place = "%s:%d" % (repo["name"], repo["port"])
    problems = []
    for address in repo["addresses"]:
        try:
            status = ask(repo, address)
        except (OSError, http.client.HTTPException) as error:
            problems.append("%s: %s" % (address, error))
            continue
        if status in (401, 403):
            yield finding("repository-refuses", "the repository %s refuses this cluster's token" % place, "retry: the next attempt carries a fresh token", status)
        return
    yield finding("repository-unreachable", "the repository %s can't be reached: %s" % (place, "; ".join(problems)),
                  "let this host reach that address and port; its certificate must be of Slipway's authority", problems)


def ask(repo, address):
    """A real TLS request to one address under the repository's name, with the token; answers the status."""
    context = ssl.create_default_context(cadata=repo["ca"])
    with socket.create_connection((address, repo["port"]), timeout=10) as plain:
        with context.wrap_socket(plain, server_hostname=repo["name"]) as secured:
            basic = base64.b64encode(("%s:%s" % (repo["user"], repo["token"])).encode()).decode()
            secured.sendall(("GET /v2/ HTTP/1.1\r\nHost: %s\r\nAuthorization: Basic %s\r\nConnection: close\r\n\r\n" % (repo["name"], basic)).encode())
            answer = http.client.HTTPResponse(secured)
            answer.begin()
            return answer.status


def owned(given):
    """Whether this very cluster has this host already: then what is there is ours."""
    book = ledger.read() if os.geteuid() == 0 else None
    return bool(book) and book["cluster"]["id"] == given["cluster"]["id"]


ALL = (check_sudo, check_platform, check_size, check_disk, check_swap, check_cgroup, check_leftovers, check_ports, check_routes, check_firewall, check_name, check_repository)
