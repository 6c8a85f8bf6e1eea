import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import type { Digest } from '../blob/digest.ts'

/** A package as an index lists it. */
export type Listed = { file: string; digest: Digest; bytes: number; architecture: string; control: string }

/** The files of a flat repository but for its signature. */
export type IndexText = {
  packages: Buffer<ArrayBuffer>
  packagesGz: Buffer<ArrayBuffer>
  packagesSha: Digest
  packagesGzSha: Digest
  release: string
}

/**
 * Writes the index of a flat apt repository; the same packages give the same bytes.
 * Its date is that of the last change: a node whose clock is a little late does not find it "not valid yet".
 */
export function writeIndex(repository: string, listed: readonly Listed[], changedAt: Date): IndexText {
  const packages = Buffer.from(listed.map(paragraphOf).join('\n'))
  const packagesGz = Buffer.from(gzipSync(packages, { level: 9 }))
  const [packagesSha, packagesGzSha] = [sha256(packages), sha256(packagesGz)]
  const architectures = new Set(listed.map(({ architecture }) => architecture))
  const release = [
    'Origin: Slipway',
    'Label: Slipway',
    `Suite: ${repository}`,
    `Date: ${changedAt.toUTCString().replace('GMT', 'UTC')}`,
    'Acquire-By-Hash: yes',
    `Architectures: ${[...architectures].sort().join(' ')}`,
    `Description: Packages that nodes lack on ${repository}`,
    'SHA256:',
    ` ${packagesSha} ${packages.length} Packages`,
    ` ${packagesGzSha} ${packagesGz.length} Packages.gz`,
    '',
  ].join('\n')
  return { packages, packagesGz, packagesSha, packagesGzSha, release }
}

function paragraphOf({ control, file, bytes, digest }: Listed): string {
  return `${control}\nFilename: ./${file}\nSize: ${bytes}\nSHA256: ${digest}\n`
}

function sha256(bytes: Buffer): Digest {
  return createHash('sha256').update(bytes).digest('hex')
}
