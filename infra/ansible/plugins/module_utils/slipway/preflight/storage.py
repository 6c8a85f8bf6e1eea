"""Where data will lie: room, inodes, whether it can be written, and how fast etcd's log would be."""
from __future__ import annotations

import os
import tempfile
import time

from ansible.module_utils.slipway import host
from ansible.module_utils.slipway.preflight.finding import error, warning

GIB = 1 << 30
FREE_BYTES = {"control-plane": 6 * GIB, "worker": 4 * GIB}      # programs, images, logs, and etcd's quota
FREE_INODES = {"control-plane": 30_000, "worker": 20_000}       # images unpack to as many files
WRITTEN = ("/etc", "/etc/systemd/system", "/usr/local/bin", "/opt", "/var/lib", "/var/log", "/run")
# etcd writes some 2 kB a time; its own advice is 10 ms for 99 of 100, and its leader is lost when a beat of 100 ms is
WRITE, SECONDS, MOST_WRITES = b"\0" * 2300, 0.3, 300
SLOW_MS, TOO_SLOW_MS = 10, 100


def folders_of(given):
    """Folder → whose data: the real ones of this cluster."""
    folders = {given["cluster"]["runtime_data_dir"]: "containerd", "/var/lib/kubelet": "kubelet"}
    if given["node"]["role"] == "control-plane":
        folders[given["cluster"]["etcd"]["data_dir"]] = "etcd"
    return folders


def existing(path):
    """The folder itself, or the nearest above it."""
    while not os.path.isdir(path):
        path = os.path.dirname(path)
    return path


def read_file_systems(given):
    found = []
    for folder, whose in folders_of(given).items():
        state = os.statvfs(existing(folder))
        found.append({
            "path": folder, "of": whose, "mount": host.mount_of(folder), "free_bytes": state.f_bavail * state.f_frsize, "bytes": state.f_blocks * state.f_frsize,
            # file systems that make inodes as they go say 0 of 0
            "free_inodes": state.f_favail if state.f_files else None,
        })
    return found


def read_unwritable(given):
    """Folder → why no file can be made in it. The file that is tried has no name, so nobody ever sees it."""
    problems = {}
    for folder in dict.fromkeys([*WRITTEN, *folders_of(given)]):
        try:
            os.close(nameless(existing(folder)))
        except OSError as problem:
            problems[folder] = problem.strerror
    return problems


def nameless(folder):
    try:
        return os.open(folder, os.O_TMPFILE | os.O_RDWR, 0o600)
    except OSError as problem:
        if not isinstance(problem, (IsADirectoryError, FileNotFoundError)) and problem.errno not in (95, 22):      # not supported there
            raise
    descriptor, path = tempfile.mkstemp(prefix=".slipway-", dir=folder)
    os.unlink(path)
    return descriptor


def read_sync(given):
    """How long it takes to write a little and have it on disk, where etcd will do so; None on other nodes."""
    if given["node"]["role"] != "control-plane":
        return None
    folder = given["cluster"]["etcd"]["data_dir"]
    descriptor = nameless(existing(folder))
    try:
        took = []
        end = time.monotonic() + SECONDS
        while time.monotonic() < end and len(took) < MOST_WRITES:
            os.write(descriptor, WRITE)
            began = time.monotonic()
            os.fdatasync(descriptor)
            took.append((time.monotonic() - began) * 1000)
    finally:
        os.close(descriptor)
    took.sort()
    return {"path": folder, "writes": len(took), "half_ms": round(took[len(took) // 2], 2), "most_ms": round(took[len(took) * 99 // 100], 2)}


READS = {"file_systems": read_file_systems, "unwritable": read_unwritable, "sync": read_sync}


def judge_room(given, file_systems):
    role, seen = given["node"]["role"], set()
    for one in file_systems:
        if one["mount"] not in seen and one["free_bytes"] < FREE_BYTES[role]:
            yield error("too-little-disk", "%s has %.1f GiB free for %s, a %s needs %.0f GiB" % (one["mount"], one["free_bytes"] / GIB, one["path"], role, FREE_BYTES[role] / GIB),
                        "make room on %s, or mount a larger disk there" % one["mount"], "%d bytes free" % one["free_bytes"])
        if one["mount"] not in seen and one["free_inodes"] is not None and one["free_inodes"] < FREE_INODES[role]:
            yield error("too-few-inodes", "%s has %d inodes left for %s, a %s needs %d" % (one["mount"], one["free_inodes"], one["path"], role, FREE_INODES[role]),
                        "remove files on %s, or mount a file system with more inodes there" % one["mount"], "%d inodes free" % one["free_inodes"])
        seen.add(one["mount"])


def judge_unwritable(given, unwritable, file_systems):
    read_only = {folder: why for folder, why in unwritable.items() if "Read-only" in why}
    full = {one["path"] for one in file_systems if one["free_bytes"] == 0 or one["free_inodes"] == 0}
    for folder, why in read_only.items():
        if not any(folder.startswith(above + "/") for above in read_only):      # what lies below says the same
            yield error("read-only", "%s can't be written: %s" % (folder, why), "mount it read-write, or take a host whose system may be changed", why)
    for folder, why in unwritable.items():
        if folder not in read_only and folder not in full:      # judge_room says that
            yield error("unwritable", "no file can be made in %s: %s" % (folder, why), "look at that file system (df, df -i, mount)", why)


def judge_sync(given, sync):
    if sync is None or sync["most_ms"] <= SLOW_MS:
        return
    evidence = "%(writes)d writes: half within %(half_ms)s ms, 99 of 100 within %(most_ms)s ms" % sync
    hint = "put %s on a disk of its own that is fast to write (SSD, NVMe)" % sync["path"]
    # never an error: a third of a second can't tell a slow disk from a busy moment
    so = "half of its writes take %(half_ms)s ms: etcd would lose its leader again and again" % sync if sync["half_ms"] > TOO_SLOW_MS else "it takes up to %(most_ms)s ms for a write, etcd wants 10" % sync
    yield warning("etcd-disk-slow", "the disk of %s is slow: %s" % (sync["path"], so), hint, evidence)


JUDGEMENTS = (judge_room, judge_unwritable, judge_sync)
