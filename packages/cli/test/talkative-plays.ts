import type { Plays } from './traced-site.ts'

/** What each play says that was given a secret. */
export const words = {
  repository: 'the pull token is',
  sudo: 'the sudo password is',
  login: 'the login password is',
  encryption: 'the encryption key is',
  kubeconfig: 'client-key-data:',
  join: 'kubeadm join --token',
}

const say = (name: string, msg: string) => ({ name, 'ansible.builtin.debug': { msg } })
const play = (...tasks: object[]): Plays => [{ hosts: 'all', gather_facts: false, tasks }]

/**
 * A create that does nothing on hosts, and tells every secret that it is given, as a tool may that fails; joining fails.
 * The join token comes back as an export, so that a test knows it.
 */
export function talkativePlays(superAdmin: string): Record<string, Plays> {
  const copy = (content: string, dest: string) => ({
    name: 'Keep it in a file',
    'ansible.builtin.copy': { content, dest, mode: '0600' },
  })
  const handOver = (name: string, path: string) => ({
    name: 'Hand it over',
    export: { files: { [name]: path } },
  })
  return {
    'preflight.yml': play(say('Say something', `${words.repository} {{ slipway_repo.token }}.`)),
    'prepare.yml': play(
      say('Say the sudo password', `${words.sudo} {{ ansible_become_password }}.`),
      say('Say the login password', `${words.login} {{ ansible_password | default('none') }}.`),
      { name: 'Say a lot', 'ansible.builtin.command': { argv: ['seq', '900'] } },
    ),
    'control-plane.yml': play(
      say('Say the encryption key', `${words.encryption} {{ slipway_encryption_key }}.`),
      copy(superAdmin, '/tmp/super-admin.conf'),
      handOver('super-admin.conf', '/tmp/super-admin.conf'),
      { name: 'Say the kubeconfig', 'ansible.builtin.command': { argv: ['cat', '/tmp/super-admin.conf'] } },
    ),
    'worker.yml': play(copy('{{ slipway_join.token }}', '/tmp/token'), handOver('token', '/tmp/token'), {
      name: 'Fail with the token',
      'ansible.builtin.command': {
        argv: ['sh', '-c', `echo "${words.join} $0: refused" >&2; exit 7`, '{{ slipway_join.token }}'],
      },
    }),
  }
}
