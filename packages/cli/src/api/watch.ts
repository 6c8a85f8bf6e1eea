import { operationHasEnded } from '@slipway/contracts'
import { isSlipwayError } from '@slipway/errors'
import { type Connection, followApi } from './client.ts'

const AGAIN_MS = 1_000

/**
 * Prints an operation's steps and output as they come, to its end; goes on where it was after a lost connection.
 * Sets exit code 1 when the operation did not succeed.
 */
export async function watchOperation(
  to: Connection,
  request: Record<string, unknown>,
  json: boolean,
): Promise<void> {
  let lastEventId: string | undefined
  const shown = new Map<string, string>()
  for (;;) {
    let ended: string | undefined
    try {
      for await (const { event, id, data } of followApi(to, WATCH, request, { lastEventId })) {
        lastEventId = id || lastEventId
        if (json) process.stdout.write(`${JSON.stringify({ event, ...data })}\n`)
        else if (event === 'line')
          process.stdout.write(`    ${data.host ? `${data.host}: ` : ''}${data.text}\n`)
        else printSteps(data, shown)
        if (event === 'operation') ended = operationHasEnded(data.state) ? data.state : undefined
      }
    } catch (error) {
      if (isSlipwayError(error) && !error.retryable) throw error
    }
    if (ended) {
      if (ended !== 'succeeded') process.exitCode = 1
      return
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
  }
}

const WATCH = 'slipway.operation.v1.OperationService/WatchOperation'

type Operation = {
  state: string
  /** Why it is still queued. */
  waits?: string
  steps?: { name: string; title: string; state: string; failure?: Failure; retryAt?: string }[]
  failure?: Failure
}
type Failure = { message?: string; host?: string; task?: string; hint?: string }

function printSteps(operation: Operation, shown: Map<string, string>): void {
  for (const { name, title, state, failure, retryAt } of operation.steps ?? []) {
    const said = retryAt
      ? `failed     ${title}; it is tried again at ${retryAt}`
      : `${state.padEnd(10)} ${title}`
    if (shown.get(name) === said || (state === 'pending' && !retryAt)) continue
    shown.set(name, said)
    process.stdout.write(`${said}\n`)
    if (failure)
      process.stdout.write(
        `           ${[failure.host, failure.task, failure.message, failure.hint].filter(Boolean).join(' · ')}\n`,
      )
  }
  const said = operation.waits ? `${operation.state}: ${operation.waits}` : operation.state
  if (shown.get('') !== said) process.stdout.write(`operation  ${said}\n`)
  shown.set('', said)
}
