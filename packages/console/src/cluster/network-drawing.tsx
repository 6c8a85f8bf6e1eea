import { useQueries } from '@tanstack/react-query'
import { type Host, hostQuery } from '../host/queries.ts'
import { defineWords, useLanguage, useWords } from '../words/words.ts'
import { meets, onALine, type Range, rangeOf, shares, sizeOf } from './cidr.ts'
import './network.css'

const words = defineWords('network-drawing', {
  en: {
    drawing: 'Networks by their addresses, wider ones wider',
    pods: 'Pods',
    services: 'Services',
    hosts: 'Hosts',
    size: '{{size}} addresses',
    overlaps: 'overlaps {{others}}',
    fits: '{{nodes}} nodes of {{addresses}} addresses each; the kubelet runs {{pods}} pods on a node at most: room for {{all}} pods.',
    notDrawn: '{{text}} is no range and is not drawn.',
    more: 'The networks of {{count}} more hosts are not drawn.',
  },
  'zh-CN': {
    drawing: '按地址排列的网络，越大越宽',
    pods: 'Pod',
    services: 'Service',
    hosts: '主机',
    size: '{{size}} 个地址',
    overlaps: '与 {{others}} 重叠',
    fits: '可容纳 {{nodes}} 个节点，每个节点 {{addresses}} 个地址；kubelet 在每个节点上最多运行 {{pods}} 个 Pod：共可容纳 {{all}} 个 Pod。',
    notDrawn: '{{text}} 不是有效的网段，未绘出。',
    more: '另有 {{count}} 台主机的网络未绘出。',
  },
  'zh-TW': {
    drawing: '按位址排列的網路，越大越寬',
    pods: 'Pod',
    services: 'Service',
    hosts: '主機',
    size: '{{size}} 個位址',
    overlaps: '與 {{others}} 重疊',
    fits: '可容納 {{nodes}} 個節點，每個節點 {{addresses}} 個位址；kubelet 在每個節點上最多執行 {{pods}} 個 Pod：共可容納 {{all}} 個 Pod。',
    notDrawn: '{{text}} 不是有效的網段，未繪出。',
    more: '另有 {{count}} 台主機的網路未繪出。',
  },
})

/** Hosts whose networks are asked for; those of a site are mostly in the same. */
const HOSTS_DRAWN = 24

type Drawn = { kind: 'pods' | 'services' | 'hosts'; text: string; range: Range }

/** Pod, service and host networks side by side, what overlaps marked, and how many nodes and pods fit. */
export function NetworkDrawing({
  project,
  hosts,
  network,
}: {
  project: string
  /** Ids. */
  hosts: readonly string[]
  network: { podCidr: string; serviceCidr: string; nodeMask: number; maxPods: number }
}) {
  const say = useWords(words)
  const language = useLanguage()
  const asked = useQueries({ queries: hosts.slice(0, HOSTS_DRAWN).map((id) => hostQuery(project, id)) })
  const texts = [
    { kind: 'pods' as const, text: network.podCidr },
    { kind: 'services' as const, text: network.serviceCidr },
    ...[...new Set(asked.flatMap(({ data }) => (data ? networksOf(data) : [])))].map((text) => ({
      ...{ kind: 'hosts' as const, text },
    })),
  ]
  const drawn = texts.flatMap((one): Drawn[] => {
    const range = rangeOf(one.text)
    return range ? [{ ...one, range }] : []
  })
  const places = onALine(drawn.map(({ range }) => range))
  const pods = rangeOf(network.podCidr)
  const room = pods && shares(pods, network.nodeMask)
  const number = (value: number) => value.toLocaleString(language)
  const most = room ? Math.min(network.maxPods, room.addresses) : 0
  return (
    <figure className="networks" aria-label={say('drawing')}>
      {drawn.map(({ kind, text, range }, index) => {
        const { from = 0, to = 0 } = places[index] ?? {}
        const others = drawn.filter(
          (other, at) => at !== index && other.kind !== kind && meets(other.range, range),
        )
        return (
          <div key={`${kind} ${text}`} className="network">
            <div className="network-name">
              <strong>{say(kind)}</strong> <span className="code">{text}</span>{' '}
              <span className="quiet">{say('size', { size: number(sizeOf(range)) })}</span>
              {others.length > 0 && (
                <span className="network-bad">
                  {' ✕ '}
                  {say('overlaps', { others: others.map((one) => one.text).join(', ') })}
                </span>
              )}
            </div>
            <svg className="network-line" viewBox="0 0 1000 12" preserveAspectRatio="none" aria-hidden="true">
              <rect x={0} y={5} width={1000} height={2} className="network-ground" />
              <rect
                x={from * 1000}
                y={0}
                width={Math.max(4, (to - from) * 1000)}
                height={12}
                rx={2}
                className={`network-range ${others.length > 0 ? 'bad' : kind}`}
              />
            </svg>
          </div>
        )
      })}
      {texts
        .filter(({ text }) => !rangeOf(text))
        .map(({ kind, text }) => (
          <p key={kind} className="quiet">
            {say(kind)}: {say('notDrawn', { text: JSON.stringify(text) })}
          </p>
        ))}
      {room && room.nodes > 0 && (
        <figcaption>
          {say('fits', {
            nodes: number(room.nodes),
            addresses: number(room.addresses),
            pods: number(most),
            all: number(room.nodes * most),
          })}
        </figcaption>
      )}
      {hosts.length > HOSTS_DRAWN && (
        <p className="quiet">{say('more', { count: hosts.length - HOSTS_DRAWN })}</p>
      )}
    </figure>
  )
}

/** Where a host is and what it routes, but for the way to everywhere and to itself. */
function networksOf({ address, facts }: Host): string[] {
  const own = (facts?.interfaces ?? []).flatMap(({ name, addresses }) => (name === 'lo' ? [] : addresses))
  const routed = (facts?.routes ?? []).map(({ destination }) => destination)
  const all = [...own.filter((one) => rangeOf(one)).map(wholeNetwork), ...routed]
  const wide = all.filter((one) => rangeOf(one) && !['0.0.0.0/0', 'default'].includes(one))
  return wide.length > 0 ? wide : [address]
}

/** The network that an address with its prefix is in: `192.0.2.7/24` as `192.0.2.0/24`. */
function wholeNetwork(text: string): string {
  const first = rangeOf(text)?.first ?? 0
  const bytes = [24, 16, 8, 0].map((bits) => Math.floor(first / 2 ** bits) % 256)
  return `${bytes.join('.')}/${text.split('/')[1] ?? 32}`
}
