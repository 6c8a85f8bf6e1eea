import { readFile } from 'node:fs/promises'
import { notFound } from '@slipway/errors'
import { fetchRelease, type Progress, pushRelease, readReleases, readResolved } from '@slipway/release'
import { Command } from 'commander'
import { readSettings, upstreamSettings } from '../config.ts'

/** `slipway release fetch | push`: fills the cache from upstreams, and hands it to a repo-proxy. */
export function releaseCommand(): Command {
  const release = new Command('release').description('about release manifests and their artifacts')
  release
    .command('fetch')
    .argument('<kubernetes>', 'version: 1.36.3')
    .argument('[platforms...]', 'debian-12-amd64 …', ['debian-12-amd64'])
    .description('download or build every artifact of a release into the cache')
    .action(async (kubernetes: string, platforms: string[]) => {
      const { SLIPWAY_CACHE: cacheDir, SLIPWAY_RELEASES } = readSettings()
      const manifest = (await readReleases(SLIPWAY_RELEASES)).find((one) => one.kubernetes === kubernetes)
      if (!manifest) throw notFound('release', kubernetes)
      await fetchRelease({
        manifest,
        platforms,
        cacheDir,
        env: upstreamSettings(),
        signal: untilInterrupted(),
        report: print,
      })
    })
  release
    .command('push')
    .argument('<kubernetes>', 'version: 1.36.3')
    .requiredOption('--repo <url>', 'base URL of repo-proxy: `slipway repository get-endpoint`')
    .requiredOption('--token-file <file>', 'file with a push token: `slipway push-token create`')
    .requiredOption('--ca <file>', "file with the install's CA certificate")
    .description('upload a fetched release to a repo-proxy')
    .action(
      async (
        kubernetes: string,
        { repo, tokenFile, ca }: { repo: string; tokenFile: string; ca: string },
      ) => {
        const { SLIPWAY_CACHE: cacheDir } = readSettings()
        const resolved = await readResolved(cacheDir, kubernetes)
        if (!resolved) throw notFound('fetched release', kubernetes)
        const to = {
          baseUrl: repo,
          ca: await readFile(ca, 'utf8'),
          token: (await readFile(tokenFile, 'utf8')).trim(),
        }
        await pushRelease({ resolved, cacheDir, repo: to, signal: untilInterrupted(), report: print })
      },
    )
  return release
}

function untilInterrupted(): AbortSignal {
  const controller = new AbortController()
  process.once('SIGINT', () => controller.abort())
  return controller.signal
}

function print({ item, state, note, done, total, elapsedMs }: Progress): void {
  if (state === 'started') return
  process.stdout.write(
    `${done}/${total}  ${(elapsedMs / 1000).toFixed(1).padStart(6)} s  ${item}${note ? `  (${note})` : ''}\n`,
  )
}
