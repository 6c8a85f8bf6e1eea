"""Render templates on the controller and hand all files of a task to the host in one round trip."""
from __future__ import annotations

import base64
import re

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.template import trust_as_template

TAKEN = {"template", "content", "path", "mode", "owner", "group", "block", "secret", "transient", "for_each", "vars", "when"}


class ActionModule(ActionBase):
    """`files:` a list of {path, template | content, mode, owner, group, block, secret, for_each}; `absent:` paths."""

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        files = [ready for item in self._task.args.get("files", []) for ready in self._expand(item, task_vars)]
        arguments = {"files": files, "absent": self._task.args.get("absent", [])}
        result.update(self._execute_module(module_name="files", module_args=arguments, task_vars=task_vars))
        result.pop("invocation", None)   # contents, some of them secret, are nobody's to read in a result
        return result

    def _expand(self, item, task_vars):
        unknown = set(item) - TAKEN
        if unknown or ("template" in item) == ("content" in item):
            raise AnsibleActionFail("a file takes a path with one of template and content, not: %s" % ", ".join(sorted(item)))
        if not item.get("when", True):
            return []
        if "for_each" not in item:
            return [self._one(item, item["path"], None, task_vars)]
        for name in item["for_each"]:
            if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._:-]*", name):
                raise AnsibleActionFail("%r can't be part of a file name" % name)
        return [self._one(item, item["path"] % name, name, task_vars) for name in item["for_each"]]

    def _one(self, item, path, name, task_vars):
        content = item["content"] if "content" in item else self._render(item["template"], name, task_vars)
        kept = {key: value for key, value in item.items() if key not in ("template", "content", "for_each", "vars", "when")}
        return {**kept, "path": path, "content": base64.b64encode(content.encode()).decode()}

    def _render(self, source, name, task_vars):
        found = self._find_needle("templates", source)
        template = trust_as_template(self._loader.get_text_file_contents(found))
        templar = self._templar.copy_with_new_env(available_variables={**task_vars, "item": name})
        return templar.template(template, escape_backslashes=False, overrides={"trim_blocks": True, "lstrip_blocks": True})
