"""Read files for the action plugin of the same name, which keeps them out of sight."""
from __future__ import annotations

import base64

from ansible.module_utils.basic import AnsibleModule


def main():
    module = AnsibleModule(argument_spec={"files": {"type": "dict", "required": True}}, supports_check_mode=True)
    found = {}
    for name, path in module.params["files"].items():
        try:
            with open(path, "rb") as file:
                found[name] = base64.b64encode(file.read()).decode()
        except FileNotFoundError:
            continue
    module.exit_json(changed=False, files=found)


if __name__ == "__main__":
    main()
