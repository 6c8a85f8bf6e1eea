import { chmod, mkdir, mkdtemp, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StartRunRequest } from '@slipway/contracts/run/v1/run_service'
import { project } from './install.ts'

/** Makes a virtual environment whose ansible-playbook does what the variable `fake` says. */
export async function fakeAnsible(): Promise<string> {
  const venv = await mkdtemp(join(tmpdir(), 'slipway-fake-ansible-'))
  await chmod(venv, 0o755)
  await mkdir(join(venv, 'bin'))
  await symlink('/usr/bin/python3', join(venv, 'bin/python3'))
  const program = join(import.meta.dirname, 'fixtures/fake-ansible-playbook.py')
  await symlink(program, join(venv, 'bin/ansible-playbook'))
  return venv
}

/** A run of the fake on one host. */
export function fakeRun(
  id: { operation: string; attempt?: number },
  variables: Record<string, string>,
  deadlineSeconds = 120,
): StartRunRequest {
  return StartRunRequest.fromPartial({
    project,
    step: 'step',
    attempt: 1,
    ...id,
    playbook: 'whoami.yml',
    targets: [
      { name: 'web-1', address: '127.0.0.1', login: { credential: 'c', user: 'nobody', kind: 'password' } },
    ],
    variablesJson: JSON.stringify(variables),
    deadlineSeconds,
  })
}
