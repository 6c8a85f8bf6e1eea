/** What a child sees of the environment: PATH, HOME and LANG, and what is given. Nothing else leaks in. */
export function environment(extra: Record<string, string> = {}): Record<string, string> {
  const { PATH = '/usr/sbin:/usr/bin:/sbin:/bin', HOME = '/', LANG = 'C.UTF-8' } = process.env
  return { PATH, HOME, LANG, ...extra }
}
