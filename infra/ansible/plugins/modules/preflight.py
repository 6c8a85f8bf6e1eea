"""All reasons against making this host a node, at once; it fails only after the last check."""
from __future__ import annotations

import socket
import time

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.slipway import checks, host


REPO = {
    "name": {"type": "str", "required": True},
    "addresses": {"type": "list", "elements": "str", "required": True},
    "port": {"type": "int", "required": True},
    "ca": {"type": "str", "required": True},
    "user": {"type": "str", "required": True},
    "token": {"type": "str", "required": True, "no_log": True},
    "apt_key": {"type": "str"},
}


def main():
    module = AnsibleModule(
        argument_spec={
            "node": {"type": "dict", "required": True},
            "cluster": {"type": "dict", "required": True},
            "release": {"type": "dict", "required": True},
            "repo": {"type": "dict", "required": True, "options": REPO},
            "profile": {"type": "dict", "default": {}},
            "os": {"type": "dict", "required": True},
        },
        supports_check_mode=True,
    )
    findings = [finding for check in checks.ALL for finding in check(module.params)]
    errors = [finding for finding in findings if finding["severity"] == "error"]
    # what only who sees all hosts, and a right clock, can judge; the time last, so that it is as fresh as can be
    facts = {"machine_id": host.text("/etc/machine-id"), "host_name": socket.gethostname(), "epoch": time.time()}
    result = {"findings": findings, "facts": facts}
    if errors:
        module.fail_json(msg="; ".join(finding["message"] for finding in errors), slipway_result=result)
    module.exit_json(changed=False, slipway_result=result)


if __name__ == "__main__":
    main()
