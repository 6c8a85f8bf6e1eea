import { chown, readFile } from 'node:fs/promises'
import { precondition } from '@slipway/errors'

/** The unprivileged user that a server runs as; undefined keeps the present one. */
export type Owner = { uid: number; gid: number } | undefined

/** Who servers run as: `user` when this process is root (PostgreSQL refuses root), otherwise whoever runs this. */
export async function ownerOf(user: string): Promise<Owner> {
  if (process.getuid?.() !== 0) return undefined
  const line = (await readFile('/etc/passwd', 'utf8')).split('\n').find((one) => one.startsWith(`${user}:`))
  const [, , uid, gid] = line?.split(':') ?? []
  if (uid && gid) return { uid: Number(uid), gid: Number(gid) }
  throw precondition([
    {
      field: `user ${user}`,
      message: 'is not there',
      hint: `Make it: useradd --system --shell /usr/sbin/nologin ${user}`,
    },
  ])
}

/** Hands a file or folder over to the owner. */
export async function giveTo(owner: Owner, path: string): Promise<void> {
  if (owner) await chown(path, owner.uid, owner.gid)
}
