"""What reset does, in order. Each deed looks first, may run twice, and answers notes about what it could not do."""
from __future__ import annotations

import glob
import ipaddress
import os
import shutil
import signal
import subprocess
import time

from ansible.module_utils.slipway import filters, firewalld, host, ledger, markers, packetfilter, processes, swap, tables, transient, ufw

KUBEADM = "/usr/local/bin/kubeadm"
OUR_UNITS = ("kubelet.service", "containerd.service", "slipway-firewall.service")
# containerd writes it from our template; where the folder was there before, nothing else takes it away. Preflight wants it empty.
CNI_CONFIG = "/etc/cni/net.d/10-containerd-net.conflist"
BRIDGES = ("cni0", "flannel.1", "kube-ipvs0")
# kernel settings that the software of a node changes; others may have changed by themselves
SYSCTLS = ("net/ipv4/conf/", "net/ipv6/conf/", "net/bridge/", "net/netfilter/", "vm/overcommit_memory", "vm/panic_on_oom",
           "kernel/panic", "kernel/keys/root_max", "net/ipv4/vs/", "net/ipv4/ip_forward", "net/core/somaxconn")


def run(*argv):
    return subprocess.run(argv, capture_output=True, text=True, check=False)


def leave_cluster(module, book, operation):
    """kubeadm's own way out, where there is something to leave; what it can't do is done below."""
    for name in transient.others_of(operation):
        transient.stop(name)
    if not os.path.exists(KUBEADM) or not os.path.exists("/etc/kubernetes"):
        return []
    done = transient.run(operation, [KUBEADM, "reset", "--force", "--cri-socket=unix:///run/containerd/containerd.sock"], 180)
    return ["kubeadm reset ended with %d: %s" % (done["rc"], done["tail"][-500:])] if done["rc"] else []


def stop_services(module, book, operation):
    run("systemctl", "disable", "--now", *[unit for unit in OUR_UNITS if os.path.exists("/etc/systemd/system/" + unit)])
    left = processes.of_pods()
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while processes.of_pods() and time.monotonic() < deadline:
        time.sleep(0.1)
    return ["processes of pods don't end: %s" % processes.of_pods()] if processes.of_pods() else []


def unmount(module, book, operation):
    roots = tuple(path for path, was_there in book["paths"].items() if not was_there)
    with open("/proc/self/mountinfo", encoding="utf-8") as file:
        points = [line.split()[4].replace("\\040", " ") for line in file]
    ours = [point for point in points if point.startswith(tuple(root + "/" for root in roots)) or point in roots or point.startswith("/run/netns/cni-")]
    for point in sorted(ours, reverse=True):
        if run("umount", point).returncode:
            run("umount", "--lazy", point)
    for path in glob.glob("/run/netns/cni-*"):
        os.unlink(path)


def remove_interfaces(module, book, operation):
    names = [name for name in os.listdir("/sys/class/net") if name not in book["interfaces"]]
    for name in [name for name in names if name in BRIDGES or (name.startswith("veth") and os.path.exists("/sys/class/net/%s/master" % name))]:
        run("ip", "link", "delete", name)
    pods = ipaddress.ip_network(book["pod_cidr"])
    for line in run("ip", "-4", "route", "show").stdout.splitlines():      # of flannel's host-gw
        target = line.split()[0]
        if "/" in target and ipaddress.ip_network(target, strict=False).subnet_of(pods):
            run("ip", "route", "delete", target)


def close_firewall(module, book, operation):
    notes = []
    for rule in book.get("ufw_rules", []):
        done = ufw.delete(rule)
        notes += ["ufw keeps the rule %s: %s" % (rule, done.stderr.strip())] if done.returncode else []
    policies = {path: book["files"][path] for path in firewalld.PATHS if path in book["files"]}
    for path, before in policies.items():
        restore(path, before)
    for rule in filters.our_rules(module):
        run("nft", "delete", "rule", rule["family"], rule["table"], rule["chain"], "handle", str(rule["handle"]))
    return notes + (firewalld.close() if policies else [])


def remove_tables(module, book, operation):
    packetfilter.without_kubernetes(set(book["tables"]))
    left = [table for table in tables.listed() if table not in book["tables"]]
    return ["tables stay, as somebody's rules are in them: %s" % ", ".join(left)] if left else []


def unload_modules(module, book, operation):
    for name in reversed(book["modules_loaded"]):
        run("modprobe", "--remove", name)


def purge_packages(module, book, operation):
    here = {line.split()[0] for line in host.installed_packages(module)}
    ours = [name for name in book["packages_installed"] if name in here]
    stay = ["stay at their newer versions: %s" % ", ".join(book["packages_upgraded"])] if book["packages_upgraded"] else []
    if not ours:
        return stay
    done = transient.run(operation, ["dpkg", "--purge", *ours], 300, "packages", {"DEBIAN_FRONTEND": "noninteractive"})
    return stay + (["dpkg --purge ended with %d: %s" % (done["rc"], done["tail"][-500:])] if done["rc"] else [])


def restore_files(module, book, operation):
    for path, before in book["files"].items():
        restore(path, before)


def switch_swap_on(module, book, operation):
    return swap.switch_on(book) if book.get("swap_areas") else []


def restore(path, before):
    if before is None:
        if os.path.lexists(path):
            os.unlink(path)
    elif "block" in before:
        if os.path.exists(path):
            with open(path, "rb") as file:
                text = file.read()
            info = os.stat(path)
            ledger.write_atomically(path, markers.removed(text, before["block"]), info.st_mode & 0o7777, info.st_uid, info.st_gid)
    else:
        with open(before["copy"], "rb") as file:
            ledger.write_atomically(path, file.read(), before["mode"], before["uid"], before["gid"])


def remove_folders(module, book, operation):
    restore(CNI_CONFIG, None)
    for path in [path for path, was_there in book["paths"].items() if not was_there]:
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path, ignore_errors=True)
        elif os.path.lexists(path):
            os.unlink(path)
    for folder in sorted(book["folders"], key=len, reverse=True):
        if os.path.isdir(folder) and not os.listdir(folder):
            os.rmdir(folder)
    for root in glob.glob("/sys/fs/cgroup/*/kubepods*") + glob.glob("/sys/fs/cgroup/kubepods*"):
        for folder, _, _ in os.walk(root, topdown=False):
            try:
                os.rmdir(folder)
            except OSError:
                pass
    run("systemctl", "daemon-reload")
    run("systemctl", "reset-failed", *OUR_UNITS)


def restore_sysctls(module, book, operation):
    failed = []
    for path in sorted(book["sysctls"], key=lambda path: path != "net/ipv4/ip_forward"):     # it sets others, so it goes first
        place = "/proc/sys/" + path
        if not path.startswith(SYSCTLS) or not os.path.exists(place):
            continue
        with open(place, encoding="utf-8") as file:
            now = file.read().strip()
        if now != book["sysctls"][path]:
            try:
                with open(place, "w", encoding="utf-8") as file:
                    file.write(book["sysctls"][path])
            except OSError as error:
                failed.append("%s: %s" % (path, error.strerror))
    return failed


IN_ORDER = (
    leave_cluster, stop_services, unmount, remove_interfaces, close_firewall, remove_tables,
    unload_modules, purge_packages, restore_files, remove_folders, restore_sysctls, switch_swap_on,
)
