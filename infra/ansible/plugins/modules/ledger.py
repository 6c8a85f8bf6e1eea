"""Write down what is on the host, once, before the first change: reset brings exactly this back."""
from __future__ import annotations

import os

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.slipway import host, ledger, tables


def main():
    module = AnsibleModule(
        argument_spec={
            "cluster": {"type": "dict", "required": True, "options": {"id": {"type": "str"}, "name": {"type": "str"}}},
            "data_folders": {"type": "list", "elements": "path", "required": True},
            "pod_cidr": {"type": "str", "required": True},
        },
        supports_check_mode=True,
    )
    cluster = module.params["cluster"]
    book = ledger.read()
    if book and book["cluster"]["id"] != cluster["id"]:
        module.fail_json(msg="this host belongs to cluster %(name)s (%(id)s): delete that cluster or reset the host first" % book["cluster"])
    if book:
        module.exit_json(changed=False)
    if not module.check_mode:
        os.makedirs(ledger.ROOT, mode=0o755, exist_ok=True)
        ledger.write(survey(module, cluster))
    module.exit_json(changed=True)


def survey(module, cluster):
    book = {
        "version": 1,
        "cluster": cluster,
        "pod_cidr": module.params["pod_cidr"],
        "packages": host.installed_packages(module),
        "packages_installed": [],
        "packages_upgraded": [],
        "sysctls": host.sysctls(),
        "modules_loaded": [],
        "interfaces": host.interface_names(),
        "tables": tables.listed(),
        "files": {},
        "folders": [],
        "paths": {path: os.path.lexists(path) for path in (*host.OUR_PATHS, *module.params["data_folders"])},
        "initialised": False,
    }
    for folder in host.MOUNTED_BY_PODS:
        ledger.note_folders(book, folder)
    return book


if __name__ == "__main__":
    main()
