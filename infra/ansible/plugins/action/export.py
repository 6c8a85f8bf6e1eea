"""Bring files from the host into the task's result under `slipway_export`, for the runner's callback to seal."""
from __future__ import annotations

import os

from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    """`files:` a map from name to path on the host. A file that isn't there is left out. Never shown, even verbosely."""

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        taken = self._execute_module(module_name="export", module_args={"files": self._task.args["files"]}, task_vars=task_vars)
        if taken.get("failed"):
            return {**result, **taken}
        result.update(changed=False, slipway_export=taken["files"], _ansible_verbose_override=True)
        return result
