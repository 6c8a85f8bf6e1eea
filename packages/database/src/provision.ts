import pg from 'pg'
import { explain } from './lost.ts'

/** A service's own role and schema; both bear `name`. */
export type ServiceRole = { name: string; password: string }

/**
 * Makes one role and one schema per service in the database of `adminUrl`, or renews the passwords.
 * A role sees its own schema and nothing else.
 */
export async function provision(adminUrl: string, roles: readonly ServiceRole[]): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect().catch(explain)
  try {
    await client.query('REVOKE ALL ON SCHEMA public FROM PUBLIC')
    for (const { name, password } of roles) {
      const role = client.escapeIdentifier(name)
      const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [name])
      const secret = client.escapeLiteral(password)
      await client.query(`${rowCount ? 'ALTER' : 'CREATE'} ROLE ${role} LOGIN PASSWORD ${secret}`)
      await client.query(`ALTER ROLE ${role} SET search_path = ${role}`)
      await client.query(`GRANT ${role} TO CURRENT_USER`)
      await client.query(`CREATE SCHEMA IF NOT EXISTS ${role} AUTHORIZATION ${role}`)
    }
  } finally {
    await client.end()
  }
}
