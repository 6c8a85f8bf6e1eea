import type { Operation } from '../operation/queries.ts'
import type { Fault } from '../problem/problem.ts'
import type { Line, RunHeard } from './line.ts'

/** What is kept over a reload: where the stream goes on, and what was heard until there. */
export type Heard = { cursor: string; runs: [string, RunHeard][] }

/** Which lines are looked at: some from a number on, or the last ones whatever comes. */
export type Shown = { run: string; first: number | 'last'; count: number }

/** What the page asks of its reader. */
export type Asked =
  | { type: 'open'; project: string; operation: string; heard: Heard }
  | { type: 'show'; shown: Shown }
  /** The operation went on after its end: the stream is read again. */
  | { type: 'go-on' }

/** How the stream stands. */
export type Connection = { state: 'connecting' | 'open' | 'lost' | 'ended'; since: number }

/** Why the stream can not be read. */
export type Refusal = { code: string; message: string; status: number; problems: Fault[]; traceId: string }

/** What the reader tells the page. */
export type Told =
  | { type: 'connection'; connection: Connection }
  | { type: 'operation'; operation: Operation }
  | { type: 'heard'; heard: Heard }
  | { type: 'lines'; run: string; first: number; last: number; lines: (Line | undefined)[] }
  | { type: 'refused'; refusal: Refusal }
