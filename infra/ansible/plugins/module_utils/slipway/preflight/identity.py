"""Who the machine says it is, and which time it believes. What only who sees all hosts can judge is judged by cluster-manager."""
from __future__ import annotations

import ctypes
import os
import re
import socket

from ansible.module_utils.slipway import host, ledger
from ansible.module_utils.slipway.preflight import command
from ansible.module_utils.slipway.preflight.finding import error, warning

NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*")
UNSYNCHRONISED = 0x40      # STA_UNSYNC of adjtimex(2)
# services that set a clock; the first that is installed is named to a person: whether it may step a clock is theirs to say
TIME_SERVICES = ("chrony.service", "chronyd.service", "systemd-timesyncd.service", "ntpsec.service", "ntp.service")
UNIT_FOLDERS = ("/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system")


def read_name_answer(given):
    """The first address that this host finds for its own name within a second, as a list; empty where there is none."""
    return command.answer(["getent", "ahosts", socket.gethostname()], seconds=1).split()[0:1]


def read_synchronised(given):
    """What the kernel says of its clock: whether somebody keeps it right."""
    room = ctypes.create_string_buffer(512)      # struct timex with modes = 0: only asks
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.adjtimex(room) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    long = ctypes.sizeof(ctypes.c_long)
    # modes (padded to a long), offset, freq, maxerror, esterror, then status
    status = ctypes.c_int.from_buffer_copy(room.raw, 5 * long).value
    return not status & UNSYNCHRONISED


def read_time_service(given):
    """The first service for the time that is installed, or ''."""
    return next((name for name in TIME_SERVICES for folder in UNIT_FOLDERS if os.path.exists("%s/%s" % (folder, name))), "")


def read_owner(given):
    """The cluster that has this host, by Slipway's own notes."""
    book = ledger.read() if os.geteuid() == 0 else None
    return book["cluster"] if book else None


READS = {
    "host_name": lambda given: socket.gethostname(),
    "name_answer": read_name_answer,
    "machine_id": lambda given: host.text("/etc/machine-id"),
    "synchronised": read_synchronised,
    "time_service": read_time_service,
    "owner": read_owner,
}


def judge_name(given, host_name, name_answer):
    if not NAME.fullmatch(host_name) or host_name == "localhost":
        yield error("host-name-invalid", "the host name %r can't be a node's" % host_name, "set one of lower-case letters, digits and dashes (hostnamectl set-hostname)", host_name)
    elif not name_answer and host_name != given["node"]["name"]:      # a node's name is written to /etc/hosts
        yield warning("host-name-unresolvable", "this host finds no address for its own name %s" % host_name, "write it to /etc/hosts, or to the DNS", "getent ahosts %s" % host_name)


def judge_machine_id(given, machine_id):
    if not re.fullmatch(r"[0-9a-f]{32}", machine_id):
        yield error("machine-id-missing", "this host has no machine id", "make one (systemd-machine-id-setup)", machine_id or "/etc/machine-id is empty")


def judge_clock(given, synchronised, time_service):
    if synchronised:
        return
    hint = "start %s" % time_service if time_service else "install chrony or systemd-timesyncd, and give it a time server"
    yield warning("clock-unsynchronised", "nobody keeps this host's clock right", hint, "adjtimex says unsynchronised")


def judge_owner(given, owner):
    if owner and owner["id"] != given["cluster"]["id"]:
        yield error("in-another-cluster", "this host belongs to cluster %(name)s (%(id)s)" % owner, "delete that cluster, or reset the host", owner["id"])


def is_ours(given, owner):
    """Whether this very cluster has this host already: then what is there is ours."""
    return bool(owner) and owner["id"] == given["cluster"]["id"]


JUDGEMENTS = (judge_name, judge_machine_id, judge_clock, judge_owner)
