import { PrismaPg } from '@prisma/adapter-pg'

type Disconnects = { $disconnect(): Promise<void> }

/**
 * Opens a service's Prisma client over node-postgres. `Client` is the class that the service generated;
 * `max` connections: 5 serve one replica, as transactions are short.
 */
export function openDatabase<C extends Disconnects>(
  Client: new (options: { adapter: PrismaPg }) => C,
  options: { url: string; schema: string; max?: number },
): C {
  const adapter = new PrismaPg(
    { connectionString: options.url, max: options.max ?? 5 },
    { schema: options.schema },
  )
  return new Client({ adapter })
}
