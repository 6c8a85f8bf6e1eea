"""Tell ansible-runner what happens, one JSON object per line over a unix socket, in place of text on standard output.

play  {name}                       task  {name, at}                    at: milliseconds since the epoch
host  {host, task, state, seconds, lines, message?, result?, export?, retryable?}
        state: ok, changed, skipped, failed, ignored, unreachable; result, export, retryable: what a task's
        result holds as slipway_result, slipway_export and slipway_retryable
line  {host?, task?, text}         stats {hosts: {name: {ok, changed, failures, unreachable, rescued}}}
The socket blocks when the runner is slow, and so does the playbook: output never piles up.
"""
from __future__ import annotations

import json
import os
import socket
import time

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: slipway
type: stdout
short_description: sends structured events to Slipway's ansible-runner
description: Sends one JSON object per line to the unix socket that SLIPWAY_SOCKET names.
options: {}
"""

# of a result's stdout and stderr the last lines are kept: more is a log file, which belongs on the host
KEPT_LINES = 1000
LAST_WORDS = 8


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "slipway"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._started = {}
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(os.environ["SLIPWAY_SOCKET"])
        # programs that Ansible starts have no business with it
        os.set_inheritable(self._socket.fileno(), False)

    def v2_playbook_on_play_start(self, play):
        self._say(type="play", name=play.get_name())

    def v2_playbook_on_task_start(self, task, is_conditional):
        self._say(type="task", name=task.get_name(), at=int(time.time() * 1000))

    def v2_playbook_on_handler_task_start(self, task):
        self.v2_playbook_on_task_start(task, False)

    def v2_runner_on_start(self, host, task):
        self._started[host.get_name(), task._uuid] = time.monotonic()

    def v2_runner_on_ok(self, result):
        self._host(result, "changed" if result.is_changed() else "ok")

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._host(result, "ignored" if ignore_errors else "failed")

    def v2_runner_on_unreachable(self, result):
        self._host(result, "unreachable")

    def v2_runner_on_skipped(self, result):
        self._host(result, "skipped")

    def v2_runner_retry(self, result):
        left = result.result.get("retries", 0) - result.result.get("attempts", 0)
        self._say(type="line", host=result.host.get_name(), task=_task(result), text="not yet; tries left: %d" % left)

    def v2_playbook_on_no_hosts_matched(self):
        self._say(type="line", text="no hosts matched")

    def v2_playbook_on_stats(self, stats):
        self._say(type="stats", hosts={host: _counts(stats.summarize(host)) for host in stats.processed})

    def _host(self, result, state):
        host = result.host.get_name()
        started = self._started.pop((host, result.task._uuid), None)
        event = {
            "type": "host",
            "host": host,
            "task": _task(result),
            "state": state,
            "seconds": round(time.monotonic() - started, 3) if started is not None else 0,
            "lines": _lines(result.result, state),
        }
        if state in ("failed", "ignored", "unreachable"):
            event["message"] = _message(result.result)
        for key in ("result", "export", "retryable"):
            # a result that is under no_log comes without them
            if "slipway_" + key in result.result:
                event[key] = result.result["slipway_" + key]
        self._say(**event)

    def _say(self, **event):
        self._socket.sendall(json.dumps(event, default=str).encode("utf-8", "replace") + b"\n")


def _task(result):
    return result.task.get_name()


def _counts(summary):
    return {key: summary[key] for key in ("ok", "changed", "failures", "unreachable", "rescued")}


def _message(result):
    """Why it failed, in the module's or Ansible's own words; of a loop, the first item's that failed."""
    failed = _failed_item(result)
    if failed:
        return _message(failed)
    if result.get("censored"):
        return str(result["censored"])
    message = result.get("msg") or ""
    words = _split(message) if message else []
    # "non-zero return code" alone helps nobody: what the command said last belongs to it
    words += (_split(result.get("stderr") or "") or _split(result.get("stdout") or ""))[-LAST_WORDS:]
    return "\n".join(words) or str(result.get("exception") or "it failed without a word")


def _lines(result, state):
    """What there is to read: a message, then the ends of stderr and stdout, and the log of a program that failed."""
    failed = _failed_item(result)
    if failed:
        return _lines(failed, state)
    texts = [] if state == "skipped" else [result.get("msg")]
    texts += [result.get("stderr"), result.get("stdout"), result.get("log")]
    if state in ("failed", "ignored", "unreachable"):
        texts[0] = None   # it is the event's message
    return [line for text in texts if text for line in _split(text)]


def _split(text):
    if isinstance(text, list):
        return [line for part in text[-KEPT_LINES:] for line in str(part).split("\n")]
    if not isinstance(text, str):
        return [json.dumps(text, default=str)]
    return text.rstrip().split("\n")[-KEPT_LINES:] if text.strip() else []


def _failed_item(result):
    items = result.get("results")
    if not isinstance(items, list):
        return None
    return next((item for item in items if isinstance(item, dict) and (item.get("failed") or item.get("unreachable"))), None)
