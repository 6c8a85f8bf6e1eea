"""The ledger: what was on a host before we changed it, so that reset can bring exactly that back."""
from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import stat

ROOT = "/var/lib/slipway"
BEFORE = ROOT + "/before"
PATH = ROOT + "/state.json"


def read():
    """The ledger, or None where nothing was ever written down."""
    try:
        with open(PATH, encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return None


def write(ledger):
    """Replace the ledger atomically; only root may read it."""
    write_atomically(PATH, json.dumps(ledger, sort_keys=True).encode(), 0o600)


@contextlib.contextmanager
def opened():
    """The ledger for changing; saved when the block ends, also after an error, as entries precede deeds."""
    ledger = read()
    if ledger is None:
        raise LookupError("nothing is written down about this host yet: the ledger task of prepare.yml comes first")
    try:
        yield ledger
    finally:
        write(ledger)


def note_file(ledger, path, block=None):
    """Write down the file at `path` as it is now, unless it was written down before; of a shared file only our block."""
    if path in ledger["files"]:
        return
    note_folders(ledger, os.path.dirname(path))
    if not os.path.lexists(path):
        ledger["files"][path] = None
    elif block:
        ledger["files"][path] = {"block": block}
    else:
        info = os.lstat(path)
        copy = os.path.join(BEFORE, hashlib.sha256(path.encode()).hexdigest()[:16])
        os.makedirs(BEFORE, mode=0o700, exist_ok=True)
        shutil.copy2(path, copy, follow_symlinks=False)
        ledger["files"][path] = {"copy": copy, "mode": stat.S_IMODE(info.st_mode), "uid": info.st_uid, "gid": info.st_gid}
    write(ledger)


def note_folders(ledger, folder):
    """Write down the folders on the way to `folder` that don't exist yet."""
    while folder not in ("", "/") and not os.path.isdir(folder):
        if folder not in ledger["folders"]:
            ledger["folders"].append(folder)
        folder = os.path.dirname(folder)


def write_atomically(path, content, mode, uid=0, gid=0):
    """Write bytes beside `path`, then rename over it: nobody ever reads half a file."""
    os.makedirs(os.path.dirname(path), mode=0o755, exist_ok=True)
    beside = path + ".slipway-new"
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        os.fchmod(file.fileno(), mode)
        os.fchown(file.fileno(), uid, gid)
        file.flush()
        os.fsync(file.fileno())
    os.rename(beside, path)
