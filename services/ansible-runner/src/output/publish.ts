import { type Bus, followSubject, outputSubject } from '@slipway/bus'
import { OutputBatch } from '@slipway/contracts/run/v1/run_service'
import type { Line } from './line.ts'
import { fromWire, toWire } from './wire.ts'

type Where = { bus: Bus; project: string; run: string }

/** Publishes lines for those who watch. */
export async function publishLines({ bus, project, run }: Where, lines: readonly Line[]): Promise<void> {
  const body = OutputBatch.encode({ lines: lines.map((line) => toWire(run, line)) }).finish()
  await bus.jetstream.publish(outputSubject(project, run), body, { msgID: `${run}:${lines[0]?.sequence}` })
}

/** Publishes a mark: a batch without lines of output, after which the run has ended or somebody else has taken it over. */
export async function publishMark({ bus, project, run }: Where, mark: string): Promise<void> {
  const body = OutputBatch.encode(OutputBatch.fromPartial({ lines: [{ sequence: 0, text: mark }] })).finish()
  await bus.jetstream.publish(outputSubject(project, run), body, { msgID: `${run}:${mark}` })
}

/** Whether a line that was published is a mark, of any text or of this one. */
export function isMark(line: Line, mark?: string): boolean {
  return line.sequence === 0 && (mark === undefined || line.text === mark)
}

/** Everything that was published after a line of a run, up to a mark that was published just now. */
export async function* publishedLines(
  where: Where,
  { after, mark, signal }: { after: number; mark: string; signal: AbortSignal },
): AsyncGenerator<Line[]> {
  let seen = after
  for await (const body of followSubject(
    where.bus,
    'OUTPUT',
    outputSubject(where.project, where.run),
    signal,
  )) {
    const lines = OutputBatch.decode(body).lines.map(fromWire)
    const fresh = lines.filter((line) => line.sequence > seen)
    seen = fresh.at(-1)?.sequence ?? seen
    if (fresh.length > 0) yield fresh
    if (lines.some((line) => isMark(line, mark))) return
  }
}
