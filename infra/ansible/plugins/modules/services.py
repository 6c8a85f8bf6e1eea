"""Bring units to the wanted state: enabled, running, and restarted where something they read has changed."""
from __future__ import annotations

from ansible.module_utils.basic import AnsibleModule

UNIT = {
    "name": {"type": "str", "required": True},
    "running": {"type": "bool", "default": True},
    "restart": {"type": "bool", "default": False},
}


def main():
    module = AnsibleModule(
        argument_spec={"units": {"type": "list", "elements": "dict", "options": UNIT, "required": True}, "reload": {"type": "bool", "default": False}},
        supports_check_mode=True,
    )
    run = (lambda *argv: (0, "", "")) if module.check_mode else (lambda *argv: module.run_command(["systemctl", *argv]))
    changes = []
    if module.params["reload"]:
        run("daemon-reload")
    for unit in module.params["units"]:
        state = shown(module, unit["name"])
        for verb in verbs(unit, state):
            code, out, err = run(verb, unit["name"])
            if code:
                code, log, _ = module.run_command(["journalctl", "--no-pager", "-n", "30", "-u", unit["name"]])
                module.fail_json(msg="systemctl %s %s failed: %s\n%s" % (verb, unit["name"], (err or out).strip(), log))
            changes.append("%s %s" % (verb, unit["name"]))
    module.exit_json(changed=bool(changes), changes=changes)


def verbs(unit, state):
    """What to ask of systemd, in order."""
    enable = [] if state.get("UnitFileState") == "enabled" else ["enable"]
    running = state.get("ActiveState") in ("active", "activating")
    if not unit["running"]:      # somebody else starts it in time; what runs already still gets its new files
        return enable + (["try-restart"] if running and unit["restart"] else [])
    return enable + (["restart"] if running and unit["restart"] else [] if running else ["start"])


def shown(module, name):
    _, out, _ = module.run_command(["systemctl", "show", "--property=ActiveState,UnitFileState", name])
    return dict(line.split("=", 1) for line in out.splitlines() if "=" in line)


if __name__ == "__main__":
    main()
