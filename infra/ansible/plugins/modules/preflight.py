"""All reasons against making this host a node, at once; it fails only after the last check."""
from __future__ import annotations

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.slipway import checks


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
    if errors:
        module.fail_json(msg="; ".join(finding["message"] for finding in errors), slipway_result={"findings": findings})
    module.exit_json(changed=False, slipway_result={"findings": findings})


if __name__ == "__main__":
    main()
