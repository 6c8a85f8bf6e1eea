import { unavailable } from '@slipway/errors'

/** What PostgreSQL says while it starts, stops, or has no connection left: the connection is at fault, not the query. */
const STATES = new Set(['57P01', '57P02', '57P03', '57P05', '53300'])
/** What it says when it can't write for want of room: reads go on. */
const FULL = '53100'
/** What Prisma's adapter makes of a broken socket. */
const KINDS = new Set(['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout', 'TooManyConnections'])
const SOCKET = /^E(CONN|PIPE|HOST|NET|TIMEDOUT|NOTFOUND|AI_AGAIN)/
/** node-postgres has no codes for these. */
const WORDS =
  /^(Connection terminated|Client has encountered a connection error|timeout (expired|exceeded when trying to connect)|Client was closed)/

/** Throws Unavailable for an error that says that PostgreSQL is not reached or its disk is full, and any other as it is. */
export function explain(error: unknown): never {
  if (isFull(error)) {
    throw unavailable(
      'database',
      "PostgreSQL's disk is full: nothing new can be written.",
      'Make room on the file system of its data folder; all goes on by itself then, and nothing is lost.',
      error,
    )
  }
  if (!isLost(error)) throw error
  throw unavailable(
    'database',
    'The database does not answer.',
    'It is asked again with every call; look at PostgreSQL if this lasts.',
    error,
  )
}

/** The same from beneath Prisma, which takes whatever has a code for an error of its own: ours travels as a cause. */
export function explainToPrisma(error: unknown): never {
  try {
    explain(error)
  } catch (explained) {
    if (explained === error) throw error
    throw new Error('the database is lost', { cause: explained })
  }
}

type Said = { code?: unknown; cause?: { kind?: string; originalCode?: string } }

function isFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code, cause } = error as Said
  return code === FULL || cause?.originalCode === FULL
}

function isLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code, cause } = error as Said
  if (KINDS.has(cause?.kind ?? '') || isState(cause?.originalCode)) return true
  return isState(code) || (typeof code === 'string' && SOCKET.test(code)) || WORDS.test(error.message)
}

/** Class 08 is a broken connection. */
function isState(code: unknown): boolean {
  return typeof code === 'string' && (STATES.has(code) || /^08...$/.test(code))
}
