/** What was typed, a thing a line. */
export function readLines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
}

/** `key=value` a line; what is no pair is a key without a value, and the API says what it thinks of it. */
export function readPairs(text: string): Record<string, string> {
  const pairs = readLines(text).map((line) => {
    const [key = '', ...rest] = line.split('=')
    return [key.trim(), rest.join('=').trim()] as const
  })
  return Object.fromEntries(pairs)
}
