"""A strategy that prints lines at a steady rate for a while, in ansible-playbook's own process and through its callback
plugins, as the results of modules are; then plays on as usual. Every line carries the microsecond at which it was printed.
"""
from __future__ import annotations

import time

from ansible.executor.task_result import _RawTaskResult
from ansible.plugins.strategy.linear import StrategyModule as Linear

DOCUMENTATION = """
name: flood
short_description: prints lines at a steady rate
description: Sends results with many lines to the callback plugins, by the variables flood_rate, flood_seconds and flood_lines.
"""

PADDING = "x" * 60


class StrategyModule(Linear):
    def run(self, iterator, play_context):
        play = iterator._play
        task = play.tasks[0].block[0]
        host = self._inventory.get_hosts(play.hosts)[0]
        settings = play.get_vars()
        self._tqm.send_callback("v2_playbook_on_task_start", task, is_conditional=False)
        self._flood(host, task, settings["flood_rate"], settings["flood_seconds"], settings["flood_lines"])
        return super().run(iterator, play_context)

    def _flood(self, host, task, rate, seconds, lines):
        began = time.monotonic()
        for number in range(rate * seconds // lines):
            # by the clock and not from one to the next: what came late is made good
            wait = began + number * lines / rate - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            printed = time.time_ns() // 1000
            text = "\n".join("flood %d %s" % (printed, PADDING) for _ in range(lines))
            self._tqm.send_callback("v2_runner_on_ok", _RawTaskResult(host, task, {"stdout": text}, {}))
