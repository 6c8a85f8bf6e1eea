"""Everything the API shows about a host, in one round trip."""
from __future__ import annotations

import os
import platform
import socket
import time

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.slipway import hardware, host, ledger


def main():
    module = AnsibleModule(
        argument_spec={
            "data_folders": {"type": "list", "elements": "path", "default": ["/var/lib/containerd", "/var/lib/kubelet", "/var/lib/etcd"]},
            "sudo_problem": {"type": "str", "default": ""},
        },
        supports_check_mode=True,
    )
    book = ledger.read() if os.geteuid() == 0 else None
    facts = {
        "os": host.os_release(),
        "kernel": platform.release(),
        "architecture": hardware.architecture(),
        "cpus": hardware.cpus(),
        "memory_mib": host.memory_mib(),
        "disks": hardware.disks(),
        "mounts": hardware.mounts(module.params["data_folders"], host.mount_of, host.free_bytes),
        "network_cards": hardware.network_cards(module),
        "routes": host.routes(),
        "machine_id": host.text("/etc/machine-id"),
        "host_name": socket.gethostname(),
        "gpus": hardware.gpus(),
        "cgroup_version": host.cgroup_version(),
        "python_version": platform.python_version(),
        "swap": host.swap_entries(),
        "init_system": host.text("/proc/1/comm"),
        "virtualisation": hardware.virtualisation(module),
        "sudo": {"works": os.geteuid() == 0, "problem": module.params["sudo_problem"]},
        "listening_ports": host.listening_ports(),
        "leftovers": host.leftovers(),
        "cluster": book["cluster"] if book else None,
        "epoch": time.time(),      # last, so that it is as fresh as can be when it arrives
    }
    module.exit_json(changed=False, slipway_result=facts)


if __name__ == "__main__":
    main()
