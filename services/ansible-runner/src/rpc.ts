import { randomUUID } from 'node:crypto'
import type { RunServiceServer } from '@slipway/contracts/run/v1/run_service'
import { invalid } from '@slipway/errors'
import type { Handlers } from '@slipway/rpc'
import { scanHostKey } from './host-key/scan.ts'
import { followOutput } from './output/follow.ts'
import { searchOutput } from './output/search.ts'
import { placeOf, tokenOf, toWire as toWireLine } from './output/wire.ts'
import { cancelRun } from './run/cancel.ts'
import type { Context } from './run/context.ts'
import { findOwn, findReadable } from './run/find.ts'
import { hasEnded } from './run/run.ts'
import { startRun } from './run/start.ts'
import { waitRun } from './run/wait.ts'
import { jumpOf, toWire } from './run/wire.ts'

const PAGE = 50
/** What OperationService lets people ask for. */
const LARGEST_PAGE = 5_000

/** What this service answers: each method of the contract and the verb behind it. */
export function runService(context: Context, nudge: () => void): Handlers<RunServiceServer> {
  const { db, bus, playbooks } = context
  return {
    startRun: async (request, call) => toWire(await startRun({ db, playbooks, nudge }, request, call.caller)),
    getRun: async ({ project, id }) => toWire(await findOwn(db, project, id)),
    waitRun: async (request, call) => toWire(await waitRun(context, request, call.signal)),
    cancelRun: async (request) => toWire(await cancelRun(context, request)),
    followRun: async function* ({ project, id, afterSequence }, { signal }) {
      await findOwn(db, project, id)
      const look = async () => {
        const run = await findOwn(db, project, id)
        return { ended: hasEnded(run), lastSequence: run.lastSequence }
      }
      const batches = followOutput({ bus, db, project, run: id, after: afterSequence, look, signal })
      for await (const lines of batches) yield { lines: lines.map((line) => toWireLine(id, line)) }
    },
    searchOutput: async ({ project, runs, host, search, pageSize, pageToken, afterSequence }) => {
      if (pageSize > LARGEST_PAGE) {
        throw invalid([
          { field: 'page_size', message: 'is too large', hint: `Send ${LARGEST_PAGE} at most.` },
        ])
      }
      const own = await findReadable(db, project, runs)
      const from = pageToken === '' ? { index: 0, after: afterSequence } : placeOf(pageToken)
      const { found, next } = await searchOutput(db, {
        runs: own,
        host,
        search,
        size: pageSize || PAGE,
        from,
      })
      return {
        lines: found.map(({ run, line }) => toWireLine(run, line)),
        nextPageToken: next ? tokenOf(next) : '',
      }
    },
    scanHostKey: async ({ project, address, port, jump }, { signal }) => {
      const asked = { project, address, port: port || 22, jump: jump && jumpOf(jump), id: randomUUID() }
      return scanHostKey(context, asked, signal)
    },
  }
}
