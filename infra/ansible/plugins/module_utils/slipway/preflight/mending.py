"""What `fix` does about findings: looks first, may be done twice, and reset takes it back."""
from __future__ import annotations

from ansible.module_utils.slipway import host, ledger, swap
from ansible.module_utils.slipway.preflight import kernel

RP_FILTER_FILE = "/etc/sysctl.d/90-slipway-rp-filter.conf"


def loosen_reverse_path_filter(given, book):
    names = kernel.strict_of(kernel.read_reverse_path_filter(given))
    if not names:
        return []
    ledger.note_file(book, RP_FILTER_FILE)
    settings = ["net.ipv4.conf.%s.rp_filter = 2" % name for name in names]
    # a name of an interface may hold dots, which sysctl takes for slashes
    text = "".join("net/ipv4/conf/%s/rp_filter = 2\n" % name for name in names)
    ledger.write_atomically(RP_FILTER_FILE, text.encode(), 0o644)
    for name in names:
        with open("/proc/sys/net/ipv4/conf/%s/rp_filter" % name, "w", encoding="utf-8") as file:
            file.write("2")
    return settings


def switch_swap_off(given, book):
    return swap.switch_off(book) if host.swap_entries() else []


# finding → what mends it
FIXES = {"swap-on": switch_swap_off, "rp-filter-strict": loosen_reverse_path_filter}
