"""The host lock: which operation, step and attempt may change this host now."""
from __future__ import annotations

import os

FOLDER = "/run/slipway"
PATH = FOLDER + "/lock"


class Refused(Exception):
    """Another operation, or a newer attempt of the same one, holds the host; or nobody does any more."""

    def __init__(self, message, is_lost=False):
        """`is_lost`: the lock went with a reboot, as /run does. Another attempt takes it anew."""
        super().__init__(message)
        self.is_lost = is_lost


def parse(text):
    """`<operation>/<step>/<attempt>` as a dict; the attempt is a number."""
    parts = text.strip().split("/")
    if len(parts) != 3 or not all(parts) or not parts[2].isdigit():
        raise ValueError("an operation is written <operation>/<step>/<attempt>, not %r" % text)
    return {"operation": parts[0], "step": parts[1], "attempt": int(parts[2]), "text": text.strip()}


def holder():
    """Who holds the host, or None."""
    try:
        with open(PATH, encoding="utf-8") as file:
            return parse(file.read())
    except FileNotFoundError:
        return None


def take(wanted, superseded=()):
    """Take the lock for `wanted`; operations named in `superseded` have ended and lose theirs."""
    held = holder()
    if held and held["text"] == wanted["text"]:
        return held
    if held and held["operation"] != wanted["operation"] and held["operation"] not in superseded:
        raise Refused(
            "operation %s holds this host (step %s, attempt %d): wait until it has ended, or cancel it"
            % (held["operation"], held["step"], held["attempt"])
        )
    if held and held["operation"] == wanted["operation"] and held["step"] == wanted["step"] and held["attempt"] > wanted["attempt"]:
        raise Refused("attempt %d of step %s holds this host, attempt %d comes too late" % (held["attempt"], held["step"], wanted["attempt"]))
    os.makedirs(FOLDER, mode=0o700, exist_ok=True)
    beside = "%s.%d" % (PATH, os.getpid())
    with open(beside, "w", encoding="utf-8") as file:
        file.write(wanted["text"] + "\n")
    os.rename(beside, PATH)
    return held


def require(wanted):
    """Refuse unless `wanted` holds the host: an attempt that was overtaken must not start anything."""
    held = holder()
    if held is None:
        raise Refused("%s does not hold this host any more: it was rebooted, or a later attempt has ended" % wanted["text"], is_lost=True)
    if held["text"] != wanted["text"]:
        raise Refused("%s does not hold this host (%s does)" % (wanted["text"], held["text"]))


def release(wanted):
    """Give the lock back if it is ours."""
    held = holder()
    if held and held["text"] == wanted["text"]:
        os.unlink(PATH)
        if not os.listdir(FOLDER):
            os.rmdir(FOLDER)
        return True
    return False
