import { lstat, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { runInside } from '../host/inside.ts'
import { SSH_PORT } from '../host/reach.ts'
import type { Fault, FaultPlace, FaultWays } from './fault.ts'
import { held, unitFault } from './unit.ts'

type OfHolder<K> = FaultWays<Extract<Fault, { kind: K }>>

/** Something else listens where a control plane wants to. */
export const labPortTaken: OfHolder<'port-taken'> = unitFault('port-taken', ({ port = 6443 }) => ({
  script: `${READY}held = None
while not held:
  try: held = socket.create_server(("", ${Math.trunc(port)}))
  except OSError: time.sleep(0.1) # whoever has it now may let go
ready()
signal.pause()
`,
  units: { '.service': held('port-taken') },
}))

/** An apt that never ends, as an unattended upgrade that waits for a person. */
export const labPackageLock: OfHolder<'package-lock'> = unitFault('package-lock', () => ({
  script: `${READY}held = [open(path, "w") for path in ("/var/lib/dpkg/lock-frontend", "/var/lib/dpkg/lock")]
for file in held: fcntl.lockf(file, fcntl.LOCK_EX)
ready()
signal.pause()
`,
  units: { '.service': held('package-lock') },
}))

/** An SSH server that says what it is and then nothing more, as under a load that lets nothing through. */
export const labSshHangs: OfHolder<'ssh-hangs'> = {
  break: async (place, fault) => {
    await maskSsh(place)
    await hanging.break(place, fault)
  },
  heal: async (place) => {
    await hanging.heal(place)
    await unmaskSsh(place)
  },
}

const hanging: OfHolder<'ssh-hangs'> = unitFault('ssh-hangs', () => ({
  script: `${READY}held, server = [], socket.create_server(("", ${SSH_PORT}))
ready()
while True:
  held.append(server.accept()[0])
  held[-1].sendall(b"SSH-2.0-OpenSSH_9.2\\r\\n")
`,
  units: { '.service': held('ssh-hangs') },
}))

/** systemd believes that a service has begun when the service says so, by a socket. */
const READY = `import fcntl, os, signal, socket, time
def ready(): socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b"READY=1", os.environ["NOTIFY_SOCKET"])
`

const MASK = 'etc/systemd/system/ssh.service'

/** With all its logins: a connection that Ansible keeps open would go on. */
async function maskSsh({ tree, running }: FaultPlace): Promise<void> {
  if (await isMasked(tree)) return
  const end = 'systemctl kill --kill-whom=all ssh.service || true; systemctl stop ssh.service'
  if (running) await runInside(running, ['sh', '-c', end])
  await symlink('/dev/null', join(tree, MASK))
}

async function unmaskSsh({ tree, running }: FaultPlace): Promise<void> {
  if (!(await isMasked(tree))) return
  await rm(join(tree, MASK))
  if (!running) return
  await runInside(running, ['systemctl', 'daemon-reload'])
  await runInside(running, ['systemctl', 'start', 'ssh.service'])
}

function isMasked(tree: string): Promise<boolean> {
  return lstat(join(tree, MASK)).then(
    (found) => found.isSymbolicLink(),
    () => false,
  )
}
