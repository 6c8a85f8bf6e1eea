import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { OutputBatch } from '@slipway/contracts/run/v1/run_service'
import type { PrismaClient } from '../gen/prisma/client.ts'
import type { Line } from './line.ts'
import { fromWire, toWire } from './wire.ts'

const squeeze = promisify(gzip)
const unfold = promisify(gunzip)

/** Stores a block of lines; answers false when the run is not the owner's any more, and stores nothing. */
export async function storeBlock(
  db: PrismaClient,
  { run, owner, lines }: { run: string; owner: string; lines: readonly Line[] },
): Promise<boolean> {
  const first = lines.at(0)?.sequence
  const last = lines.at(-1)?.sequence
  if (first === undefined || last === undefined) return true
  const hosts = [...new Set(lines.map((line) => line.host))].filter(Boolean)
  const body = await squeeze(OutputBatch.encode({ lines: lines.map((line) => toWire(run, line)) }).finish())
  // One statement: a silent owner that wakes up must not store beside the one who took its run over.
  const stored = await db.$executeRaw`
    WITH own AS (UPDATE run SET last_sequence = ${last} WHERE id = ${run} AND lease_owner = ${owner} RETURNING id)
    INSERT INTO output_block (run, first, last, hosts, body)
    SELECT id, ${first}, ${last}, ${hosts}, ${body} FROM own ON CONFLICT DO NOTHING`
  return stored === 1
}

/** Stored lines of a run after a sequence, block by block; only blocks with a line of `host` when one is given. */
export async function* storedLines(
  db: PrismaClient,
  { run, after, host }: { run: string; after: number; host?: string },
): AsyncGenerator<Line[]> {
  let seen = after
  for (;;) {
    const block = await db.outputBlock.findFirst({
      where: { run, last: { gt: seen }, ...(host ? { hosts: { has: host } } : {}) },
      orderBy: { first: 'asc' },
    })
    if (!block) return
    const batch = OutputBatch.decode(await unfold(block.body))
    yield batch.lines.map(fromWire).filter((line) => line.sequence > after)
    seen = block.last
  }
}
