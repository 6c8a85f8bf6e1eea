import type { PrismaClient } from '../gen/prisma/client.ts'

/** Every query about the install's database as a whole. */
export type InstallStore = ReturnType<typeof openInstallStore>

/** Opens it over the service's database. */
export function openInstallStore(db: PrismaClient) {
  return {
    /** Version of PostgreSQL, and how much the database of all services holds. */
    lookAtDatabase: async (): Promise<{ version: string; bytes: number }> => {
      const [found] = await db.$queryRaw<{ version: string; bytes: number }[]>`
        SELECT current_setting('server_version') AS version, pg_database_size(current_database())::float8 AS bytes`
      return found ?? { version: '', bytes: 0 }
    },
  }
}
