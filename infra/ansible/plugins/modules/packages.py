"""Install the packages that the host lacks, from Slipway's repository alone: the host's own sources stay as they are."""
from __future__ import annotations

import os

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.slipway import host, ledger, lock, transient


def main():
    module = AnsibleModule(
        argument_spec={
            "operation": {"type": "str", "required": True},
            "names": {"type": "list", "elements": "str", "required": True},
            "apt_config": {"type": "path", "required": True},
            "timeout": {"type": "int", "default": 600},
        },
        supports_check_mode=True,
    )
    here = present(module)
    missing = [name for name in module.params["names"] if name not in here]
    if missing and not module.check_mode:
        install(module, missing)
    module.exit_json(changed=bool(missing), installed=missing)


def present(module):
    return {line.split()[0].split(":")[0] for line in host.installed_packages(module)}


def install(module, missing):
    environment = {"APT_CONFIG": module.params["apt_config"], "DEBIAN_FRONTEND": "noninteractive", "NEEDRESTART_SUSPEND": "1"}
    wait_for_dpkg = ["-o", "DPkg::Lock::Timeout=120"]
    for folder in ("lists/partial", "cache/archives/partial"):     # apt makes only those of its own default places
        os.makedirs(os.path.join(ledger.ROOT, "apt", folder), exist_ok=True)
    code, out, err = module.run_command(["apt-get", "update", "-q", *wait_for_dpkg], environ_update=environment)
    if code:
        module.fail_json(msg="apt-get update failed: %s" % (err or out)[-2000:], slipway_retryable=True)
    # an earlier attempt that was cut may have left packages unpacked but not configured
    module.run_command(["dpkg", "--configure", "-a"], environ_update=environment)
    argv = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *wait_for_dpkg, "-o", "Dpkg::Options::=--force-confold", "--", *missing]
    before = set(host.installed_packages(module))
    try:
        done = transient.run(lock.parse(module.params["operation"]), argv, module.params["timeout"], "packages", environment)
    except lock.Refused as refused:
        module.fail_json(msg=str(refused), slipway_retryable=refused.is_lost)
    with ledger.opened() as book:
        known = {line.split()[0] for line in book["packages"]}
        fresh = {line.split()[0] for line in set(host.installed_packages(module)) - before}
        book["packages_installed"] = sorted(set(book["packages_installed"]) | fresh - known)
        book["packages_upgraded"] = sorted(set(book["packages_upgraded"]) | fresh & known)      # these can't be put back
    if done["rc"]:
        module.fail_json(msg="apt-get install failed: %s" % transient.complaints(done["tail"]), log=done["tail"])


if __name__ == "__main__":
    main()
