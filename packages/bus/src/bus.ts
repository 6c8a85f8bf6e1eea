import { readFile } from 'node:fs/promises'
import { type JetStreamClient, type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream'
import {
  type Authenticator,
  connect,
  credsAuthenticator,
  errors,
  type JwtAuth,
  type NatsConnection,
} from '@nats-io/transport-node'
import { unavailable } from '@slipway/errors'

/** How to reach NATS: `url` nats:// or tls://, a credentials file of this service's own, the CA file when TLS is on. */
export type BusOptions = { url: string; credsFile?: string; caFile?: string; name: string }

/** A connection to NATS with JetStream. */
export type Bus = {
  connection: NatsConnection
  jetstream: JetStreamClient
  manager: JetStreamManager
  close: () => Promise<void>
}

/** Connects and stays connected: it reconnects for ever, as rows are the truth and messages only wake. */
export async function openBus({ url, credsFile, caFile, name }: BusOptions): Promise<Bus> {
  const options = {
    servers: url,
    name,
    // An inbox of its own: nobody else's rights reach into it.
    inboxPrefix: `_INBOX.${name}`,
    maxReconnectAttempts: -1,
    authenticator: credsFile ? authenticatorOf(await readFile(credsFile)) : undefined,
    tls: caFile ? { caFile } : undefined,
    // An error made in advance for each request, so that a failed one can show its stack, took a third of what publishing costs.
    noAsyncTraces: true,
  }
  const connection = await connect(options)
    .catch((cause) => {
      // nats-server refuses who is half way in while it reads its files again (2.12, `reloadAuthorization`).
      if (cause instanceof errors.AuthorizationError) return connect(options)
      throw cause
    })
    .catch((cause) => {
      const hint = 'Check its address and credentials.'
      throw unavailable('nats', `NATS at ${url} can't be reached: ${cause.message}`, hint, cause)
    })
  return {
    connection,
    jetstream: jetstream(connection),
    manager: await jetstreamManager(connection),
    close: () => connection.drain(),
  }
}

/**
 * Without the public key, which stands in the JWT anyway: who names it is taken for a user of the configuration file, found
 * missing there, and cut off whenever nats-server reads its files again (2.12, `clientHasMovedToDifferentAccount`).
 */
function authenticatorOf(creds: Uint8Array): Authenticator {
  const full = credsAuthenticator(creds)
  return (nonce) => {
    const { nkey: _, ...signed } = full(nonce) as JwtAuth
    return signed
  }
}
