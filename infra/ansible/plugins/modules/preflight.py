"""First pass: reads and judges everything about this host alone, and leaves its free ports answering for the second pass."""
from __future__ import annotations

import time

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.slipway import lock
from ansible.module_utils.slipway.preflight import finding, listener, survey

REPO = {
    "name": {"type": "str", "required": True},
    "addresses": {"type": "list", "elements": "str", "required": True},
    "port": {"type": "int", "required": True},
    "ca": {"type": "str", "required": True},
    "user": {"type": "str", "required": True},
    "token": {"type": "str", "default": "", "no_log": True},
    "apt_key": {"type": "str"},
}


def main():
    module = AnsibleModule(
        argument_spec={
            "operation": {"type": "str", "required": True},
            "node": {"type": "dict", "required": True},
            "cluster": {"type": "dict", "required": True},
            "release": {"type": "dict", "required": True},
            "repo": {"type": "dict", "required": True, "options": REPO},
            "profile": {"type": "dict", "default": {}},
            "os": {"type": "dict", "required": True},
            "peers": {"type": "list", "elements": "dict", "default": []},
            "seconds": {"type": "int", "default": 60},
        },
        supports_check_mode=True,
    )
    given = module.params
    operation = lock.parse(given["operation"])
    elsewhere, given["other_listener"] = listener.end(operation)
    facts, failed = survey.read(given)
    findings = survey.judge(given, facts, failed)
    ports = facts.get("ports", {"sockets": {}, "free": [], "taken": []})
    facts["ports"] = {"free": ports["free"], "taken": ports["taken"], "answering": leave(operation, ports["sockets"], given, elsewhere)}
    if elsewhere:
        findings.append(finding.warning("checked-elsewhere", "operation %s checks this host, too: the ways to it are not tried" % elsewhere, "try again in a minute", elsewhere))
    # the time last, so that it is as fresh as can be: cluster-manager compares it with its own
    module.exit_json(changed=False, slipway_result={"findings": findings, "facts": {**facts, "epoch": time.time()}})


def leave(operation, sockets, given, elsewhere):
    """Leaves those ports answering that somebody will ask for; answers which."""
    expected = {}
    for port in (port for peer in given["peers"] for port in peer["asks"]):
        expected[port] = expected.get(port, 0) + 1
    answering = {port: bound for port, bound in sockets.items() if port in expected and not elsewhere}
    for port, bound in sockets.items():
        if port not in answering:
            bound.close()
    if answering:
        listener.leave(operation, answering, expected, given["seconds"])
    return sorted(answering)


if __name__ == "__main__":
    main()
