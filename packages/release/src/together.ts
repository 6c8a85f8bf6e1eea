/**
 * Runs steps side by side. The first failure cancels the others, is what is thrown, and is thrown only when all have
 * ended: nothing goes on behind the caller's back.
 */
export async function together<A, B>(
  signal: AbortSignal,
  steps: [(signal: AbortSignal) => Promise<A>, (signal: AbortSignal) => Promise<B>],
): Promise<[A, B]> {
  const failed = new AbortController()
  const either = AbortSignal.any([signal, failed.signal])
  let first: { cause: unknown } | undefined
  const watch = <T>(running: Promise<T>) =>
    running.catch((cause: unknown) => {
      first ??= { cause }
      failed.abort()
      throw cause
    })
  const running = [watch(steps[0](either)), watch(steps[1](either))] as const
  await Promise.allSettled(running)
  if (first) throw first.cause
  return Promise.all(running)
}
