import { wavesOf } from '../flow/waves.ts'

/** A check of hosts that can be asked at once: seconds, but one whose login hangs is only given up after 20. */
const SECONDS = 50
/** Each further wave: two tasks and their logins, which took 2.5 s in the lab. */
const SECONDS_PER_WAVE = 12
/** Those of the last wave begin to try the ways when all others are through. */
const LONGER = 10

/**
 * Within how many seconds a check of so many hosts has its answers; what is silent then is told as that. The doors that
 * wait for one say as much in their contract (`seconds`): a thousand hosts are the most that one may have.
 */
export function checkSeconds(hosts: number): number {
  return SECONDS + SECONDS_PER_WAVE * (wavesOf(hosts) - 1)
}

/** For how long each of them answers for the node that it is to be: until the last one has tried the way to it. */
export function answeringVariables(hosts: number): { slipway_preflight_seconds: number } {
  return { slipway_preflight_seconds: checkSeconds(hosts) + LONGER }
}
