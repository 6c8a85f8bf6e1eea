"""Write many files in one task: content arrives ready, each earlier file is written down in the ledger first."""
from __future__ import annotations

import base64
import grp
import os
import pwd
import stat

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.slipway import ledger, markers

FILE = {
    "path": {"type": "path", "required": True},
    "content": {"type": "str", "required": True, "no_log": True},   # base64, so that any bytes pass
    "mode": {"type": "str", "default": "0644"},
    "owner": {"type": "str", "default": "root"},
    "group": {"type": "str", "default": "root"},
    "block": {"type": "str"},      # keep the rest of the file, own only the lines between markers of this name
    "secret": {"type": "bool", "default": False},
    "transient": {"type": "bool", "default": False},   # below /run: gone by itself, not in the ledger
}


def main():
    module = AnsibleModule(
        argument_spec={
            "files": {"type": "list", "elements": "dict", "options": FILE, "default": []},
            "absent": {"type": "list", "elements": "path", "default": []},
        },
        supports_check_mode=True,
    )
    wanted = [{**file, "content": base64.b64decode(file["content"])} for file in module.params["files"]]
    changes = [change for change in map(compare, wanted) if change] + [
        {"path": path, "remove": True} for path in module.params["absent"] if os.path.lexists(path)
    ]
    if changes and not module.check_mode:
        apply(changes)
    module.exit_json(
        changed=bool(changes),
        paths=[change["path"] for change in changes],
        # what reads a file needs a restart only for these: a mode that was set right again stops nothing
        rewritten=[change["path"] for change in changes if change["remove"] or change["before"] != change["after"]],
        diff=[difference(change) for change in changes],
    )


def compare(file):
    """What writing this file would change, or None."""
    uid, gid, mode = pwd.getpwnam(file["owner"]).pw_uid, grp.getgrnam(file["group"]).gr_gid, int(file["mode"], 8)
    try:
        info = os.lstat(file["path"])
        with open(file["path"], "rb") as opened:
            before = opened.read() if stat.S_ISREG(info.st_mode) else None
        seen = (info.st_uid, info.st_gid, stat.S_IMODE(info.st_mode))
    except FileNotFoundError:
        before, seen = None, None
    after = markers.put(before or b"", file["block"], file["content"]) if file["block"] else file["content"]
    if file["block"] and seen:     # a shared file keeps its owner and mode
        uid, gid, mode = seen
    if before == after and seen == (uid, gid, mode):
        return None
    return {**file, "before": before, "after": after, "seen": seen, "uid": uid, "gid": gid, "mode": mode, "remove": False}


def apply(changes):
    lasting = [change for change in changes if not change.get("transient") and not change["path"].startswith("/run/")]
    if lasting:
        with ledger.opened() as book:
            for change in lasting:
                ledger.note_file(book, change["path"], change.get("block"))
    for change in changes:
        if change["remove"]:
            os.unlink(change["path"])
        else:
            ledger.write_atomically(change["path"], change["after"], change["mode"], change["uid"], change["gid"])


def difference(change):
    """A diff for the eye: owner and mode where they differ, content unless it is secret."""
    if change["remove"]:
        return {"before_header": change["path"], "after_header": "absent", "before": "(there)\n", "after": ""}
    before, after = ([access(change["seen"])], [access((change["uid"], change["gid"], change["mode"]))])
    if before == after or change["seen"] is None:
        before, after = [], []
    if change["before"] != change["after"]:
        before.append(shown(change, change["before"], "(secret)\n"))
        after.append(shown(change, change["after"], "(another secret)\n"))
    return {"before_header": change["path"], "after_header": change["path"], "before": "".join(before), "after": "".join(after)}


def access(seen):
    return "owner %d:%d, mode %04o\n" % seen if seen else ""


def shown(change, content, instead):
    if content is None:
        return ""
    return instead if change["secret"] else content.decode("utf-8", "replace")


if __name__ == "__main__":
    main()
