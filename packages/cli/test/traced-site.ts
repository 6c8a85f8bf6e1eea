import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { readAnsibleRunnerConfig } from '@slipway/ansible-runner/config'
import { openAnsibleRunner } from '@slipway/ansible-runner/service'
import { freePort, ownerOf } from '@slipway/embedded'
import { environmentOf, type ServiceName } from '@slipway/install'
import { run } from '@slipway/process'
import { closing, type Service } from '@slipway/service'
import { createLog } from '@slipway/telemetry'
import { type Collector, type Platform, startCollector, startPlatform } from '@slipway/testing'
import pg from 'pg'
import { startTarget } from '../../../services/ansible-runner/test/target.ts'
import { type Rest, restClient } from '../../../services/api-gateway/test/rest-client.ts'
import { startFakeRepo } from '../../../services/cluster-manager/test/fake-repo.ts'
import { openers } from '../src/up/up.ts'

const root = join(import.meta.dirname, '../../..')

/** What must never reach a collector, nor a record but for what a playbook said. */
export const secrets = {
  sudoPassword: `sudo-${randomBytes(9).toString('hex')}`,
  passphrase: `phrase-${randomBytes(9).toString('hex')}`,
  pullToken: `pull-${randomBytes(9).toString('hex')}`,
  said: `words-of-a-playbook-${randomBytes(9).toString('hex')}`,
}

/** The services with PostgreSQL, NATS, Ansible and sshd, all real, and a collector that they send their spans to. */
export type TracedSite = {
  platform: Platform
  collector: Collector
  rest: Rest
  /** Where REST is. */
  url: string
  token: string
  project: string
  credential: string
  /** Whom hosts let in by key, and by password. */
  user: string
  privateKey: string
  /** Starts a replica of cluster-manager, where the one before it was. */
  openManager: () => Promise<Service>
  /** The one that runs from the start. */
  manager: Service
  /** Lets the checks of hosts, which wait for it, come to their end. */
  letChecksEnd: () => Promise<void>
  stop: () => Promise<void>
}

/** A playbook's plays, as YAML says them. */
export type Plays = readonly object[]

/**
 * Starts it, with a project and a credential; about ten seconds. Playbooks are our own, but for those given here: without
 * any, hosts are checked when the gate opens, and preparing them fails.
 */
export async function startTracedSite(given?: Readonly<Record<string, Plays>>): Promise<TracedSite> {
  const opened = closing(createLog('test', 'warn'))
  const collector = await startCollector()
  opened.add('collector', collector.stop)
  const platform = await startPlatform()
  opened.add('platform', platform.stop)
  const keyFile = join(platform.dir, 'login')
  await run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', secrets.passphrase, '-f', keyFile])
  const [privateKey, publicKey] = await Promise.all(
    [keyFile, `${keyFile}.pub`].map((file) => readFile(file, 'utf8')),
  )
  const { sudoPassword, passphrase, pullToken } = secrets
  const target = await startTarget({
    user: 'worker',
    password: sudoPassword,
    publicKey: publicKey?.trim() ?? '',
  })
  opened.add('target', target.stop)
  const repo = await startFakeRepo(platform, '1.36.3', pullToken)
  opened.add('repo', repo.stop)
  const gate = await freePort()

  const at = {
    databaseUrl: platform.databaseUrl,
    natsUrl: platform.natsUrl,
    logLevel: 'warn',
    otlp: `${collector.url}/`,
  }
  const environment = (name: ServiceName) => environmentOf(platform.install, name, at)
  const runner = await openAnsibleRunner({
    ...readAnsibleRunnerConfig({
      ...environment('ansible-runner'),
      SLIPWAY_ANSIBLE_PLAYBOOKS: await playbooks(
        join(platform.dir, 'playbooks'),
        given ?? { 'preflight.yml': [checks(gate)], 'prepare.yml': [fails] },
      ),
      SLIPWAY_ANSIBLE_VENV: await ansible(),
    }),
    runAs: await ownerOf('slipway'),
  })
  opened.add('runner', runner.stop)
  const managers = `127.0.0.1:${await freePort()}`
  const openManager = async () => {
    const manager = await openers['cluster-manager']({
      ...environment('cluster-manager'),
      SLIPWAY_ANSIBLE_RUNNER: runner.addresses.rpc ?? '',
      SLIPWAY_RPC_LISTEN: managers,
      SLIPWAY_REPO_PROXY: repo.address,
      SLIPWAY_RELEASES: join(root, 'infra/releases'),
      SLIPWAY_HOST_PROFILES: await profiles(join(platform.dir, 'profiles')),
    })
    opened.add('manager', manager.stop)
    return manager
  }
  const manager = await openManager()
  await moveHosts(platform, target.port)
  const enrolment = join(platform.dir, 'first-administrator')
  const gateway = await openers['api-gateway']({
    ...environment('api-gateway'),
    SLIPWAY_REST_LISTEN: '127.0.0.1:0',
    SLIPWAY_GRPC_LISTEN: '127.0.0.1:0',
    SLIPWAY_CLUSTER_MANAGER: manager.addresses.rpc ?? '',
    SLIPWAY_ANSIBLE_RUNNER: runner.addresses.rpc ?? '',
    SLIPWAY_REPO_PROXY: repo.address,
    SLIPWAY_NATS_ACCOUNT_SEED: platform.install.natsAccountSeedFile,
    SLIPWAY_ENROLMENT_FILE: enrolment,
  })
  opened.add('gateway', gateway.stop)

  const rest = restClient(gateway.addresses.rest ?? '', await readFile(platform.install.caFile, 'utf8'))
  const code = (await readFile(enrolment, 'utf8')).trim()
  const { secret: token } = (await rest('POST', '/enrolments', { body: { code } })).json
  const project = (await rest('POST', '/projects', { token, body: { name: 'traced' } })).json.id
  const login = { name: 'key', user: target.user, kind: 'private-key', privateKey, passphrase, sudoPassword }
  const credential = (await rest('POST', `/projects/${project}/credentials`, { token, body: login })).json.id
  return {
    url: gateway.addresses.rest ?? '',
    ...{ platform, collector, rest, token, project, credential, manager, openManager },
    ...{ user: target.user, privateKey: privateKey ?? '' },
    letChecksEnd: async () => {
      const door = createServer().listen(gate, '127.0.0.1')
      await once(door, 'listening')
      opened.add('gate', () => door.close())
    },
    stop: opened.close,
  }
}

async function playbooks(folder: string, others: Readonly<Record<string, Plays>>): Promise<string> {
  const ours = join(root, 'infra/ansible')
  await mkdir(folder)
  for (const name of await readdir(ours)) {
    if (!(name in others)) await symlink(join(ours, name), join(folder, name))
  }
  for (const [name, plays] of Object.entries(others))
    await writeFile(join(folder, name), JSON.stringify(plays))
  return folder
}

const checks = (port: number) => ({
  hosts: 'all',
  tasks: [{ name: 'Wait at the gate', 'ansible.builtin.wait_for': { host: '127.0.0.1', port, timeout: 90 } }],
})
const fails = {
  hosts: 'all',
  tasks: [
    { name: 'Say something', 'ansible.builtin.debug': { msg: secrets.said } },
    { name: 'Fail with words', 'ansible.builtin.fail': { msg: secrets.said } },
  ],
}

/** The lab's own: this machine may have version 1 control groups. */
async function profiles(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'lab.yaml'), await readFile(join(root, 'infra/lab/profile.yaml')))
  return folder
}

/**
 * Hosts are where sshd listens, whatever was said: nobody may give a host a loopback address. One machine plays them all, so
 * each calls itself as it is called.
 */
async function moveHosts({ databaseUrl }: Platform, port: number): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  await client.query(`
    CREATE FUNCTION cluster_manager.moved() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN
        NEW.address := '127.0.0.1';
        NEW.port := ${port};
        NEW.facts := NEW.facts || jsonb_build_object('machineId', NEW.id, 'hostname', NEW.name);
        RETURN NEW;
      END $$;
    CREATE TRIGGER moved BEFORE INSERT OR UPDATE ON cluster_manager.host FOR EACH ROW EXECUTE FUNCTION cluster_manager.moved()`)
  await client.end()
}

/** The virtual environment that tools/setup.mjs made. */
async function ansible(): Promise<string> {
  const known = process.env.SLIPWAY_ANSIBLE_VENV
  if (known) return known
  const state = '/var/lib/slipway'
  const made = (await readdir(state)).find((name) => name.startsWith('ansible-'))
  if (!made) throw new Error(`${state} has no virtual environment for Ansible: run npm test`)
  return join(state, made)
}
