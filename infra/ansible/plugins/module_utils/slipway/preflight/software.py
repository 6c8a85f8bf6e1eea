"""What else is on the host: remains, other runtimes, a busy package manager, proxies, mandatory access control."""
from __future__ import annotations

import fcntl
import os
import re
import struct

from ansible.module_utils.slipway import host, packetfilter, tables
from ansible.module_utils.slipway.preflight import command
from ansible.module_utils.slipway.preflight.finding import error, warning

# runtime → its daemon and its program
RUNTIMES = {"docker": ("dockerd", "dockerd"), "cri-o": ("crio", "crio"), "containerd": ("containerd", "containerd"), "k3s": ("k3s-server", "k3s")}
LOCKS = ("/var/lib/dpkg/lock-frontend", "/var/lib/dpkg/lock", "/var/lib/rpm/.rpm.lock")
PROXY_PLACES = ("/etc/environment", "/etc/systemd/system.conf", "/etc/apt/apt.conf")
PROXY = re.compile(r"((?:https?|all)_proxy|Acquire::https?::Proxy)[\"']?[=\s]+[\"']?([^\s\"';]+)", re.I)


def read_leftovers(given):
    signs = host.leftovers()
    names = tables.listed()
    signs += ["nftables table " + table for table in names if table.split()[1] in packetfilter.TABLES_OF_OURS]
    legacy = host.text("/proc/net/ip_tables_names")
    for program in ("iptables-save", "ip6tables-save") if legacy or any(table.split()[1] in packetfilter.TABLES_OF_IPTABLES for table in names) else ():
        rules = [line for line in command.answer([program]).splitlines() if line.startswith("-A") and packetfilter.CHAIN_OF_OURS.search(line)]
        signs += ["%d rules in %s (%s)" % (len(rules), program.replace("-save", ""), rules[0][:80])] if rules else []
    return signs


def read_runtimes(given):
    """Container runtimes that are installed, with what they say of themselves."""
    running = process_names()
    found = []
    for name, (daemon, program) in RUNTIMES.items():
        path = command.path_of(program)
        runs = daemon in running
        if path or runs:
            found.append({"name": name, "path": path or "", "version": command.answer([path, "--version"]).strip()[:200] if path else "", "runs": runs})
    return found


def process_names():
    return {host.text("/proc/%s/comm" % pid) for pid in os.listdir("/proc") if pid.isdigit()}


def read_package_lock(given):
    """Who holds the package manager's lock, or None; asking doesn't take it."""
    for path in LOCKS:
        try:
            with open(path, "rb") as file:
                asked = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
                kind, _, _, _, pid = struct.unpack("hhqqi4x", fcntl.fcntl(file, fcntl.F_GETLK, asked))
        except OSError:
            continue
        if kind != fcntl.F_UNLCK:
            return {"path": path, "pid": pid, "program": host.text("/proc/%d/comm" % pid, "a process that can't be seen")}
    return None


def read_missing_packages(given):
    names = given["release"]["packages"].get("names", [])
    if not names or not command.path_of("dpkg-query"):
        return []
    said = command.answer(["dpkg-query", "-W", "-f", "${db:Status-Abbrev} ${Package}\n"])
    here = {line.split()[1] for line in said.splitlines() if line.startswith("ii")}
    return [name for name in names if name not in here]


def read_access_control(given):
    enforcing = host.text("/sys/fs/selinux/enforce")
    return {
        "selinux": {"": "off", "0": "permissive", "1": "enforcing"}.get(enforcing, enforcing),
        "apparmor": "on" if host.text("/sys/module/apparmor/parameters/enabled") == "Y" else "off",
        "apparmor_parser": bool(command.path_of("apparmor_parser")),
    }


def read_proxies(given):
    """Proxies that the system's own files set, without the passwords in them."""
    places = [*PROXY_PLACES, *("/etc/apt/apt.conf.d/" + name for name in sorted(os.listdir("/etc/apt/apt.conf.d")))] if os.path.isdir("/etc/apt/apt.conf.d") else PROXY_PLACES
    lines = [(place, line) for place in places for line in host.text(place).splitlines() if not re.match(r"\s*(#|//)", line)]
    return [
        {"place": place, "name": found.group(1), "value": re.sub(r"//[^/@]*@", "//…@", found.group(2))}
        for place, line in lines for found in [PROXY.search(line)] if found
    ]


READS = {
    "leftovers": read_leftovers,
    "runtimes": read_runtimes,
    "package_lock": read_package_lock,
    "missing_packages": read_missing_packages,
    "access_control": read_access_control,
    "proxies": read_proxies,
}


def judge_leftovers(given, leftovers, owner):
    if leftovers and not owner:
        yield error("leftovers", "this host holds remains of another cluster: %s" % ", ".join(leftovers),
                    "remove them (kubeadm reset, then what is named here), or use a clean host", "; ".join(leftovers))


def judge_runtimes(given, runtimes, owner):
    for one in [] if owner else runtimes:
        where = ("%(path)s %(version)s" % one).strip() or "a process of that name"
        if one["name"] == "containerd":
            yield error("other-containerd", "this host has a containerd of its own%s: %s" % (", which runs" if one["runs"] else "", where),
                        "remove it: programs and settings of two containerds get in each other's way", where)
        elif one["runs"]:
            yield error("other-runtime", "%s runs on this host" % one["name"], "stop and remove it: a node has one runtime, Slipway's containerd", where)
        else:
            yield warning("runtime-installed", "%s is installed on this host" % one["name"], "remove it, or see that it never runs", where)


def judge_package_lock(given, package_lock, missing_packages):
    if package_lock is None:
        return
    who = "%(program)s (process %(pid)d) holds %(path)s" % package_lock
    if missing_packages:
        yield error("package-lock-held", "the package manager is busy: %s" % who, "wait until it has ended, or end it: %s have to be installed" % ", ".join(missing_packages), who)
    else:
        yield warning("package-lock-held", "the package manager is busy: %s" % who, "no package has to be installed, so nothing waits for it", who)


def judge_access_control(given, access_control):
    if access_control["selinux"] == "enforcing":
        yield warning("selinux-enforcing", "SELinux is enforcing, which has not been tried with this Slipway", "watch the audit log (ausearch -m avc) while nodes come up", "enforce = 1")
    if access_control["apparmor"] == "on" and not access_control["apparmor_parser"]:
        yield warning("apparmor-without-parser", "AppArmor is on without its parser: pods that ask for a profile won't start", "install the package apparmor", "no apparmor_parser")


def judge_proxies(given, proxies):
    if proxies:
        said = ", ".join("%(name)s=%(value)s in %(place)s" % one for one in proxies)
        yield warning("proxy-set", "this host is told to use a proxy (%s)" % said, "see that the repository, the nodes, pods and services are excepted (no_proxy)", said)


JUDGEMENTS = (judge_leftovers, judge_runtimes, judge_package_lock, judge_access_control, judge_proxies)
