/**
 * Hands on a stream, and calls `cut` when its reader has taken nothing for so long: who holds a stream without reading keeps
 * a consumer of the bus and a stream of the runner busy, also when the reader's machine is gone without a word.
 */
export async function* unlessStalled<T>(
  source: AsyncIterable<T>,
  ms: number,
  cut: () => void,
): AsyncGenerator<T> {
  for await (const value of source) {
    const timer = setTimeout(cut, ms)
    try {
      yield value
    } finally {
      clearTimeout(timer)
    }
  }
}
