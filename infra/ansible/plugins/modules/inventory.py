"""Everything that a create may change and a delete has to bring back, as maps and lines to compare."""
from __future__ import annotations

import fnmatch
import hashlib
import os
import stat

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.slipway import host, tables

ROOTS = ("/etc", "/usr", "/opt", "/var", "/root", "/home", "/srv", "/boot", "/bin", "/sbin", "/lib", "/lib64", "/run", "/tmp", "/mnt", "/media")

# Each with its reason: these change by themselves, or are compared in another way.
FILES_LEFT_OUT = {
    "/var/log/journal/*": "the journal tells what happened, the delete included",
    "/run/log/journal/*": "the journal tells what happened, the delete included",
    "/var/log/wtmp": "logins are written down, our own too",
    "/var/log/btmp": "logins are written down, our own too",
    "/var/log/lastlog": "logins are written down, our own too",
    "/var/log/apt/*": "apt's log of what was installed and purged stays, as logs do",
    "/var/log/dpkg.log": "dpkg's log of what was installed and purged stays, as logs do",
    "/var/log/alternatives.log": "the alternatives' log stays, as logs do",
    "/var/lib/dpkg/status": "compared as packages",
    "/var/lib/dpkg/status-old": "dpkg's copy of its last but one state",
    "/var/lib/dpkg/available*": "dpkg's cache of what could be installed",
    "/var/lib/dpkg/diversions*": "dpkg writes it anew at each change, with the same content",
    "/var/lib/dpkg/triggers/*": "dpkg's queue and lock",
    "/var/lib/dpkg/lock*": "a lock file, empty",
    "/var/cache/ldconfig/aux-cache": "ldconfig's cache holds inode numbers",
    "/etc/ld.so.cache": "ldconfig's cache, rebuilt from the same libraries",
    "/var/lib/systemd/random-seed": "new at each boot",
    "/var/lib/systemd/timers/*": "when timers last ran",
    "/var/lib/systemd/catalog/*": "rebuilt by systemd",
    "/var/lib/private/systemd/*": "systemd's own state",
    "/var/cache/apt/*.bin": "apt's index of its lists, rebuilt at will",
    "/var/cache/debconf/*": "debconf rewrites its database with the same answers",
    "/run/systemd/*": "what runs is compared as units and processes",
    "/run/udev/*": "udev's database of devices",
    "/run/user/*": "made for each login",
    "/run/sudo/*": "sudo's time stamps",
    "/run/utmp": "who is logged in: we are",
    "/run/motd.dynamic": "written at each login",
    "/run/dbus/*": "the bus's sockets",
    "/run/sshd*": "sshd's folder and process id",
    "/run/lock/*": "lock files",
    "/run/ufw.lock": "a lock file, empty",
    "/run/host/*": "made by the lab's container manager",
    "/run/mount/*": "libmount's notes; mounts are compared",
    "/tmp/systemd-private-*": "private folders of running services",
    "/var/tmp/systemd-private-*": "private folders of running services",
    "/tmp/ansible*": "of the run that reads this",
    "/root/.ansible/*": "of the run that reads this",
    "/root/.ansible": "of the run that reads this",
}
PROCESSES_LEFT_OUT = {
    "python3*": "the reader itself", "sshd*": "the connection of the reader", "sh": "the connection of the reader", "sudo": "the connection of the reader",
    "systemd-userwor*": "a pool that systemd-userdbd resizes", "(sd-pam)": "of the login of the reader", "systemd": "one for each login", "bash": "logins",
    "kworker*": "the kernel's own", "sftp-server": "the connection of the reader", "systemd-timedat*": "starts when asked and ends by itself",
    "systemd-hostnam*": "starts when asked and ends by itself", "systemd-localed": "starts when asked and ends by itself", "agetty": "restarts at will",
    "(udev-worker)": "a pool that udevd resizes",
}
SYSCTLS_LEFT_OUT = {
    "fs/dentry-state": "a counter", "fs/file-nr": "a counter", "fs/inode-*": "a counter", "fs/quota/*": "counters", "fs/aio-nr": "a counter",
    "kernel/ns_last_pid": "a counter", "kernel/random/*": "new at each reading", "kernel/pty/nr": "a counter", "kernel/tainted": "a trace of the kernel's own",
    "net/netfilter/nf_conntrack_count": "a counter", "vm/stat_refresh": "an action", "vm/drop_caches": "an action", "kernel/hotplug": "unused",
    "net/ipv4/tcp_fastopen_key": "a secret of each boot", "net/ipv6/conf/*/stable_secret": "unreadable until set", "kernel/sched_domain/*": "scheduler's own",
    "net/ipv4/route/*": "actions and the kernel's own limits", "net/ipv6/route/flush": "an action",
}


# units that do their work at the first boot of a tree and are skipped at every later one
FIRST_BOOT_ONLY = ("ldconfig.", "systemd-journal-catalog-update.", "systemd-sysusers.", "systemd-update-done.", "systemd-machine-id-commit.", "systemd-firstboot.")


def main():
    module = AnsibleModule(argument_spec={"roots": {"type": "list", "elements": "path", "default": list(ROOTS)}}, supports_check_mode=True)
    inventory = {
        "files": tree(module.params["roots"]),
        "packages": host.installed_packages(module),
        # without transient ones, which are logins where logind runs; what else is transient is compared as running
        "units": lines(module, ["systemctl", "list-unit-files", "--no-legend", "--no-pager", "--plain"], lambda line: "" if " transient " in line else line),
        "running_units": running_units(module),
        "interfaces": lines(module, ["ip", "-br", "link", "show"], lambda line: " ".join(line.split("@")[0].split()[:1] + line.split()[1:2])),
        "routes": lines(module, ["ip", "route", "show", "table", "all"], lambda line: line if "local" in line or "default" in line or "dev" in line else ""),
        "packet_filter": tables.everything(),
        "mounts": mounts(),
        "users": host.text("/etc/passwd").splitlines() + host.text("/etc/group").splitlines(),
        "sysctls": {path: value for path, value in host.sysctls().items() if not left_out(path, SYSCTLS_LEFT_OUT)},
        "processes": processes(),
        "ports": host.listening_ports(),
    }
    module.exit_json(changed=False, slipway_result=inventory, left_out={"files": FILES_LEFT_OUT, "processes": PROCESSES_LEFT_OUT, "sysctls": SYSCTLS_LEFT_OUT})


def left_out(name, patterns):
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


def tree(roots):
    """Path → kind, mode, owner and digest of everything below the roots; other file systems are compared as mounts."""
    found = {}
    for root in roots:
        if os.path.islink(root):
            found[root] = entry(root)
            continue
        device = os.stat(root).st_dev if os.path.isdir(root) else None
        for folder, folders, names in os.walk(root):
            if device is not None and os.lstat(folder).st_dev != device:
                folders[:] = []
                continue
            folders[:] = [name for name in folders if not left_out(os.path.join(folder, name), FILES_LEFT_OUT)]
            for path in [folder, *(os.path.join(folder, name) for name in names)]:
                if not left_out(path, FILES_LEFT_OUT):
                    found[path] = entry(path)
            for name in folders:
                if os.path.islink(os.path.join(folder, name)):
                    found[os.path.join(folder, name)] = entry(os.path.join(folder, name))
    return found


def entry(path):
    try:
        info = os.lstat(path)
        head = "%o %d:%d" % (info.st_mode, info.st_uid, info.st_gid)
        if stat.S_ISLNK(info.st_mode):
            return "%s -> %s" % (head, os.readlink(path))
        if not stat.S_ISREG(info.st_mode):
            return head
        with open(path, "rb") as file:
            return "%s %s" % (head, hashlib.sha256(file.read()).hexdigest()[:24])
    except OSError as error:
        return "unreadable: %s" % error.strerror


def lines(module, argv, shape=str):
    code, out, _ = module.run_command(argv)
    return sorted(filter(None, (shape(line.rstrip()) for line in out.splitlines()))) if code == 0 else []


def running_units(module):
    """Loaded units with their state; sessions, scopes and devices come and go with the reader."""
    out = lines(module, ["systemctl", "list-units", "--all", "--no-legend", "--no-pager", "--plain"], lambda line: " ".join(line.split()[:4]))
    return [line for line in out if line.split()[0].rsplit(".", 1)[-1] in ("service", "socket", "mount", "timer", "path") and " not-found " not in line
            and not line.startswith(FIRST_BOOT_ONLY) and not line.startswith(("user@", "user-runtime-dir@", "systemd-timedated", "systemd-hostnamed", "run-user-", "session"))]


def mounts():
    with open("/proc/self/mounts", encoding="utf-8") as file:
        return sorted(" ".join(line.split()[:3]) for line in file if not line.split()[1].startswith(("/run/user/", "/proc/sys/fs/binfmt_misc")))


def processes():
    """Names of user processes, without the reader's."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        name = host.text("/proc/%s/comm" % pid)
        if name and host.text("/proc/%s/cmdline" % pid) and not left_out(name, PROCESSES_LEFT_OUT):
            found.append(name)
    return sorted(found)


if __name__ == "__main__":
    main()
