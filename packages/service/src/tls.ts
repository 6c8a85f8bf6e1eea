import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import { unavailable } from '@slipway/errors'
import type { Tls } from '@slipway/rpc'
import type { Log } from '@slipway/telemetry'

/** Paths of the CA's certificate, a certificate and its key. */
export type TlsFiles = { ca: string; cert: string; key: string }

type Texts = { ca: string; cert: string; key: string }

const LOOK_MS = 5_000

/**
 * Reads a certificate, and again for as long as somebody listens: whoever renews it only has to replace the files. Reading
 * three small files costs nothing; events of the file system come not from every mount, nor for files replaced by links.
 */
export async function readTls(
  files: TlsFiles,
  { log, everyMs = LOOK_MS }: { log: Log; everyMs?: number },
): Promise<Tls> {
  let now = await readTexts(files)
  let misses = 0
  let timer: NodeJS.Timeout | undefined
  const listeners = new Map<symbol, () => void>()
  return {
    get ca() {
      return now.ca
    },
    get cert() {
      return now.cert
    },
    get key() {
      return now.key
    },
    onRenewed: (take) => {
      const id = Symbol('listener')
      listeners.set(id, take)
      timer ??= setInterval(look, everyMs).unref()
      return () => {
        listeners.delete(id)
        if (listeners.size > 0) return
        clearInterval(timer)
        timer = undefined
      }
    },
  }

  async function look(): Promise<void> {
    try {
      const found = await readTexts(files)
      misses = 0
      if (found.ca === now.ca && found.cert === now.cert && found.key === now.key) return
      now = found
      log.info({ file: files.cert }, 'a renewed certificate is taken')
      for (const take of listeners.values()) take()
    } catch (err) {
      misses += 1
      // Once is somebody replacing the files one after the other; what is said once is enough.
      if (misses === 2) log.warn({ err, file: files.cert }, 'a certificate on disk can’t be taken')
    }
  }
}

async function readTexts(files: TlsFiles): Promise<Texts> {
  const [ca, cert, key] = await Promise.all([
    readInstallFile(files.ca),
    readInstallFile(files.cert),
    readInstallFile(files.key),
  ])
  try {
    createSecureContext({ ca, cert, key })
    // What is empty, as a file is for a moment while it is written, the line above takes for not given.
    for (const text of [ca, cert]) new X509Certificate(text)
    createPrivateKey(key)
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause)
    const hint = `Make it again with \`slipway init\`, or put the key beside it: ${files.key}`
    throw unavailable(files.cert, `${files.cert} can't be used: ${said}`, hint, cause)
  }
  return { ca, cert, key }
}

/** Reads a file that `slipway init` makes. */
export function readInstallFile(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause) => {
    throw unavailable(file, `${file} can't be read: ${cause.message}`, 'Make it with `slipway init`.', cause)
  })
}
