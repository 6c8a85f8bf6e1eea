import { status } from '@grpc/grpc-js'
import type { Operation } from '@slipway/contracts/operation/v1/operation'
import { OperationServiceService as Operations } from '@slipway/contracts/operation/v1/operation_service'
import type { Door } from './grpc-door.ts'

/** What a watch of an operation said, to its end. */
export type Watched = {
  /** `<run> <sequence>` of every line. */
  lines: string[]
  /** The operation's version at each move. */
  versions: number[]
  last: Operation
  /** How often it was cut and resumed. */
  cuts: number
}

/** What a call answers while a service behind the door changes places with another; a client asks again. */
const AGAIN: unknown[] = [status.UNAVAILABLE]
/** How long it may answer so, one time after the other. */
const PATIENCE_MS = 60_000

/** Watches an operation by gRPC, hangs up after every so many messages and goes on from the last one's cursor. */
export async function readWatch(
  door: Door,
  { project, id }: { project: string; id: string },
  options: { cutEvery?: number; onOperation?: (operation: Operation) => void; onLine?: () => void },
): Promise<Watched> {
  const { cutEvery = Number.POSITIVE_INFINITY, onOperation = () => {}, onLine = () => {} } = options
  const lines: string[] = []
  const versions: number[] = []
  let last: Operation | undefined
  let cursor = ''
  for (let cuts = 0, heardAt = Date.now(); ; ) {
    let ended = true
    let heard = 0
    try {
      for await (const message of door.stream(Operations.watchOperation, { project, id, cursor })) {
        cursor = message.cursor
        heardAt = Date.now()
        if (message.event?.$case === 'line') {
          lines.push(`${message.event.value.run} ${message.event.value.sequence}`)
          onLine()
        } else if (message.event) {
          last = message.event.value
          versions.push(last.version)
          onOperation(last)
        }
        if (++heard === cutEvery) {
          ended = false
          break
        }
      }
    } catch (error) {
      if (!AGAIN.includes((error as { code?: unknown }).code)) throw error
      if (Date.now() - heardAt > PATIENCE_MS) throw error
      ended = false
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    if (ended && last) return { lines, versions, last, cuts }
    cuts++
  }
}
