import { start } from '@slipway/process'

/** The Debian mirror this machine's own apt uses; undefined leaves the choice to debootstrap. */
export async function aptMirror(): Promise<string | undefined> {
  const format = '$(ORIGIN)|$(LABEL)|$(COMPONENT)|$(REPO_URI)'
  const ending = await start(['apt-get', 'indextargets', '--format', format, 'Identifier: Packages']).ended
  return parseMirror(ending.stdout)
}

/** Picks Debian's main archive out of the targets; security and third parties hold no base system. */
export function parseMirror(targets: string): string | undefined {
  const main = targets.split('\n').map((line) => line.split('|'))
  return main.find(
    ([origin, label, component, uri]) =>
      origin === 'Debian' && label === 'Debian' && component === 'main' && /^https?:/.test(uri ?? ''),
  )?.[3]
}
