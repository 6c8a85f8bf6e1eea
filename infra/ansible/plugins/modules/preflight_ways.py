"""Second pass: tries the ways to other hosts' ports, and fails if the first pass had errors. The ways are judged by who sees both ends."""
from __future__ import annotations

import time

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.slipway import lock
from ansible.module_utils.slipway.preflight import ways


def main():
    module = AnsibleModule(
        argument_spec={
            "operation": {"type": "str", "required": True},
            "peers": {"type": "list", "elements": "dict", "default": []},
            "seen": {"type": "dict", "required": True},      # what the first pass answered
        },
        supports_check_mode=True,
    )
    seen = module.params["seen"]
    tried = ways.tried(lock.parse(module.params["operation"]), module.params["peers"])
    result = {"findings": seen["findings"], "facts": {**seen["facts"], "ways": tried, "epoch": time.time()}}
    errors = [finding["message"] for finding in seen["findings"] if finding["severity"] == "error"]
    if errors:
        module.fail_json(msg="; ".join(errors), slipway_result=result)
    module.exit_json(changed=False, slipway_result=result)


if __name__ == "__main__":
    main()
