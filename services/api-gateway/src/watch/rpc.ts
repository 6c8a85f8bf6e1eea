import { type Bus, eventSubject, followSubject, readEvent } from '@slipway/bus'
import { runHasEnded } from '@slipway/contracts'
import { OperationEvent } from '@slipway/contracts/event/v1/event'
import type { OperationServiceServer } from '@slipway/contracts/operation/v1/operation_service'
import type { RunServiceServer } from '@slipway/contracts/run/v1/run_service'
import { invalid } from '@slipway/errors'
import type { CallOptions, Client } from '@slipway/rpc'
import type { Own } from '../pipeline/handle.ts'
import type { RunSource } from './follow-run.ts'
import { runOf, runsOf } from './output.ts'
import { type WatchSource, watchOperation } from './watch.ts'

type Parts = { bus: Bus; operations: Client<OperationServiceServer>; runs: Client<RunServiceServer> }
type Named = { project: string; id: string }

const PAGE = 1_000

/** The two methods of OperationService that put together what several services know; cluster-manager answers the others. */
export function watchHandlers(parts: Parts): Own<OperationServiceServer> {
  const { operations, runs } = parts
  return {
    watchOperation: (request, { forward, signal }) =>
      watchOperation(sourceOf(parts, request, forward), request, signal),
    listOutput: async ({ project, id, step, run, pageSize, ...asked }, { forward }) => {
      const operation = await operations.getOperation({ project, id }, forward)
      const found = run === '' ? runsOf(operation, step) : [runOf(operation, step, run)]
      if (found.length === 0) return { lines: [], nextPageToken: '' }
      if (run === '' && asked.afterSequence > 0) throw countsInOneRun()
      return runs.searchOutput({ project, runs: found, pageSize: pageSize || PAGE, ...asked }, forward)
    },
  }
}

function countsInOneRun() {
  const hint = 'Send run, too: lines are counted in each run.'
  return invalid([{ field: 'after_sequence', message: 'is of no run', hint }])
}

function sourceOf(
  { bus, operations, runs }: Parts,
  { project, id }: Named,
  forward: CallOptions,
): WatchSource {
  return {
    operation: () => operations.getOperation({ project, id }, forward),
    events: async function* (signal) {
      const subject = eventSubject({ project, noun: 'operation', id, fact: '>' })
      for await (const body of followSubject(bus, 'EVENTS', subject, signal)) {
        const { sequence, data } = readEvent(body)
        const { operation } = OperationEvent.fromJSON(data)
        if (operation) yield { sequence, operation }
      }
    },
    run: (run) => runSource(runs, { project, id: run }),
  }
}

function runSource(runs: Client<RunServiceServer>, run: Named): RunSource {
  return {
    lines: async function* (afterSequence, signal) {
      for await (const { lines } of runs.followRun({ ...run, afterSequence }, { signal })) yield lines
    },
    state: async () => {
      const { state, lastSequence } = await runs.getRun(run)
      return { ended: runHasEnded(state), lastSequence }
    },
  }
}
