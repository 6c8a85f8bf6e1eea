import { consume, workSubject } from '@slipway/bus'
import type { Context } from './context.ts'
import { execute } from './execute.ts'

/** Takes runs from the work queue, `parallel` at a time. Answers the function that ends what runs here and waits for it. */
export async function work(context: Context, parallel: number): Promise<() => Promise<void>> {
  const { bus, log } = context
  const stopConsuming = await consume({
    bus,
    stream: 'WORK',
    durable: 'ansible-runner',
    filter: workSubject('ansible-runner', 'run'),
    atOnce: parallel,
    log,
    handle: (body) => execute(context, Buffer.from(body).toString()),
  })
  return async () => {
    const stopped = stopConsuming()
    for (const ending of context.running.values()) ending.abort('stopping')
    await stopped
  }
}
