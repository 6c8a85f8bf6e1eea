/** What ansible-runner asked of ansible-playbook. */
export type Order = {
  /** Path of the playbook. */
  playbook: string
  hosts: Target[]
  variables: Values
}

/** A host as the inventory has it. */
export type Target = {
  name: string
  address: string
  port: number
  /** Its name for ssh, in lower case. */
  alias: string
  variables: Values
}

export type Values = { readonly [name: string]: unknown }

/** Reads what the double in double/ansible-playbook hands over: inventory, variables and ssh's configuration. */
export function readOrder(line: string): Order {
  const asked = JSON.parse(line) as {
    playbook: string
    inventory: { all: { hosts: Record<string, Values> } }
    variables: Values
    ssh: string
  }
  const doors = doorsOf(asked.ssh)
  return {
    playbook: asked.playbook,
    variables: plain(asked.variables) as Values,
    hosts: Object.entries(asked.inventory.all.hosts).map(([name, variables]) => {
      const alias = String(variables.ansible_host ?? name)
      const { address = '', port = 22 } = doors.get(alias) ?? {}
      return { name, alias, address, port, variables: plain(variables) as Values }
    }),
  }
}

/** The value at a dotted name: slipway_node.address. */
export function valueAt(values: Values, name: string): unknown {
  return name.split('.').reduce<unknown>((value, part) => (isObject(value) ? value[part] : undefined), values)
}

/** Texts come wrapped, so that Ansible takes no template out of them. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (!isObject(value)) return value
  if ('__ansible_unsafe' in value) return value.__ansible_unsafe
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]))
}

/** Where ssh would go, by alias. */
function doorsOf(config: string): Map<string, { address: string; port: number }> {
  const blocks = config.matchAll(/^Host (\S+)\n +HostName (\S+)\n +Port (\d+)$/gm)
  return new Map(
    [...blocks].map(([, alias = '', address = '', port]) => [alias, { address, port: Number(port) }]),
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
