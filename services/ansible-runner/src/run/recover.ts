import { openOutput } from '../output/output.ts'
import { publishedLines, publishMark } from '../output/publish.ts'
import { storeBlock } from '../output/store.ts'
import type { Context } from './context.ts'
import type { Failure, Run } from './run.ts'
import { endRun, takeSilentRuns } from './store.ts'

const SWEEP_MS = 3_000
const TAIL_MS = 5_000

/**
 * Ends runs whose runner died: their last lines are saved from JetStream, and they fail as what may be tried again. The
 * processes died with the runner, as its socket closed. Answers the function that stops looking.
 */
export function recoverRuns(context: Context): () => Promise<void> {
  let sweeping: Promise<void> | undefined
  const sweep = async () => {
    try {
      for (const run of await takeSilentRuns(context.db, context.owner)) await bury(context, run)
    } catch (error) {
      context.log.warn({ err: error }, 'runs of dead runners wait')
    }
  }
  const timer = setInterval(() => {
    sweeping ??= sweep().finally(() => {
      sweeping = undefined
    })
  }, SWEEP_MS)
  return async () => {
    clearInterval(timer)
    await sweeping
  }
}

async function bury(context: Context, run: Run): Promise<void> {
  const { bus, db, owner, log, now } = context
  const where = { bus, db, project: run.project, run: run.id, owner, log, now }
  const last = await saveTail(context, run).catch((error) => {
    log.warn({ err: error, run: run.id }, 'last lines of a run are lost')
    return run.lastSequence
  })
  const failure: Failure = {
    code: 'Unavailable',
    message: 'The runner died while this ran.',
    host: '',
    task: '',
    hint: 'The step is tried again.',
    retryable: true,
  }
  const never = new AbortController().signal
  const output = openOutput({ ...where, after: last, signal: never, onLost: () => {} })
  await output.write([{ host: '', task: '', kind: 'failed', text: failure.message }])
  await output.close()
  await endRun(db, run.id, owner, { state: 'failed', hosts: run.hosts, failure, exports: {} })
  await publishMark(where, 'ended').catch(() => {})
  context.notices.tell(run.id)
  log.warn({ run: run.id }, 'the runner of a run died')
}

/** Stores the lines that were published but not stored yet; answers the last one's sequence. */
async function saveTail({ bus, db, owner }: Context, run: Run): Promise<number> {
  const where = { bus, project: run.project, run: run.id }
  const mark = `taken over by ${owner}`
  await publishMark(where, mark)
  const signal = AbortSignal.timeout(TAIL_MS)
  let last = run.lastSequence
  for await (const lines of publishedLines(where, { after: last, mark, signal })) {
    await storeBlock(db, { run: run.id, owner, lines })
    last = lines.at(-1)?.sequence ?? last
  }
  return last
}
