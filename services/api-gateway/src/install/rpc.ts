import type { InstallServiceServer } from '@slipway/contracts/install/v1/install_service'
import type { Own } from '../pipeline/handle.ts'
import { gatherBundle } from './bundle/gather.ts'
import { type BundleParts, bundleSource } from './bundle/source.ts'
import { tarGz } from './bundle/tar-gz.ts'
import { type InstallSource, lookAtInstall } from './look.ts'

type Parts = InstallSource & Omit<BundleParts, 'own' | 'health'> & { settings: Record<string, string> }

/** InstallService: proto method → verb. */
export function installHandlers(parts: Parts): Own<InstallServiceServer> {
  const { own, settings, now } = parts
  return {
    getHealth: (_request, { forward }) => lookAtInstall(parts, forward),
    exportSupportBundle: async (_request, { forward }) => {
      const about = { ...parts, own: { name: own.name, settings } }
      const source = bundleSource({ ...about, health: (on) => lookAtInstall(parts, on) }, forward)
      return pieces(tarGz(gatherBundle(source), now()))
    },
  }
}

async function* pieces(file: AsyncIterable<Buffer>) {
  for await (const data of file) yield [{ data }]
}
