"""What a host is made of, read from /sys and /proc; nothing needs a package."""
from __future__ import annotations

import os
import platform
import re

from ansible.module_utils.slipway.host import text


def cpus():
    return os.cpu_count() or 0


def disks():
    """Block devices that are whole disks, with bytes."""
    found = []
    for name in sorted(os.listdir("/sys/block")) if os.path.isdir("/sys/block") else []:
        folder = "/sys/block/" + name
        size = int(text(folder + "/size", "0")) * 512      # always in units of 512, whatever the disk's own sectors
        if size == 0 or re.match(r"(loop|ram|zram|dm-|md|sr|fd|nbd)\d*", name):
            continue
        found.append({
            "name": name, "bytes": size, "rotational": text(folder + "/queue/rotational") == "1", "model": text(folder + "/device/model"),
        })
    return found


def network_cards(module):
    """Interfaces with their addresses, without loopback."""
    code, out, _ = module.run_command(["ip", "-o", "addr", "show"])
    addresses = {}
    for line in out.splitlines() if code == 0 else []:
        columns = line.split()
        if columns[2] in ("inet", "inet6"):
            addresses.setdefault(columns[1], []).append(columns[3])
    return [
        {
            "name": name, "mac": text("/sys/class/net/%s/address" % name), "mtu": int(text("/sys/class/net/%s/mtu" % name, "0")),
            "state": text("/sys/class/net/%s/operstate" % name), "addresses": addresses.get(name, []),
        }
        for name in sorted(os.listdir("/sys/class/net")) if name != "lo"
    ]


def gpus():
    """PCI devices of class 03 (display) that are made for computing or graphics: vendor and device ids."""
    found = []
    root = "/sys/bus/pci/devices"
    for slot in sorted(os.listdir(root)) if os.path.isdir(root) else []:
        if text("%s/%s/class" % (root, slot)).startswith("0x03"):
            found.append({"slot": slot, "vendor": text("%s/%s/vendor" % (root, slot)), "device": text("%s/%s/device" % (root, slot))})
    return found


def architecture():
    """In the words of releases and images."""
    return {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())


def virtualisation(module):
    code, out, _ = module.run_command(["systemd-detect-virt"]) if module.get_bin_path("systemd-detect-virt") else (1, "", "")
    return out.strip() or "none"


def mounts(paths, mount_of, free_bytes):
    """The mount and free bytes behind each path that will hold data."""
    found = []
    for path in paths:
        mount = mount_of(path)
        state = os.statvfs(mount)
        found.append({"path": path, "mount": mount, "bytes": state.f_blocks * state.f_frsize, "free_bytes": free_bytes(path)})
    return found
