import { beginSpan, currentTraceparent, type Facts, type Span, type SpanOf } from '@slipway/telemetry'
import type { Event } from '../playbook/event.ts'
import type { Order } from './order.ts'
import type { Run } from './run.ts'

const service = 'ansible-runner'

/** The span of a run, below the call that asked for it. */
export function runSpan({ id, project, playbook, traceparent }: Run): SpanOf {
  const facts = { 'slipway.project': project, 'slipway.run': id, 'slipway.playbook': playbook }
  return { service, name: `Run ${playbook}`, facts, from: traceparent }
}

/** What the spans of a run and of its tasks say of the step that it is for. */
export function stepFacts({ project, operation, step, attempt }: Order): Facts {
  return {
    'slipway.project': project,
    'slipway.operation': operation,
    'slipway.step': step,
    'slipway.attempt': attempt,
  }
}

/** Spans of a playbook's tasks. */
export type TaskSpans = {
  begin: (task: string) => void
  result: (event: Extract<Event, { type: 'host' }>) => void
  end: () => void
}

/**
 * A span for each task, below the current one, and below that one for each host with what came of it. A task lasts until the
 * next one begins. Ansible's words stay in the output: they may hold what nobody has looked through.
 */
export function taskSpans(facts: Facts): TaskSpans {
  const run = currentTraceparent()
  let task: Span | undefined
  return {
    begin: (name) => {
      task?.end()
      task = beginSpan({ service, name, facts: { ...facts, 'slipway.task': name }, from: run })
    },
    result: ({ host, task: name, state, seconds }) => {
      const found = { ...facts, 'slipway.task': name, 'slipway.host': host, 'slipway.result': state }
      const began = new Date(Date.now() - seconds * 1_000)
      const span = beginSpan({
        service,
        name: 'On a host',
        facts: found,
        from: task?.traceparent ?? run,
        began,
      })
      span.end({ failed: state === 'failed' || state === 'unreachable' })
    },
    end: () => task?.end(),
  }
}
