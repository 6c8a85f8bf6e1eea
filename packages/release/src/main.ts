import { readFile } from 'node:fs/promises'
import { isSlipwayError, notFound } from '@slipway/errors'
import { readConfig } from './config.ts'
import { fetchRelease, type Progress, pushRelease, readReleases, readResolved } from './index.ts'

/** `fetch <kubernetes> [platform…]` fills the cache, `push <kubernetes>` hands it to a repo-proxy. */
async function main([verb, kubernetes = '', ...platforms]: string[]): Promise<void> {
  const { cacheDir, releasesDir, env, repo } = readConfig()
  const { signal, abort } = untilInterrupted()
  const work = { cacheDir, signal, report: print }
  try {
    if (verb === 'fetch') {
      const manifest = (await readReleases(releasesDir)).find((each) => each.kubernetes === kubernetes)
      if (!manifest) throw notFound('release', kubernetes)
      const wanted = platforms.length > 0 ? platforms : ['debian-12-amd64']
      await fetchRelease({ ...work, manifest, platforms: wanted, env })
    } else if (verb === 'push') {
      const resolved = await readResolved(cacheDir, kubernetes)
      if (!resolved) throw notFound('fetched release', kubernetes)
      const [ca, token] = await Promise.all(
        [repo.caFile, repo.tokenFile].map((file) => readFile(file, 'utf8')),
      )
      const to = { baseUrl: repo.baseUrl, ca: ca ?? '', token: token?.trim() ?? '' }
      await pushRelease({ ...work, resolved, repo: to })
    } else {
      process.stderr.write('usage: main.ts fetch|push <kubernetes> [platform…]\n')
      process.exitCode = 2
    }
  } finally {
    abort()
  }
}

function untilInterrupted() {
  const controller = new AbortController()
  const stop = () => controller.abort()
  process.once('SIGINT', stop).once('SIGTERM', stop)
  return { signal: controller.signal, abort: () => void process.off('SIGINT', stop).off('SIGTERM', stop) }
}

function print({ phase, item, state, note, done, total, elapsedMs }: Progress): void {
  if (state === 'started') return
  const seconds = (elapsedMs / 1000).toFixed(1).padStart(6)
  process.stdout.write(
    `${phase.padEnd(10)} ${done}/${total} ${seconds} s  ${item}${note ? `  (${note})` : ''}\n`,
  )
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const problems = isSlipwayError(error) ? error.problems : []
  const lines = problems.map(({ field, message, hint }) => `${field}: ${message}\n  ${hint}`)
  process.stderr.write(
    `${lines.length > 0 ? lines.join('\n') : error instanceof Error ? error.stack : String(error)}\n`,
  )
  process.exitCode = 1
})
