import type { HostFirewall } from '../lab.ts'
import type { TreeFile } from './files.ts'

/** How a firewall comes into a host's tree: Debian packages, files, and the commands that a person would type. */
export type FirewallSetUp = {
  packages: readonly string[]
  files: readonly TreeFile[]
  commands: readonly (readonly string[])[]
}

const nftablesRules = `#!/usr/sbin/nft -f
flush ruleset
table inet host {
  chain input {
    type filter hook input priority filter; policy drop;
    ct state established,related accept
    iifname lo accept
    tcp dport 22 accept
  }
  chain forward {
    type filter hook forward priority filter; policy drop;
  }
}
`

/** Each lets ssh in and drops what else comes in or wants through, from its first boot on. */
export const firewalls: Record<HostFirewall, FirewallSetUp> = {
  none: { packages: [], files: [], commands: [] },
  firewalld: {
    // with what Debian recommends for it; polkitd wants a logind, and debootstrap finds no virtual packages
    packages: ['firewalld', 'ipset', 'iptables', 'libpam-systemd'],
    files: [],
    commands: [
      ['firewall-offline-cmd', '--zone=drop', '--add-service=ssh'],
      ['firewall-offline-cmd', '--set-default-zone=drop'],
    ],
  },
  ufw: {
    packages: ['ufw'],
    files: [],
    commands: [
      ['ufw', 'allow', '22/tcp'],
      ['ufw', '--force', 'enable'],
    ],
  },
  nftables: {
    packages: ['nftables'],
    files: [{ path: 'etc/nftables.conf', text: nftablesRules }],
    commands: [['systemctl', 'enable', 'nftables.service']],
  },
}
