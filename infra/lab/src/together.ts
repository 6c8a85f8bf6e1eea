/** Waits for all, also when one fails, so that nothing goes on behind the back of who handles the first failure. */
export async function together<T>(works: readonly Promise<T>[]): Promise<T[]> {
  const ended = await Promise.allSettled(works)
  return ended.map((one) => {
    if (one.status === 'rejected') throw one.reason
    return one.value
  })
}
