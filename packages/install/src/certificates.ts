import { createPrivateKey, X509Certificate } from 'node:crypto'
import { join } from 'node:path'
import { setInterval } from 'node:timers/promises'
import { precondition } from '@slipway/errors'
import { type Authority, issue, needsRenewal } from '@slipway/secrets'
import type { Log } from '@slipway/telemetry'
import { readIfThere, replace } from './file.ts'

/** What an install's certificates are made for. */
export type CertificatePlan = {
  dir: string
  /** Who gets one: the services and NATS. */
  holders: readonly string[]
  /** More DNS names and addresses than each one's own name. */
  names: { dns: readonly string[]; ips: readonly string[] }
}

const DAY_MS = 86_400_000

/**
 * Issues certificates anew that are missing, have less than a third of their life left, lack a name or don't fit their key.
 * Answers whose. Running services take them from the files by themselves.
 */
export async function renewCertificates(plan: CertificatePlan, now: number): Promise<string[]> {
  const { dir, holders, names } = plan
  const file = (name: string) => join(dir, 'keys', name)
  let authority: Authority | undefined
  const renewed: string[] = []
  for (const holder of holders) {
    const [certFile, keyFile] = [file(`${holder}.cert.pem`), file(`${holder}.key.pem`)]
    const [cert, key] = [await readIfThere(certFile), await readIfThere(keyFile)]
    const wanted = [...names.dns, ...names.ips]
    if (cert && key && fits(cert, key) && !needsRenewal(cert, wanted, now)) continue
    authority ??= await readAuthority(file('ca.json'))
    const issued = await issue(authority, holder, names, now)
    await replace(keyFile, issued.key)
    await replace(certFile, issued.cert)
    renewed.push(holder)
  }
  return renewed
}

/** Renews certificates in time for as long as this process runs: it looks once a day. Answers how to end that. */
export function keepCertificates(
  plan: CertificatePlan,
  { log, now, everyMs = DAY_MS }: { log: Log; now: () => number; everyMs?: number },
): () => Promise<void> {
  const ending = new AbortController()
  const look = async () => {
    try {
      const renewed = await renewCertificates(plan, now())
      if (renewed.length > 0) log.info({ renewed }, 'certificates were renewed')
    } catch (err) {
      log.error({ err }, 'certificates could not be renewed; the next attempt is tomorrow')
    }
  }
  const looking = (async () => {
    for await (const _ of setInterval(everyMs, undefined, { signal: ending.signal })) await look()
  })().catch(() => {})
  return () => {
    ending.abort()
    return looking
  }
}

async function readAuthority(file: string): Promise<Authority> {
  const text = await readIfThere(file)
  if (text) return JSON.parse(text)
  const hint = 'Put the file back: everything that trusts this install trusts its CA.'
  throw precondition([{ field: file, message: 'is not there, so no certificate can be renewed', hint }])
}

/** A process that died between the two files leaves a certificate with another's key. */
function fits(cert: string, key: string): boolean {
  try {
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))
  } catch {
    return false
  }
}
