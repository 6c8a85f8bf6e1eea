import { isSlipwayError } from '@slipway/errors'
import { readSettings } from '../config.ts'
import { demoDown } from './down.ts'
import { fleetGround } from './ground/fleet.ts'
import { labGround } from './ground/lab.ts'
import { placeIn } from './place.ts'
import { printStatus } from './status.ts'
import { demoUp } from './up.ts'

const USAGE = 'usage: npm run demo [-- [status [--json] | down [--purge]] [--fleet]]\n'
const settings = readSettings()
const words = process.argv.slice(2)
const flags = words.filter((word) => word.startsWith('--'))
const [verb = 'up'] = words.filter((word) => !word.startsWith('--'))
// Without root there is no lab: what is asked about is the fleet. Both may stand beside each other.
const onFleet = flags.includes('--fleet') || process.getuid?.() !== 0
const place = placeIn(onFleet ? `${settings.SLIPWAY_DEMO_DIR}-fleet` : settings.SLIPWAY_DEMO_DIR)
const ground = onFleet ? fleetGround(place, settings) : labGround(place, settings)

// What is under way hears of it and has a moment to leave things whole, such as a token that was just handed over.
const LAST_MOMENT_MS = 1_000
const interrupted = new AbortController()
process.once('SIGINT', () => {
  process.stdout.write(
    `\nInterrupted: run the same command again to go on, or \`npm run demo -- down${ground.flag}\` to remove everything.\n`,
  )
  interrupted.abort()
  setTimeout(() => process.exit(130), LAST_MOMENT_MS)
})

try {
  if (verb === 'up') await demoUp(place, ground, settings, interrupted.signal)
  else if (verb === 'status') await printStatus(place, ground, flags.includes('--json'))
  else if (verb === 'down') await demoDown(place, ground, flags.includes('--purge'))
  else {
    process.stderr.write(USAGE)
    process.exitCode = 2
  }
} catch (error) {
  if (interrupted.signal.aborted) process.exit(130)
  if (!isSlipwayError(error)) throw error
  const lines = error.problems.map(({ field, message, hint }) => `  ${field}: ${message}. ${hint}`)
  process.stderr.write(`${[error.message, ...lines].join('\n')}\n`)
  process.exit(1)
}
// Connections that are kept alive would hold the process for seconds.
process.exit()
