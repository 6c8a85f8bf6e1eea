import { currentTraceparent, inSpanFrom } from '@slipway/telemetry'

/** A span for each task of a playbook, below the span of the run: a task lasts until the next one begins. */
export function taskSpans(): { begin: (task: string) => void; end: () => void } {
  const traceparent = currentTraceparent()
  let end = () => {}
  return {
    begin: (task) => {
      end()
      void inSpanFrom(`task ${task}`, traceparent, () => new Promise<void>((resolve) => (end = resolve)))
    },
    end: () => end(),
  }
}
