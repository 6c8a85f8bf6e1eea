import { readFile, writeFile } from 'node:fs/promises'
import { freePort } from '@slipway/embedded'
import type { Settings } from '../config.ts'

/** host:port of everything that listens. */
export type Listen = { rest: string; grpc: string; repo: string; nats: string; postgres: string }

/** Replaces every port 0 by a free one that is kept in `file` and used again after a restart. */
export async function keepPorts(file: string, settings: Settings): Promise<Listen> {
  const kept: Partial<Record<keyof Listen, number>> = JSON.parse(
    await readFile(file, 'utf8').catch(() => '{}'),
  )
  const wanted: Listen = {
    rest: settings.SLIPWAY_REST_LISTEN,
    grpc: settings.SLIPWAY_GRPC_LISTEN,
    repo: settings.SLIPWAY_REPO_LISTEN,
    nats: settings.SLIPWAY_NATS_LISTEN,
    postgres: '127.0.0.1:0',
  }
  const ports: Partial<Record<keyof Listen, number>> = {}
  for (const name of Object.keys(wanted) as (keyof Listen)[]) {
    ports[name] = portOf(wanted[name]) || kept[name] || (await freePort(hostOf(wanted[name])))
  }
  await writeFile(file, JSON.stringify(ports))
  const at = (name: keyof Listen) => `${hostOf(wanted[name])}:${ports[name]}`
  return { rest: at('rest'), grpc: at('grpc'), repo: at('repo'), nats: at('nats'), postgres: at('postgres') }
}

/** The port of host:port. */
export function portOf(listen: string): number {
  return Number(listen.slice(listen.lastIndexOf(':') + 1))
}

function hostOf(listen: string): string {
  return listen.slice(0, listen.lastIndexOf(':'))
}
