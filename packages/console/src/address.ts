/**
 * Reads what a page knows of its address (`?state=failed`). Everything else is taken out: what `read` leaves away, the router would
 * hand on as it stands there, whatever it is.
 */
export function fromAddress<Known extends object>(read: (said: Record<string, unknown>) => Known) {
  return (said: Record<string, unknown>): Known => {
    const nothing = Object.fromEntries(Object.keys(said).map((key) => [key, undefined]))
    return { ...nothing, ...read(said) }
  }
}
