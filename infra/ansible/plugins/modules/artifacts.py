"""Download the release's files in parallel, each verified by its digest before it takes its place."""
from __future__ import annotations

import base64
import concurrent.futures
import hashlib
import http.client
import os
import ssl
import stat
import urllib.error
import urllib.request

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.slipway import ledger

CHUNK = 1 << 20
FILE = {
    "path": {"type": "path", "required": True},
    "url": {"type": "str", "required": True},
    "sha256": {"type": "str", "required": True},
    "mode": {"type": "str", "default": "0755"},
    "bytes": {"type": "int"},
    "component": {"type": "str"},
}


def main():
    module = AnsibleModule(
        argument_spec={
            "files": {"type": "list", "elements": "dict", "options": FILE, "required": True},
            "base": {"type": "str", "required": True},
            "ca": {"type": "str", "required": True},
            "user": {"type": "str", "required": True},
            "token": {"type": "str", "required": True, "no_log": True},
            "parallel": {"type": "int", "default": 4},
        },
        supports_check_mode=True,
    )
    given = module.params
    with concurrent.futures.ThreadPoolExecutor(given["parallel"]) as pool:
        wrong = [file for file, right in zip(given["files"], pool.map(is_right, given["files"])) if not right]
        missing = [file for file, there in zip(wrong, pool.map(has_content, wrong)) if not there]
        if wrong and not module.check_mode:
            with ledger.opened() as book:
                for file in wrong:
                    ledger.note_file(book, file["path"])
            context = ssl.create_default_context(cadata=given["ca"])
            problems = [problem for problem in pool.map(lambda file: fetch(file, given, context), missing) if problem]
            if problems:
                module.fail_json(msg="; ".join(problems), slipway_retryable=True)
            for file in wrong:
                os.chmod(file["path"], int(file["mode"], 8))
                os.chown(file["path"], 0, 0)
    paths, rewritten = ([file["path"] for file in files] for files in (wrong, missing))
    said = {path: "(downloaded)\n" if path in rewritten else "(mode and owner)\n" for path in paths}
    diff = [{"before_header": path, "after_header": path, "before": "", "after": words} for path, words in said.items()]
    module.exit_json(changed=bool(wrong), paths=paths, rewritten=rewritten, diff=diff)


def is_right(file):
    """Whether the file is there as wanted."""
    try:
        info = os.lstat(file["path"])
    except FileNotFoundError:
        return False
    return stat.S_IMODE(info.st_mode) == int(file["mode"], 8) and info.st_uid == info.st_gid == 0 and has_content(file)


def has_content(file):
    """Whether the wanted content is there; always by reading it, as drift may keep the dates."""
    try:
        info = os.lstat(file["path"])
    except FileNotFoundError:
        return False
    if not stat.S_ISREG(info.st_mode) or (file["bytes"] and info.st_size != file["bytes"]):
        return False
    digest = hashlib.sha256()
    with open(file["path"], "rb") as opened:
        for chunk in iter(lambda: opened.read(CHUNK), b""):
            digest.update(chunk)
    return digest.hexdigest() == file["sha256"]


def fetch(file, given, context):
    """Download one file; answers what went wrong, or None."""
    url = given["base"] + file["url"]
    basic = base64.b64encode(("%s:%s" % (given["user"], given["token"])).encode()).decode()
    beside = file["path"] + ".slipway-new"
    digest = hashlib.sha256()
    try:
        os.makedirs(os.path.dirname(file["path"]), exist_ok=True)
        # no proxy: repo-proxy is the only place that nodes download from
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
        request = urllib.request.Request(url, headers={"Authorization": "Basic " + basic})
        with opener.open(request, timeout=120) as answer, open(beside, "wb") as out:
            for chunk in iter(lambda: answer.read(CHUNK), b""):
                digest.update(chunk)
                out.write(chunk)
        if digest.hexdigest() != file["sha256"]:
            return "%s: its SHA-256 is %s, the release says %s" % (url, digest.hexdigest(), file["sha256"])
        os.chmod(beside, int(file["mode"], 8))
        os.rename(beside, file["path"])
        return None
    except urllib.error.HTTPError as error:
        return "%s: answered %d %s" % (url, error.code, error.reason)
    except (OSError, http.client.HTTPException) as error:
        return "%s: %s" % (url, getattr(error, "reason", error))
    finally:
        if os.path.exists(beside):
            os.unlink(beside)


if __name__ == "__main__":
    main()
