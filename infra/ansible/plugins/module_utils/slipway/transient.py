"""Long commands as transient systemd units: they outlive the connection, and the next attempt finds them."""
from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import time

from ansible.module_utils.slipway import lock

FOLDER = lock.FOLDER + "/units"
COMPLAINTS = ("[ERROR", "error", "E: ", "dpkg: ")
LAST_LINES = 8


def unit_name(operation, suffix=None):
    """`slipway-<operation>-<step>[-<suffix>]`, with only characters that systemd takes."""
    words = ["slipway", operation["operation"], operation["step"]] + ([suffix] if suffix else [])
    return re.sub(r"[^A-Za-z0-9_.-]", "_", "-".join(words))


def run(operation, argv, timeout, suffix=None, environment=None, remove_after=(), wait=True):
    """Run `argv` as this step's unit, or adopt the one that an earlier attempt left running.

    Answers {rc, tail, adopted, unit}; rc is None when not waited for. Secrets belong in files of `remove_after`.
    """
    name = unit_name(operation, suffix)
    digest = digest_of(argv)
    adopted = False
    if active(name):
        if read_note(name).get("digest") == digest:
            adopted = True
        else:
            stop(name)
    if not adopted:
        lock.require(operation)
        start(name, operation, argv, digest, timeout, environment or {}, remove_after)
    rc = finish(name, timeout) if wait else None
    return {"rc": rc, "tail": tail(name) if wait else "", "adopted": adopted, "unit": name}


def digest_of(argv):
    return hashlib.sha256(json.dumps(argv).encode()).hexdigest()


def succeeded(operation, argv):
    """Whether this very command got to a good end in an attempt that died before it could take note."""
    name = unit_name(operation)
    return not active(name) and read_result(name) == 0 and read_note(name).get("digest") == digest_of(argv)


def start(name, operation, argv, digest, timeout, environment, remove_after):
    """Start the unit; its output and its result go to files in /run that only root reads."""
    os.makedirs(FOLDER, mode=0o700, exist_ok=True)
    for kind in ("log", "result"):
        if os.path.exists(file_of(name, kind)):
            os.unlink(file_of(name, kind))
    with open(file_of(name, "json"), "w", encoding="utf-8") as file:
        json.dump({"digest": digest, "attempt": operation["attempt"]}, file)
    subprocess.run(["systemctl", "reset-failed", name + ".service"], capture_output=True, check=False)
    command = [
        "systemd-run", "--unit=" + name, "--collect", "--quiet", "--no-block",
        "--description=slipway %s" % operation["text"],
        "--property=RuntimeMaxSec=%d" % timeout,
        "--property=StandardOutput=append:" + file_of(name, "log"),
        "--property=StandardError=append:" + file_of(name, "log"),
        # plain words only: a dollar or semicolon does not survive the next daemon-reload of a transient unit
        '--property=ExecStopPost=/bin/sh -c "printenv SERVICE_RESULT EXIT_STATUS > %s"' % file_of(name, "result"),
    ]
    if remove_after:
        command.append("--property=ExecStopPost=/bin/rm -f " + " ".join(remove_after))
    command += ["--setenv=%s=%s" % pair for pair in environment.items()]
    subprocess.run(command + ["--"] + argv, check=True, capture_output=True, text=True)


def finish(name, timeout):
    """Wait for the unit's end and answer its exit status; one that vanished (a reboot) counts as 255."""
    deadline = time.monotonic() + timeout
    looked = time.monotonic()
    while time.monotonic() < deadline:
        result = read_result(name)
        if result is None and time.monotonic() - looked > 2:   # asking systemd costs a process, the file does not
            looked = time.monotonic()
            result = None if active(name) else read_ended(name)
        if result is not None:
            return result
        time.sleep(0.1)
    stop(name)
    return 124


def stop(name):
    """Stop the unit with everything it started."""
    subprocess.run(["systemctl", "stop", name + ".service"], capture_output=True, check=False)


def stop_all_of(operation_id):
    """Stop every unit that an operation left on this host."""
    names = listed("slipway-%s-*.service" % operation_id)
    for name in names:
        stop(name)
    return names


def others_of(operation):
    """Units of any other operation or step that are still on this host."""
    own = unit_name(operation)
    return [name for name in listed("slipway-*.service") if name != own and not name.startswith(own + "-") and os.path.exists(file_of(name, "json"))]


def listed(pattern):
    out = subprocess.run(["systemctl", "list-units", "--all", "--plain", "--no-legend", pattern], capture_output=True, text=True, check=False).stdout
    return [line.split()[0][: -len(".service")] for line in out.splitlines() if line.strip()]


def active(name):
    """Whether the unit runs, starts or stops now."""
    shown = subprocess.run(["systemctl", "show", "--property=ActiveState", "--value", name + ".service"], capture_output=True, text=True, check=False)
    return shown.stdout.strip() in ("active", "activating", "deactivating", "reloading")


def read_note(name):
    try:
        with open(file_of(name, "json"), encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError):
        return {}


def read_ended(name):
    """The result of a unit that is gone; without one it never got to its end."""
    result = read_result(name)
    return 255 if result is None else result


def read_result(name):
    try:
        with open(file_of(name, "result"), encoding="utf-8") as file:
            words = file.read().split()
    except OSError:
        return None
    if not words:
        return None
    if words[0] == "success":
        return 0
    return int(words[1]) if len(words) > 1 and words[1].isdigit() and words[1] != "0" else 1


def tail(name, lines=60):
    """The last lines that the unit wrote."""
    try:
        with open(file_of(name, "log"), encoding="utf-8", errors="replace") as file:
            return "\n".join(file.read().splitlines()[-lines:])
    except OSError:
        return ""


def complaints(text):
    """The lines in which kubeadm, apt or dpkg say what is wrong, out of pages that they print; the last ones where none does."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    said = [line for line in lines if line.startswith(COMPLAINTS) or "is not healthy" in line]
    return "\n".join(said or lines[-LAST_LINES:])


def file_of(name, kind):
    return "%s/%s.%s" % (FOLDER, name, kind)
