"""Take or release the host lock. Never `changed`: the lock is no state of the host, it lives in /run."""
from __future__ import annotations

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.slipway import lock, transient
from ansible.module_utils.slipway.preflight import listener


def main():
    module = AnsibleModule(
        argument_spec={
            "operation": {"type": "str", "required": True},
            "superseded": {"type": "list", "elements": "str", "default": []},
            "state": {"choices": ["taken", "released"], "default": "taken"},
        },
        supports_check_mode=True,
    )
    wanted = lock.parse(module.params["operation"])
    if module.check_mode:
        module.exit_json(changed=False)
    if module.params["state"] == "released":
        module.exit_json(changed=False, released=lock.release(wanted))
    try:
        before = lock.take(wanted, module.params["superseded"])
    except lock.Refused as refused:
        module.fail_json(msg=str(refused))
    # It has the ports that the node's own services are about to take.
    listener.end(wanted, holds=True)
    stopped = []
    if before and before["operation"] != wanted["operation"]:
        stopped = transient.stop_all_of(before["operation"])
    module.exit_json(changed=False, taken_from=before and before["text"], stopped=stopped)


if __name__ == "__main__":
    main()
