import { run } from '@slipway/process'
import { namesOf } from '../lab.ts'

/** What the closed gate has turned away since it was closed. */
export type Drops = {
  packets: number
  bytes: number
  /** The TCP and UDP part by who wanted what. */
  wanted: { from: string; to: string; protocol: string; port: number; packets: number }[]
}

type Tuple = [string, string, number, number]
type Element = { elem?: { val?: { concat?: Tuple }; counter?: { packets: number } } }
type Row = {
  counter?: { name: string; packets: number; bytes: number }
  set?: { name: string; elem?: Element[] }
}

// asked for by number: by name, nft's answer depends on /etc/protocols
const protocols: Record<number, string> = { 6: 'tcp', 17: 'udp' }

/** Reads the counters of a lab's table. */
export async function readCounters(lab: string): Promise<Drops> {
  const { stdout } = await run(['nft', '--json', '--numeric', 'list', 'table', 'inet', namesOf(lab).table])
  return parseDrops(stdout)
}

/** Reads nft's JSON. */
export function parseDrops(json: string): Drops {
  const rows = (JSON.parse(json) as { nftables: Row[] }).nftables
  const counter = rows.find((row) => row.counter?.name === 'dropped')?.counter
  const elements = rows.find((row) => row.set?.name === 'refused')?.set?.elem ?? []
  return {
    packets: counter?.packets ?? 0,
    bytes: counter?.bytes ?? 0,
    wanted: elements.flatMap(({ elem }) => {
      if (!elem?.val?.concat) return []
      const [from, to, protocol, port] = elem.val.concat
      return [
        {
          from,
          to,
          protocol: protocols[protocol] ?? String(protocol),
          port,
          packets: elem.counter?.packets ?? 0,
        },
      ]
    }),
  }
}
