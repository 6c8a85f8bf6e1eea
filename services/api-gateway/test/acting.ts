import { type Bus, eventSubject, openBus } from '@slipway/bus'
import { OperationEvent } from '@slipway/contracts/event/v1/event'
import { Operation, OutputLine, Step } from '@slipway/contracts/operation/v1/operation'
import { Run } from '@slipway/contracts/run/v1/run'
import { type FollowRunRequest, OutputBatch } from '@slipway/contracts/run/v1/run_service'
import { notFound } from '@slipway/errors'
import type { Call } from '@slipway/rpc'
import type { Gateway } from './gateway.ts'

type Lines = { all: OutputLine[]; ended: boolean; wake: Set<() => void> }

/** Plays cluster-manager and ansible-runner for one operation: real events on JetStream, real output streams. */
export async function actOperation(
  gateway: Pick<Gateway, 'behind' | 'platform'>,
  project: string,
  id: string,
) {
  const { answers } = gateway.behind
  const bus: Bus = await openBus({
    ...gateway.platform.foundation('cluster-manager').nats,
    name: 'cluster-manager',
  })
  let operation = Operation.fromPartial({ id, project, kind: 'create-cluster', state: 'planned', version: 0 })
  const runs = new Map<string, Lines>()

  answers['slipway.operation.v1.OperationService/GetOperation'] = (request) => {
    if (request.id !== id || request.project !== project) throw notFound('operation', request.id)
    return operation
  }
  answers['slipway.run.v1.RunService/FollowRun'] = (request, call) => follow(runs, request, call)
  answers['slipway.run.v1.RunService/GetRun'] = (request) => {
    const run = runs.get(request.id)
    if (!run) throw notFound('run', request.id)
    return Run.fromPartial({
      id: request.id,
      state: run.ended ? 'succeeded' : 'running',
      lastSequence: run.all.length,
    })
  }

  return {
    bus,
    current: () => operation,
    /** Moves the operation on and says so; `silently` leaves the event out. */
    move: async (fact: string, change: Partial<Operation>, silently = false) => {
      operation = { ...operation, ...change, version: operation.version + 1 }
      if (silently) return
      const body = {
        type: `slipway.operation.${fact}`,
        sequence: String(operation.version),
        subject: id,
        time: new Date().toISOString(),
        data: OperationEvent.toJSON({ operation, step: '' }),
      }
      const subject = eventSubject({ project, noun: 'operation', id, fact })
      await bus.jetstream.publish(subject, JSON.stringify(body))
    },
    /** Steps as said, each with a run of its own. */
    steps: (...states: string[]) =>
      states.map((state, index) =>
        Step.fromPartial({
          name: `step-${index}`,
          title: `Step ${index}`,
          state,
          run: `${id}.step-${index}.1`,
        }),
      ),
    print: (run: string, count: number, more = '') => {
      const lines = linesOf(runs, run)
      for (let printed = 0; printed < count; printed++) {
        const sequence = lines.all.length + 1
        lines.all.push(
          OutputLine.fromPartial({ sequence, run, kind: 'line', text: `line ${sequence}${more}` }),
        )
      }
      for (const wake of lines.wake) wake()
    },
    end: (run: string) => {
      const lines = linesOf(runs, run)
      lines.ended = true
      for (const wake of lines.wake) wake()
    },
    close: () => bus.close(),
  }
}

function linesOf(runs: Map<string, Lines>, run: string): Lines {
  const lines = runs.get(run) ?? { all: [], ended: false, wake: new Set() }
  runs.set(run, lines)
  return lines
}

async function* follow(runs: Map<string, Lines>, request: FollowRunRequest, call: Call) {
  const lines = linesOf(runs, request.id)
  let last = request.afterSequence
  while (!call.signal.aborted) {
    const fresh = lines.all.slice(last, last + 100)
    if (fresh.length > 0) {
      last += fresh.length
      yield OutputBatch.fromPartial({ lines: fresh })
    } else if (lines.ended) {
      return
    } else {
      await new Promise<void>((resolve) => {
        const wake = () => {
          lines.wake.delete(wake)
          resolve()
        }
        lines.wake.add(wake)
        call.signal.addEventListener('abort', wake, { once: true })
      })
    }
  }
}
