"""Swap areas and their lines in /etc/fstab: which are on, how they are switched off for good, and on again."""
from __future__ import annotations

import os
import re
import subprocess

from ansible.module_utils.slipway import host, ledger
from ansible.module_utils.slipway.preflight import command

FSTAB = "/etc/fstab"
MARK = "#slipway# "      # before a line that we switched off
FOLDERS = {"UUID": "by-uuid", "LABEL": "by-label", "PARTUUID": "by-partuuid", "PARTLABEL": "by-partlabel"}


def lines():
    try:
        with open(FSTAB, encoding="utf-8", errors="surrogateescape") as file:
            return file.read().splitlines(keepends=True)
    except FileNotFoundError:
        return []


def is_swap(line):
    fields = line.split()
    return len(fields) > 2 and not line.lstrip().startswith("#") and fields[2] == "swap"


def area_of(line):
    """The device or file that a line of fstab names, as /proc/swaps writes it."""
    name = line.split()[0]
    key, found, value = name.partition("=")
    if found and key in FOLDERS:
        name = "/dev/disk/%s/%s" % (FOLDERS[key], value.strip('"'))
    return os.path.realpath(name)


def unnamed():
    """Areas that are on and that no line of fstab names: something else switches them on, and would again."""
    named = {area_of(line) for line in lines() if is_swap(line)}
    return [area for area in host.swap_entries() if os.path.realpath(area) not in named]


def used_kib():
    return sum(int(line.split()[3]) for line in host.text("/proc/swaps").splitlines()[1:] if line.strip())


def available_kib():
    """Memory that what is swapped out could come back to."""
    found = re.search(r"^MemAvailable:\s+(\d+) kB", host.text("/proc/meminfo"), re.M)
    return int(found.group(1)) if found else 0


def switch_off(book):
    """Switches every area off, now and at the next boot; the areas are written down first. Answers what it did."""
    areas = host.swap_entries()
    book["swap_areas"] = sorted({*book.get("swap_areas", []), *areas})
    ledger.write(book)
    named = [line for line in lines() if is_swap(line)]
    rewrite(lambda line: MARK + line if is_swap(line) else line)
    for area in areas:
        call("swapoff", area)
    if named:
        call("systemctl", "daemon-reload")
    return ["swap is off: %s" % area for area in areas] + ["a comment in %s: %s" % (FSTAB, line.strip()) for line in named]


def switch_on(book):
    """Brings back what was switched off; answers what could not be."""
    rewrite(lambda line: unmarked(line) if is_swap(unmarked(line)) else line)
    notes = []
    for area in book.get("swap_areas", []):
        if area not in host.swap_entries():
            done = run("swapon", area)
            notes += ["swap stays off on %s: %s" % (area, done.stderr.strip())] if done.returncode else []
    return notes


def unmarked(line):
    return line[len(MARK):] if line.startswith(MARK) else line      # Python 3.8 has no removeprefix


def rewrite(change):
    before = lines()
    after = [change(line) for line in before]
    if after != before:
        info = os.stat(FSTAB)
        ledger.write_atomically(FSTAB, "".join(after).encode(errors="surrogateescape"), info.st_mode & 0o7777, info.st_uid, info.st_gid)


def call(*argv):
    done = run(*argv)
    if done.returncode:
        raise OSError("%s ended with %d: %s" % (" ".join(argv), done.returncode, done.stderr.strip()))


def run(program, *words):
    return subprocess.run([command.path_of(program) or program, *words], capture_output=True, text=True, check=False)
