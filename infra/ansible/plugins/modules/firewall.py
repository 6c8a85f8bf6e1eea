"""Open a node's ports where firewalld, ufw or nftables filter; where nothing filters nothing is touched."""
from __future__ import annotations

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.slipway import filters, firewalld, ledger, ufw

RULES = "/etc/slipway/firewall.nft"
UNIT = "/etc/systemd/system/slipway-firewall.service"
UNIT_TEXT = """# Written by Slipway: puts its openings back whenever the host's own rules are loaded again.
[Unit]
Description=Openings for Kubernetes in the packet filter
After=nftables.service
PartOf=nftables.service
ReloadPropagatedFrom=nftables.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=nft -f %s
ExecReload=nft -f %s

[Install]
WantedBy=multi-user.target nftables.service
""" % (RULES, RULES)


def main():
    module = AnsibleModule(
        argument_spec={
            "ports": {"type": "list", "elements": "str", "required": True},
            "node_ports": {"type": "str", "required": True},
            "pod_cidr": {"type": "str", "required": True},
            "vxlan": {"type": "bool", "required": True},
        },
        supports_check_mode=True,
    )
    kind = filters.found(module)
    opened = {"firewalld": open_firewalld, "ufw": open_ufw, "nftables": open_nftables}[kind](module) if kind else []
    module.exit_json(changed=bool(opened), filter=kind or "none", opened=opened)


def open_firewalld(module):
    changed = [path for path, text in firewalld.texts(module.params).items() if read(path) != text]
    if not changed and firewalld.is_loaded():
        return []
    if not firewalld.is_saved():
        module.fail_json(msg="%s: %s" % (firewalld.UNSAVED, firewalld.WAY_OUT))
    if not module.check_mode:
        with ledger.opened() as book:
            for path in changed:
                ledger.note_file(book, path)
        for path in changed:
            ledger.write_atomically(path, firewalld.texts(module.params)[path], 0o644)
        must(module, ["firewall-cmd", "--reload"])
    return changed or ["reload"]


def open_ufw(module):
    missing = [rule for rule in ufw.rules(module.params) if not ufw.has(rule)]
    if missing and not module.check_mode:
        with ledger.opened() as book:      # so that reset closes exactly what was opened here
            book["ufw_rules"] = book.get("ufw_rules", []) + [rule for rule in missing if rule not in book.get("ufw_rules", [])]
        for rule in missing:
            must(module, ["ufw", *rule.split()])
    return missing


def open_nftables(module):
    by_hand, lines = [], []
    for chain in filters.filtering_chains(module):
        expressions = filters.accepted(module.params) if chain["hook"] == "input" else filters.forwarded(module.params)
        if filters.is_of_iptables(chain):
            by_hand += ["%s of iptables" % chain["name"]]
        else:
            lines += ['insert rule %s %s %s %s counter accept comment "slipway"' % (chain["family"], chain["table"], chain["name"], each) for each in expressions]
    text = "".join(line + "\n" for line in lines).encode()
    if by_hand:
        module.fail_json(msg="%s drops packets: accept the node's ports there, or use nftables, ufw or firewalld" % ", ".join(by_hand))
    written = read(RULES) == text and read(UNIT) == UNIT_TEXT.encode()
    if len(filters.our_rules(module)) >= len(lines) and written:
        return []
    if not module.check_mode:
        with ledger.opened() as book:
            ledger.note_file(book, RULES)
            ledger.note_file(book, UNIT)
        close_nftables(module)
        ledger.write_atomically(RULES, text, 0o644)
        ledger.write_atomically(UNIT, UNIT_TEXT.encode(), 0o644)
        must(module, ["systemctl", "daemon-reload"])
        must(module, ["systemctl", "enable", "slipway-firewall.service"])
        must(module, ["systemctl", "restart", "slipway-firewall.service"])
    return lines


def close_nftables(module):
    for rule in filters.our_rules(module):
        must(module, ["nft", "delete", "rule", rule["family"], rule["table"], rule["chain"], "handle", str(rule["handle"])])


def must(module, argv):
    code, out, err = module.run_command(argv)
    if code:
        module.fail_json(msg="%s failed: %s" % (" ".join(argv[:3]), (err or out).strip()))


def read(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return None


if __name__ == "__main__":
    main()
