"""Mend findings of preflight by their ids: those that the plan named, and nothing else."""
from __future__ import annotations

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.slipway import ledger, lock
from ansible.module_utils.slipway.preflight import mending


def main():
    module = AnsibleModule(
        argument_spec={
            "operation": {"type": "str", "required": True},
            "node": {"type": "dict", "required": True},
            "fixes": {"type": "list", "elements": "str", "choices": sorted(mending.FIXES), "required": True},
        },
        supports_check_mode=False,
    )
    changes = []
    try:
        lock.require(lock.parse(module.params["operation"]))
        with ledger.opened() as book:
            for name in module.params["fixes"]:
                changes += mending.FIXES[name](module.params, book)
    except lock.Refused as refused:
        module.fail_json(msg=str(refused), slipway_retryable=refused.is_lost)
    except (LookupError, OSError) as problem:
        module.fail_json(msg=str(problem))
    module.exit_json(changed=bool(changes), changes=changes)


if __name__ == "__main__":
    main()
