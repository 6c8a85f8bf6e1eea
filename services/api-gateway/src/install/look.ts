import { type Bus, lookAtBus } from '@slipway/bus'
import { slipwayVersion } from '@slipway/config'
import type { Database, Health, Nats, Service } from '@slipway/contracts/install/v1/install'
import type { LookAtSelfResponse, SelfServiceServer } from '@slipway/contracts/install/v1/install_service'
import { isSlipwayError, toSlipwayError } from '@slipway/errors'
import { certificateOf } from '@slipway/health'
import type { CallOptions, Client } from '@slipway/rpc'
import { lookAtDisks } from './disks.ts'
import type { InstallStore } from './store.ts'
import { troublesOf } from './troubles.ts'

/** Where the health of an install is read from. */
export type InstallSource = {
  store: InstallStore
  bus: Bus
  /** The other services, and this one. */
  selves: readonly { name: string; client: Pick<Client<SelfServiceServer>, 'lookAtSelf'> }[]
  own: { name: string; look: () => Promise<LookAtSelfResponse> }
  /** The CA's certificate as PEM. */
  ca: () => string
  /** Data folder of the install, where it is on this machine. */
  dir: string | undefined
  now: () => Date
}

const MIB = 2 ** 20
/** A service that takes longer is said to be out of reach: the page is for somebody who waits. */
const ANSWER_MS = 4_000

/** Looks at everything at once; what does not answer is part of the answer. */
export async function lookAtInstall(source: InstallSource, forward: CallOptions): Promise<Health> {
  const { store, bus, selves, own, ca, dir, now } = source
  const asked = [
    { name: own.name, look: own.look },
    ...selves.map(({ name, client }) => ({
      name,
      look: () => client.lookAtSelf({}, { ...forward, deadlineMs: ANSWER_MS }),
    })),
  ]
  const [services, database, nats, disks] = await Promise.all([
    Promise.all(asked.map(({ name, look }) => lookAtService(name, look))),
    lookAtDatabase(store),
    lookAtNats(bus),
    lookAtDisks(dir),
  ])
  const health = {
    at: now(),
    version: slipwayVersion,
    services: services.map(({ service }) => service),
    ...{ database, nats, disks },
    certificates: [
      certificateOf('CA', ca()),
      ...services.flatMap(({ service: { name }, certificate }) =>
        certificate ? [{ ...certificate, name }] : [],
      ),
    ],
  }
  return { ...health, troubles: troublesOf(health) }
}

async function lookAtService(name: string, look: () => Promise<LookAtSelfResponse>) {
  try {
    const { version, startedAt, problems, certificate } = await look()
    const service: Service = {
      ...{ name, version, startedAt, problems },
      state: problems.length > 0 ? 'troubled' : 'ready',
    }
    return { service, certificate }
  } catch (thrown) {
    const { message } = toSlipwayError(thrown)
    const problems = [{ field: name, message, hint: '' }]
    const service: Service = { name, state: 'unreachable', version: '', startedAt: undefined, problems }
    return { service, certificate: undefined }
  }
}

async function lookAtDatabase(store: InstallStore): Promise<Database> {
  const found = await unlessAway(store.lookAtDatabase)
  return {
    reachable: found !== undefined,
    version: found?.version ?? '',
    sizeMib: Math.ceil((found?.bytes ?? 0) / MIB),
  }
}

async function lookAtNats(bus: Bus): Promise<Nats> {
  const found = await unlessAway(() => lookAtBus(bus))
  return {
    reachable: found !== undefined,
    version: found?.version ?? '',
    storedMib: Math.ceil((found?.storedBytes ?? 0) / MIB),
    limitMib: Math.floor((found?.limitBytes ?? 0) / MIB),
    streams: found?.streams ?? 0,
  }
}

async function unlessAway<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look()
  } catch (thrown) {
    const error = toSlipwayError(thrown)
    if (!isSlipwayError(error) || error.code !== 'Unavailable') throw thrown
    return undefined
  }
}
