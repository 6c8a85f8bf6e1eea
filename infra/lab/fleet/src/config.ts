import { Type } from '@sinclair/typebox'
import { readConfig } from '@slipway/config'

const schema = Type.Object({
  SLIPWAY_FLEET_DIR: Type.String({ description: 'Folder that the fleet makes everything in.' }),
  SLIPWAY_FLEET_PACE: Type.Number({
    description: 'How long simulated work takes: 1 as on real hosts, 0 no time at all.',
    default: 1,
    minimum: 0,
  }),
  SLIPWAY_FLEET_SERVERS: Type.Number({
    description: 'API servers; the clusters of the fleet share them.',
    default: 1,
    minimum: 1,
  }),
})

/** What a fleet is opened with. */
export type FleetConfig = { dir: string; pace: number; servers: number }

/** Reads the settings of a fleet. */
export function readFleetConfig(env: Record<string, string | undefined>): FleetConfig {
  const {
    SLIPWAY_FLEET_DIR: dir,
    SLIPWAY_FLEET_PACE: pace,
    SLIPWAY_FLEET_SERVERS: servers,
  } = readConfig(schema, env)
  return { dir, pace, servers }
}
