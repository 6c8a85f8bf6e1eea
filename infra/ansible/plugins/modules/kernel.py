"""Load kernel modules and set kernel parameters now; files for the next boot are written by the task before."""
from __future__ import annotations

import os

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.slipway import host, ledger


# a module is there when its path exists or its filesystem is known, loaded or built in
MODULE = {"name": {"type": "str", "required": True}, "path": {"type": "path"}, "filesystem": {"type": "str"}}


def main():
    module = AnsibleModule(
        argument_spec={
            "modules": {"type": "list", "elements": "dict", "options": MODULE, "default": []},
            "sysctls": {"type": "dict", "default": {}},      # path below /proc/sys → value
            "address": {"type": "str", "required": True},
        },
        supports_check_mode=True,
    )
    changed = load(module) + set_sysctls(module)
    interface = host.interface_with(module.params["address"])
    if interface is None:
        module.fail_json(msg="no interface of this host carries its address %s" % module.params["address"])
    module.exit_json(changed=bool(changed), changes=changed, mtu=interface["mtu"], interface=interface["name"])


def load(module):
    wanted = [each for each in module.params["modules"] if not there(each)]
    for each in [] if module.check_mode else wanted:
        code, out, err = module.run_command(["modprobe", each["name"]]) if module.get_bin_path("modprobe") else (1, "", "modprobe is not installed")
        if code or not there(each):
            module.fail_json(msg="the kernel has no module %s, which Kubernetes needs: %s" % (each["name"], (err or out).strip()))
    names = [each["name"] for each in wanted]
    if names and not module.check_mode:
        with ledger.opened() as book:
            book["modules_loaded"] += names
    return names


def there(each):
    if each["filesystem"]:
        return each["filesystem"] in host.text("/proc/filesystems").split()
    return os.path.exists(each["path"])


def set_sysctls(module):
    wanted = {path: str(value) for path, value in module.params["sysctls"].items() if host.text("/proc/sys/" + path) != str(value)}
    for path, value in {} if module.check_mode else wanted.items():
        try:
            with open("/proc/sys/" + path, "w", encoding="utf-8") as file:
                file.write(value)
        except OSError as error:
            module.fail_json(msg="can't set the kernel parameter %s to %s: %s" % (path.replace("/", "."), value, error.strerror))
    return sorted(wanted)


if __name__ == "__main__":
    main()
