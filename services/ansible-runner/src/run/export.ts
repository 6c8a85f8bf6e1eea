import { type PublicKeys, seal } from '@slipway/secrets'
import type { Order } from './order.ts'

/** Seals what a playbook handed back (name → base64 of UTF-8 text) so that only the caller can open it. */
export async function sealExports(
  { publicKeys }: { publicKeys: PublicKeys },
  caller: string,
  { project, operation }: Order,
  exports: ReadonlyMap<string, string>,
): Promise<Record<string, string>> {
  const sealed = [...exports].map(async ([name, base64]) => {
    const text = Buffer.from(base64, 'base64').toString('utf8')
    return [name, await seal(publicKeys, caller, text, { project, object: operation, field: name })]
  })
  return Object.fromEntries(await Promise.all(sealed))
}
