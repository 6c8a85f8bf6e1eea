import { openSmallDisk, type SmallDisk } from '@slipway/testing'
import { type Gateway, startGateway } from './gateway.ts'

/** A gateway whose PostgreSQL or NATS keeps its data on a disk that can be filled, with a project. */
export type OnSmallDisk = {
  disk: SmallDisk
  gateway: Gateway
  project: string
  /** Calls it as the administrator. */
  ask: (verb: string, path: string, body?: object) => ReturnType<Gateway['rest']>
  ready: () => ReturnType<Gateway['rest']>
  stop: () => Promise<void>
}

/** Starts one on a disk of so many MiB. */
export async function startOnSmallDisk(what: 'postgres' | 'nats', mib: number): Promise<OnSmallDisk> {
  const disk = await openSmallDisk(mib)
  try {
    const gateway = await startGateway((usual) => usual, { disks: { [what]: disk.dir } })
    const { rest, admin: token } = gateway
    return {
      ...{ disk, gateway },
      project: await gateway.project('mine'),
      ask: (verb, path, body) => rest(verb, path, { token, ...(body ? { body } : {}) }),
      ready: () => rest('GET', '/readyz'),
      stop: async () => {
        await gateway.stop()
        await disk.close()
      },
    }
  } catch (error) {
    await disk.close()
    throw error
  }
}
