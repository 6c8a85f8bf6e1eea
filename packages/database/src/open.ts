import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { explainToPrisma } from './lost.ts'
import { statementNames } from './statement-name.ts'

type Disconnects = { $disconnect(): Promise<void> }

/** How long a connection may take to be made: a database whose machine is gone answers nothing at all. */
const CONNECT_MS = 5_000
/** How long a call waits for one, where all are busy. */
const QUEUE_MS = 20_000

/**
 * Opens a service's Prisma client over node-postgres. `Client` is the class that the service generated;
 * `max` connections: 5 serve one replica, as transactions are short. While PostgreSQL is away queries throw Unavailable, and
 * when it is back they go on.
 */
export function openDatabase<C extends Disconnects>(
  Client: new (options: { adapter: PrismaPg }) => C,
  options: { url: string; schema: string; max?: number },
): C {
  const adapter = new PrismaPg(
    {
      connectionString: options.url,
      max: options.max ?? 5,
      Client: Connection,
      connectionTimeoutMillis: QUEUE_MS,
      keepAlive: true,
    },
    { schema: options.schema, statementNameGenerator: statementNames() },
  )
  const connect = adapter.connect.bind(adapter)
  adapter.connect = async () => explaining(await connect())
  return new Client({ adapter })
}

/** node-postgres has one setting for both times: a pool hands its own to its connections. */
class Connection extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super({ ...config, connectionTimeoutMillis: CONNECT_MS })
  }
}

type Connected = Awaited<ReturnType<PrismaPg['connect']>>

/** The adapter, saying by our errors when the database is lost. */
function explaining(adapter: Connected): Connected {
  const begin = adapter.startTransaction.bind(adapter)
  adapter.startTransaction = async (isolation) =>
    explainingQueries(await begin(isolation).catch(explainToPrisma))
  return explainingQueries(adapter)
}

function explainingQueries<Q extends Pick<Connected, 'queryRaw' | 'executeRaw'>>(queryable: Q): Q {
  const query = queryable.queryRaw.bind(queryable)
  const execute = queryable.executeRaw.bind(queryable)
  queryable.queryRaw = (asked) => query(asked).catch(explainToPrisma)
  queryable.executeRaw = (asked) => execute(asked).catch(explainToPrisma)
  return queryable
}
