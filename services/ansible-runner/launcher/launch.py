"""Pid 1 of a run: makes the run's own tmpfs and ssh-agent, runs one command on them, and dies with the runner.

Reads one JSON document from standard input:
  socket  path of the runner's socket; when it closes, this process and so the whole namespace ends
  folder  path on the tmpfs (mounted over /dev/shm) that `files` and everything else live in
  files   [{path, text, mode}] below the folder
  keys    [{name, label, text, passphrase}] private keys for the agent; public halves become keys/<name>.pub
  argv    the command; env its whole environment, to which SLIPWAY_SOCKET is added
Says on the socket, one JSON object per line: lines (what the command printed), fail (it could not be started), end.
Started with all capabilities in a user namespace of its own; the command gets none of them.
"""
from __future__ import annotations

import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time

SHARED_MEMORY = "/dev/shm"   # also where Ansible keeps passwords for ssh: it must be gone with the run, too
MS_NOSUID, MS_NODEV = 2, 4
PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 38, 47, 4
LAST_WORDS_SECONDS = 1
libc = ctypes.CDLL(None, use_errno=True)


class Refused(Exception):
    """The run can't be started, for a reason that a person can act on."""

    def __init__(self, field, message):
        super().__init__(message)
        self.field = field


class Wire:
    """The socket to the runner. A full socket blocks, which is what slows a flooding command down."""

    def __init__(self, path):
        self.lock = threading.Lock()
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        threading.Thread(target=self.die_with_peer, daemon=True).start()

    def say(self, **event):
        with self.lock:
            self.socket.sendall(json.dumps(event).encode() + b"\n")

    def die_with_peer(self):
        while self.socket.recv(4096):
            pass
        os._exit(1)   # as this is pid 1, the kernel ends everything else


def main():
    document = json.load(sys.stdin)
    os.umask(0o077)
    wire = Wire(document["socket"])
    # a handler instead of "ignore", which the command would inherit: it is in this process group and hears them itself
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    try:
        own_memory()
        give_up_privileges()
        write_files(document["folder"], document["files"])
        add_keys(document["folder"], document["keys"])
    except Refused as refused:
        wire.say(type="fail", field=refused.field, message=str(refused))
        return
    code = run(wire, document["argv"], {**document["env"], "SLIPWAY_SOCKET": document["socket"]})
    wire.say(type="end", exit_code=code, presented=presented(document["folder"]))


def own_memory():
    flags = MS_NOSUID | MS_NODEV
    if libc.mount(b"tmpfs", SHARED_MEMORY.encode(), b"tmpfs", flags, b"mode=0700,size=512m") != 0:
        raise OSError(ctypes.get_errno(), "no tmpfs for the run")


def give_up_privileges():
    if libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0 or libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "privileges can't be given up")


def write_files(folder, files):
    for name in ("home", "tmp", "control", "keys", "added", "presented"):
        os.makedirs(os.path.join(folder, name))
    for file in files:
        path = os.path.join(folder, file["path"])
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as target:
            target.write(file["text"])
        os.chmod(path, file["mode"])


def add_keys(folder, keys):
    """Start the agent and give it the keys by standard input; a passphrase goes through the askpass program."""
    if not keys:
        return
    agent = os.path.join(folder, "agent")
    subprocess.run(["ssh-agent", "-a", agent], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
    env = {
        "PATH": os.environ["PATH"],
        "SSH_AUTH_SOCK": agent,
        "SSH_ASKPASS": os.path.join(folder, "bin/askpass"),
        "SSH_ASKPASS_REQUIRE": "force",
        "DISPLAY": "-",
    }
    publics = {}
    for key in keys:
        text = key["text"].replace("\r\n", "\n").strip() + "\n"
        # two credentials may well hold the same key: the agent keeps it once
        if (text, key["passphrase"]) not in publics:
            publics[text, key["passphrase"]] = add_key(folder, key, text, env, publics.values())
        with open(os.path.join(folder, "keys", key["name"] + ".pub"), "w", encoding="utf-8") as file:
            file.write(publics[text, key["passphrase"]] + "\n")


def add_key(folder, key, text, env, known):
    passphrase = os.path.join(folder, "keys", key["name"] + ".passphrase")
    with open(passphrase, "w", encoding="utf-8") as file:
        file.write(key["passphrase"])
    added = subprocess.run(["ssh-add", "-q", "-"], input=text, text=True, capture_output=True, env={**env, "SLIPWAY_ASKPASS": passphrase})
    os.unlink(passphrase)
    if added.returncode != 0:
        raise Refused(key["label"], "the private key can't be read, or its passphrase is wrong")
    listed = subprocess.run(["ssh-add", "-L"], text=True, capture_output=True, env=env, check=True).stdout.splitlines()
    public = next((line for line in listed if line not in known), None)
    if public is None:
        raise Refused(key["label"], "the private key is also another credential's, in another form")
    return public


def run(wire, argv, env):
    command = subprocess.Popen(argv, env=env, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    pumps = [threading.Thread(target=pump, args=(wire, pipe), daemon=True) for pipe in (command.stdout, command.stderr)]
    for thread in pumps:
        thread.start()
    code = command.wait()
    # a process that was left behind may keep the pipes open for ever
    until = time.monotonic() + LAST_WORDS_SECONDS
    for thread in pumps:
        thread.join(max(0, until - time.monotonic()))
    return code


def pump(wire, pipe):
    rest = b""
    while chunk := os.read(pipe.fileno(), 65536):
        *lines, rest = (rest + chunk).split(b"\n")
        if len(rest) > 65536:
            lines, rest = [*lines, rest], b""
        if lines:
            wire.say(type="lines", lines=[line.decode(errors="replace") for line in lines])
    if rest:
        wire.say(type="lines", lines=[rest.decode(errors="replace")])


def presented(folder):
    """Host keys as bin/known-hosts saw them: alias → `type key`."""
    found = {}
    for name in os.listdir(os.path.join(folder, "presented")):
        with open(os.path.join(folder, "presented", name), encoding="utf-8") as file:
            found[name] = file.read().strip()
    return found


main()
