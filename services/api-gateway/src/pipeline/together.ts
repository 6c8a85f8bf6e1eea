/**
 * Asks once for all who want to know the same within `holdsMs`: a thousand readers of one person's token look at its row
 * once a second together, not five hundred times.
 */
export function askTogether(
  holdsMs: number,
): (what: string, ask: () => Promise<unknown>) => Promise<unknown> {
  const held = new Map<string, Promise<unknown>>()
  return (what, ask) => {
    const known = held.get(what)
    if (known) return known
    const asked = ask()
    held.set(what, asked)
    const forget = () => void setTimeout(() => held.delete(what), holdsMs).unref()
    asked.then(forget, forget)
    return asked
  }
}
