"""Print what each task came to on each host as one JSON object per line: {host, task, changed, failed, result}."""
from __future__ import annotations

import json

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: results
type: stdout
short_description: results of tasks, for stories that look at them
description: Prints one JSON object per line.
options: {}
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "results"

    def v2_runner_on_ok(self, result):
        self._say(result)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._say(result, failed=not ignore_errors)

    def v2_runner_on_unreachable(self, result):
        self._say(result, failed=True)

    def _say(self, result, failed=False):
        said = {"host": result.host.get_name(), "task": result.task.get_name(), "changed": result.is_changed(), "failed": failed}
        print(json.dumps({**said, "result": result.result}, default=str), flush=True)
