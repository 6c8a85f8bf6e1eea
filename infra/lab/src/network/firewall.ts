import { run, start } from '@slipway/process'
import { type Allowed, type Lab, namesOf } from '../lab.ts'

/** The lab's nft table as text; applying it replaces the one before in a single step and starts counts at zero. */
export function renderFirewall(lab: Pick<Lab, 'name' | 'network' | 'egress'>): string {
  const { bridge, table } = namesOf(lab.name)
  const closed = lab.egress.mode === 'closed'
  const allowed = lab.egress.allow.map(renderAllowed)
  // Replies only: a connection that a host opened before the gate closed must not live on.
  const gate = [
    'ct state established,related ct direction reply accept',
    ...allowed,
    // one line per kind of packet, so that a person sees who wanted what
    'meta l4proto { tcp, udp } update @refused { ip saddr . ip daddr . meta l4proto . th dport counter }',
    'counter name dropped drop',
  ]
  return `table inet ${table}
delete table inet ${table}
table inet ${table} {
  counter dropped { }
  set refused {
    type ipv4_addr . ipv4_addr . inet_proto . inet_service
    flags dynamic
    size 4096
  }
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    # between hosts nothing is rewritten, though br_netfilter shows bridged packets here too
    ip saddr ${lab.network} oifname != "${bridge}" masquerade
  }
  chain forward {
    type filter hook forward priority filter; policy accept;
    iifname != "${bridge}" accept
    oifname "${bridge}" accept
    ${(closed ? gate : ['accept']).join('\n    ')}
  }
  chain input {
    type filter hook input priority filter; policy accept;
    iifname != "${bridge}" accept
    ${(closed ? gate : ['accept']).join('\n    ')}
  }
}
`
}

/** Puts the lab's table in place. */
export async function applyFirewall(lab: Lab): Promise<void> {
  await run(['nft', '-f', '-'], { input: renderFirewall(lab) })
}

/** Whether the lab's table is there. */
export async function hasFirewall(lab: string): Promise<boolean> {
  const ending = await start(['nft', 'list', 'table', 'inet', namesOf(lab).table]).ended
  return ending.exitCode === 0
}

/** Removes the lab's table; answers what was there. */
export async function removeFirewall(lab: string): Promise<string[]> {
  const { table } = namesOf(lab)
  if (!(await hasFirewall(lab))) return []
  await run(['nft', 'delete', 'table', 'inet', table])
  return [`nft table inet ${table}`]
}

function renderAllowed({ address, port, protocol }: Allowed): string {
  return `ip daddr ${address} ${protocol} dport ${port} accept`
}
