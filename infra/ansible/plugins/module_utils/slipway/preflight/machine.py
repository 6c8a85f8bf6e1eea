"""What the machine is and how much of it there is."""
from __future__ import annotations

import os
import platform
import re
import sys

from ansible.module_utils.slipway import hardware, host
from ansible.module_utils.slipway.preflight.finding import error, warning

MEMORY_MIB = {"control-plane": 1700, "worker": 700}
CPUS = {"control-plane": 2, "worker": 2}
KERNEL = (4, 19)      # the oldest that Kubernetes tests
PYTHON = (3, 8)

READS = {
    "os_release": lambda given: host.os_release(),
    "architecture": lambda given: hardware.architecture(),
    "kernel_release": lambda given: platform.release(),
    "init": lambda given: host.text("/proc/1/comm"),
    "python": lambda given: list(sys.version_info[:3]),
    "uid": lambda given: os.geteuid(),
    "cpus": lambda given: hardware.cpus(),
    "memory_mib": lambda given: host.memory_mib(),
}


def judge_os(given, os_release):
    known, wanted = given["os"], given["release"]["packages"]["repository"]
    if (os_release["id"], os_release["version"]) != (known.get("id"), known.get("version")):
        yield error("os-unsupported", "this host runs %s, the release was resolved for %s" % (os_release["pretty"] or "an unknown system", wanted),
                    "use a host with an operating system that Slipway names as tested", os_release)


def judge_architecture(given, architecture):
    wanted = given["release"]["packages"]["repository"]
    resolved = given["release"].get("platform", "%s-%s" % (wanted, architecture))
    if resolved != "%s-%s" % (wanted, architecture):
        yield error("architecture-unsupported", "this host is %s, the release was resolved for %s" % (architecture, resolved), "use a host of that architecture", architecture)


def judge_init(given, init):
    if init != "systemd":
        yield error("init-unsupported", "this host is not run by systemd", "use a host that systemd runs", "process 1 is %s" % init)


def judge_python(given, python):
    if tuple(python) < PYTHON:
        version = ".".join(str(part) for part in python)
        yield error("python-too-old", "Python %s is older than %d.%d" % (version, *PYTHON), "install Python %d.%d or newer" % PYTHON, version)


def judge_kernel(given, kernel_release):
    if version_of(kernel_release) < KERNEL:
        yield error("kernel-too-old", "the kernel %s is older than %d.%d" % (kernel_release, *KERNEL), "boot a newer kernel", kernel_release)


def judge_root(given, uid):
    if uid != 0:
        yield error("no-sudo", "the user of the credential can't become root", "give the user sudo rights, or the credential a sudo password", "uid %d" % uid)


def judge_cpus(given, cpus):
    role = given["node"]["role"]
    if cpus < CPUS[role]:
        tell = error if role == "control-plane" else warning
        yield tell("too-few-cpus", "this host has %d CPU, a %s wants %d" % (cpus, role, CPUS[role]), "give it two or more" if role == "control-plane" else "a worker runs on one, slowly", cpus)


def judge_memory(given, memory_mib):
    role = given["node"]["role"]
    if memory_mib < MEMORY_MIB[role]:
        yield error("too-little-memory", "this host has %d MiB of memory, a %s needs %d MiB" % (memory_mib, role, MEMORY_MIB[role]), "give it more memory", "%d MiB" % memory_mib)


def version_of(text):
    """The first two numbers of a version."""
    return tuple(int(part) for part in re.findall(r"\d+", text)[:2])


JUDGEMENTS = (judge_os, judge_architecture, judge_init, judge_python, judge_kernel, judge_root, judge_cpus, judge_memory)
