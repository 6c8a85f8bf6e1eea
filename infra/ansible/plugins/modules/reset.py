"""Bring a host back to what the ledger says it was: of a half-prepared one too, and again after dying half-way."""
from __future__ import annotations

import os
import shutil

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.slipway import ledger, lock, undo


def main():
    module = AnsibleModule(
        argument_spec={"operation": {"type": "str", "required": True}, "cluster_id": {"type": "str", "required": True}},
        supports_check_mode=True,
    )
    book = ledger.read()
    if book is None:       # we never began here, or have ended: what else is on the host is not ours
        module.exit_json(changed=False, undone=[])
    if book["cluster"]["id"] != module.params["cluster_id"]:
        module.fail_json(msg="this host belongs to cluster %(name)s (%(id)s), nothing was touched" % book["cluster"])
    if module.check_mode:
        module.exit_json(changed=True, undone=[])
    operation = lock.parse(module.params["operation"])
    notes = []
    try:
        lock.require(operation)
        for deed in undo.IN_ORDER:
            notes += ["%s: %s" % (deed.__name__, note) for note in deed(module, book, operation) or []]
    except lock.Refused as refused:
        module.fail_json(msg=str(refused), slipway_retryable=refused.is_lost)
    shutil.rmtree(ledger.ROOT)      # last: until here a next attempt knows everything again
    for name in os.listdir(lock.FOLDER):
        path = os.path.join(lock.FOLDER, name)
        if os.path.isdir(path):
            shutil.rmtree(path)
        elif path != lock.PATH:
            os.unlink(path)
    module.exit_json(changed=True, notes=notes)


if __name__ == "__main__":
    main()
