import { type Bus, eventSubject, followSubject, readEvent } from '@slipway/bus'
import { OperationEvent } from '@slipway/contracts/event/v1/event'
import type { OutputLine } from '@slipway/contracts/operation/v1/operation'
import type { OperationServiceServer } from '@slipway/contracts/operation/v1/operation_service'
import type { RunServiceServer } from '@slipway/contracts/run/v1/run_service'
import { notFound } from '@slipway/errors'
import { writeRecord } from '@slipway/record'
import type { CallOptions, Client } from '@slipway/rpc'
import type { RecordKey } from '@slipway/secrets'
import type { User } from '../identity/identity.ts'
import type { Own } from '../pipeline/handle.ts'
import { gatherParts, type RecordSource } from './gather.ts'

type Parts = {
  bus: Bus
  operations: Client<OperationServiceServer>
  runs: Client<RunServiceServer>
  findUser: (id: string) => Promise<User | null>
  /** Signs what is exported. */
  key: RecordKey
  now: () => Date
}
type Named = { project: string; id: string }

/** Lines that are asked for at once. */
const PAGE = 5_000

/** The methods of OperationService that make an operation's record out of what several services know. */
export function recordHandlers(parts: Parts): Own<OperationServiceServer> {
  const { operations, key, now } = parts
  return {
    getRecordKey: async () => ({ publicKey: key.publicKey }),
    exportOperation: async ({ project, id }, { forward, signal }) => {
      const background = await operations.getOperationBackground({ project, id }, forward)
      if (!background.operation) throw notFound('operation', id)
      const about = { ...background, operation: background.operation }
      const gathered = gatherParts(sourceOf(parts, { project, id }, forward), about, { signal, now: now() })
      return pieces(writeRecord(gathered, { key: key.privateKey, operation: id, project, now }))
    },
  }
}

async function* pieces(file: AsyncIterable<Buffer>) {
  for await (const data of file) yield [{ data }]
}

function sourceOf(
  { bus, runs, findUser }: Parts,
  { project, id }: Named,
  forward: CallOptions,
): RecordSource {
  return {
    nameOf: async (user) => (user ? ((await findUser(user))?.name ?? '') : ''),
    events: async function* (signal) {
      const subject = eventSubject({ project, noun: 'operation', id, fact: '>' })
      for await (const body of followSubject(bus, 'EVENTS', subject, signal)) {
        const { sequence, time, fact, data } = readEvent(body)
        const { step, operation } = OperationEvent.fromJSON(data)
        const note = operation?.steps.find(({ name }) => name === step)?.note ?? ''
        yield { sequence, at: time, fact, step, note }
      }
    },
    run: (run) => runs.getRun({ project, id: run }, forward),
    lines: (run) => linesOf(runs, { project, id: run }, forward),
  }
}

async function* linesOf(
  runs: Client<RunServiceServer>,
  { project, id }: Named,
  forward: CallOptions,
): AsyncGenerator<readonly OutputLine[]> {
  let pageToken = ''
  do {
    const wanted = { project, runs: [id], host: '', search: '', pageSize: PAGE, pageToken, afterSequence: 0 }
    const page = await runs.searchOutput(wanted, forward)
    yield page.lines
    pageToken = page.nextPageToken
  } while (pageToken)
}
