import { encodeAccount, encodeOperator, encodeUser, fmtCreds } from '@nats-io/jwt'
import { createAccount, createOperator, createUser, fromSeed } from '@nats-io/nkeys'

const UNLIMITED = -1

/** Everything NATS needs to trust this install, and the account key that signs its users. */
export type NatsTrust = {
  operator: string
  account: string
  accountKey: string
  accountSeed: string
  system: string
  systemKey: string
}

/** What one user of NATS may publish and hear. */
type Rights = { publish: string[]; subscribe: string[] }

/** Makes an operator and the one account in which streams and users live. */
export async function createNatsTrust(): Promise<NatsTrust> {
  const operatorKey = createOperator()
  const accountKey = createAccount()
  // JetStream wants a system account; nobody has its key afterwards.
  const systemKey = createAccount()
  const limits = {
    mem_storage: UNLIMITED,
    disk_storage: UNLIMITED,
    streams: UNLIMITED,
    consumer: UNLIMITED,
    conn: UNLIMITED,
    leaf: 0,
    imports: UNLIMITED,
    exports: UNLIMITED,
    subs: UNLIMITED,
    data: UNLIMITED,
    payload: UNLIMITED,
    wildcards: true,
  }
  return {
    operator: await encodeOperator('slipway', operatorKey),
    account: await encodeAccount('slipway', accountKey, { limits }, { signer: operatorKey }),
    system: await encodeAccount('system', systemKey, {}, { signer: operatorKey }),
    systemKey: systemKey.getPublicKey(),
    accountKey: accountKey.getPublicKey(),
    accountSeed: Buffer.from(accountKey.getSeed()).toString(),
  }
}

/** Configuration text for a server that trusts it. */
export function natsSettings(trust: NatsTrust, tls: { cert: string; key: string }): string {
  return [
    `operator: "${trust.operator}"`,
    'resolver: MEMORY',
    `system_account: ${trust.systemKey}`,
    `resolver_preload { ${trust.accountKey}: "${trust.account}", ${trust.systemKey}: "${trust.system}" }`,
    `tls { cert_file: "${tls.cert}", key_file: "${tls.key}" }`,
  ].join('\n')
}

/** Credentials of a service: its own inbox, its events, its work, and the JetStream calls it needs. */
export async function createServiceCredentials(trust: NatsTrust, service: string): Promise<string> {
  const publish = [
    'slipway.evt.>',
    `slipway.work.${service}.>`,
    '$JS.API.INFO',
    '$JS.API.STREAM.INFO.*',
    '$JS.API.STREAM.CREATE.*',
    '$JS.API.CONSUMER.>',
    '$JS.ACK.>',
    '$JS.FC.>',
    ...(service === 'ansible-runner' ? ['slipway.out.>'] : []),
  ]
  return credentials(trust.accountSeed, service, { publish, subscribe: [`_INBOX.${service}.>`] })
}

/**
 * Credentials for an external tool that may only fetch from one pull consumer and acknowledge; they expire by themselves.
 * `name` also parts its inbox from everybody else's.
 */
export async function createSubscriberCredentials(
  accountSeed: string,
  options: { name: string; stream: string; consumer: string; expiresAt: Date },
): Promise<string> {
  const { name, stream, consumer, expiresAt } = options
  const rights = {
    publish: [
      `$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`,
      `$JS.API.CONSUMER.INFO.${stream}.${consumer}`,
      `$JS.ACK.${stream}.${consumer}.>`,
    ],
    subscribe: [`_INBOX.${name}.>`],
  }
  return credentials(accountSeed, name, rights, expiresAt)
}

async function credentials(
  accountSeed: string,
  name: string,
  rights: Rights,
  expiresAt?: Date,
): Promise<string> {
  const user = createUser()
  const account = fromSeed(Buffer.from(accountSeed))
  const claims = {
    pub: { allow: rights.publish, deny: [] },
    sub: { allow: rights.subscribe, deny: [] },
    subs: UNLIMITED,
    data: UNLIMITED,
    payload: UNLIMITED,
  }
  const jwt = await encodeUser(
    name,
    user,
    account,
    claims,
    expiresAt ? { exp: Math.floor(expiresAt.getTime() / 1000) } : {},
  )
  return Buffer.from(fmtCreds(jwt, user)).toString()
}
