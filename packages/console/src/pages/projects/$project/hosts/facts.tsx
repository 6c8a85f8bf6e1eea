import { useQuery } from '@tanstack/react-query'
import { Fragment, type ReactNode } from 'react'
import type { Message } from '../../../../api/client.ts'
import { clustersQuery } from '../../../../cluster/queries.ts'
import { credentialsQuery } from '../../../../credential/queries.ts'
import type { Host } from '../../../../host/queries.ts'
import { Section } from '../../../../ui/page.tsx'
import { type Say, useWords } from '../../../../words/words.ts'
import { gibOf } from './columns.tsx'
import { words } from './drawer-words.ts'

type Key = keyof (typeof words)['texts']['en']
type Row = readonly [Key, ReactNode]

/** Everything that a host said about itself, and how Slipway reaches it. */
export function Facts({ of: host }: { of: Host }) {
  const say = useWords(words)
  const { facts } = host
  return (
    <>
      <Login of={host} />
      {facts && (
        <>
          <List title="machine" rows={machineOf(facts, say)} />
          <List title="identity" rows={identityOf(facts, say)} />
          <Grid
            title="disks"
            head={['disk', 'size', 'model']}
            rows={facts.disks.map(({ name, sizeGib, model, rotational }) => [
              name,
              `${sizeGib} GiB`,
              [model, say(rotational ? 'rotating' : 'flash')].filter(Boolean).join(', '),
            ])}
          />
          <Grid
            title="mounts"
            head={['path', 'size']}
            rows={facts.mounts.map(({ path, freeMib, sizeMib }) => [
              path,
              say('freeOf', { free: gibOf(freeMib), size: gibOf(sizeMib) }),
            ])}
          />
          <Grid
            title="interfaces"
            head={['interface', 'addresses', 'mac', 'mtu']}
            rows={facts.interfaces.map(({ name, state, addresses, mac, mtu }) => [
              `${name} (${state === 'up' || state === 'down' ? say(state) : state})`,
              addresses.join(' '),
              mac,
              mtu,
            ])}
          />
          <Grid
            title="routes"
            head={['destination', 'gateway', 'interface']}
            rows={facts.routes.map((route) => [route.destination, route.gateway, route.interface])}
          />
        </>
      )}
    </>
  )
}

function Login({ of: host }: { of: Host }) {
  const say = useWords(words)
  const { data: clusters } = useQuery(clustersQuery(host.project, { pageSize: 500 }))
  const { data: credentials } = useQuery(credentialsQuery(host.project))
  const nameOf = (all: readonly { id: string; name: string }[] | undefined, id: string) =>
    all?.find((one) => one.id === id)?.name ?? id
  const rows: Row[] = [
    ['address', <Code key="address">{`${host.address}:${host.port}`}</Code>],
    ['credential', nameOf(credentials?.credentials, host.credential)],
    ['hostKey', host.hostKey ? <Code key="key">{host.hostKey}</Code> : say('noHostKey')],
    ['cluster', host.cluster ? nameOf(clusters?.clusters, host.cluster) : say('free')],
    ...(host.tags.length > 0 ? [['tags', host.tags.join(', ')] as const] : []),
    ...(host.profile ? [['profile', host.profile] as const] : []),
  ]
  return <List title="login" rows={rows} />
}

function machineOf(facts: Message<'host.v1.Facts'>, say: Say<Key>): Row[] {
  return [
    ['os', facts.osName],
    ['kernel', facts.kernel],
    ['architecture', facts.architecture],
    ['cpus', facts.cpus],
    ['memory', gibOf(facts.memoryMib)],
    ['swap', say(facts.swap ? 'on' : 'off')],
    ['virtualization', facts.virtualization || say('none')],
    ['gpus', facts.gpus.join(', ') || say('none')],
    ['cgroup', say('cgroupVersion', { version: facts.cgroupVersion })],
    ['python', facts.pythonVersion],
  ]
}

function identityOf(facts: Message<'host.v1.Facts'>, say: Say<Key>): Row[] {
  const seconds = Math.abs(Math.round(facts.clockOffsetSeconds))
  const way = facts.clockOffsetSeconds > 0 ? 'clockAhead' : 'clockBehind'
  return [
    ['hostname', facts.hostname],
    ['machineId', <Code key="id">{facts.machineId}</Code>],
    ['clock', seconds < 1 ? say('clockRight') : say(way, { seconds })],
  ]
}

function List({ title, rows }: { title: Key; rows: readonly Row[] }) {
  const say = useWords(words)
  return (
    <Section title={say(title)}>
      <dl className="facts">
        {rows.map(([key, value]) => (
          <Fragment key={key}>
            <dt className="quiet">{say(key)}</dt>
            <dd>{value}</dd>
          </Fragment>
        ))}
      </dl>
    </Section>
  )
}

/** A small table, which is left out when there is nothing in it. Rows are as the host said them, also twice the same. */
function Grid({ title, head, rows }: { title: Key; head: readonly Key[]; rows: readonly ReactNode[][] }) {
  const say = useWords(words)
  if (rows.length === 0) return null
  return (
    <Section title={say(title)}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard too */}
      <section className="table" tabIndex={0} aria-label={say(title)}>
        <table className="grid">
          <thead>
            <tr>
              {head.map((key) => (
                <th key={key} scope="col">
                  {say(key)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, at) => (
              <tr key={at}>
                {row.map((cell, column) => (
                  <td key={head[column]} className="code">
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Section>
  )
}

function Code({ children }: { children: ReactNode }) {
  return <span className="code reason">{children}</span>
}
