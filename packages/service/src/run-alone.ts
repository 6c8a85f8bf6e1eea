import { isSlipwayError } from '@slipway/errors'

/** A running service: its addresses by kind (rpc, rest, grpc, repo) and how it is stopped. */
export type Service = { name: string; addresses: Record<string, string>; stop: () => Promise<void> }

/** The body of every `main.ts`: starts one service, prints where it listens, and stops it on SIGINT or SIGTERM. */
export async function runAlone(open: () => Promise<Service>): Promise<void> {
  try {
    const service = await open()
    process.stdout.write(`${JSON.stringify({ service: service.name, addresses: service.addresses })}\n`)
    const stop = () => void service.stop().then(() => process.exit(0))
    process.once('SIGINT', stop)
    process.once('SIGTERM', stop)
  } catch (error) {
    if (!isSlipwayError(error)) throw error
    for (const { field, message, hint } of error.problems)
      process.stderr.write(`${field}: ${message}. ${hint}\n`)
    process.exitCode = 1
  }
}
