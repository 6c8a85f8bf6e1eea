import { homedir, networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { type Static, Type } from '@sinclair/typebox'
import { readConfig } from '@slipway/config'

const repository = join(import.meta.dirname, '../../..')
const text = (description: string, fallback?: string) =>
  Type.String({ description, ...(fallback === undefined ? {} : { default: fallback }) })

/** Every setting of `slipway up` and of the command line, as environment variables; docs/settings.md explains them. */
export const settings = Type.Object({
  SLIPWAY_DATA_DIR: text('Where keys, database, streams and blobs live.', '/var/lib/slipway/data'),
  SLIPWAY_CACHE: text(
    'Where artifacts and tools are kept between installs.',
    join(homedir(), '.cache/slipway'),
  ),
  SLIPWAY_ADDRESS: text('IPv4 address at which hosts and people reach this machine.', firstAddress()),
  SLIPWAY_REST_LISTEN: text('host:port of REST; port 0 picks one and keeps it.', '127.0.0.1:0'),
  SLIPWAY_GRPC_LISTEN: text('host:port of the public gRPC.', '127.0.0.1:0'),
  SLIPWAY_REPO_LISTEN: text('host:port of repo-proxy; hosts must reach it.', '0.0.0.0:0'),
  SLIPWAY_NATS_LISTEN: text('host:port of the embedded NATS.', '127.0.0.1:0'),
  SLIPWAY_DATABASE_URL: Type.Optional(
    text("postgresql:// URL of a PostgreSQL of one's own, as a role that may make roles and schemas."),
  ),
  SLIPWAY_NATS_URL: Type.Optional(text("tls:// URL of a NATS of one's own, set up with `slipway init`.")),
  SLIPWAY_NATS_SERVER: Type.Optional(text('Path of a nats-server program for the embedded NATS.')),
  SLIPWAY_ANSIBLE_VENV: text('Virtual environment with ansible-core.', '/var/lib/slipway/ansible'),
  SLIPWAY_ANSIBLE_PLAYBOOKS: text('Folder of the playbooks.', join(repository, 'infra/ansible')),
  SLIPWAY_CONSOLE_DIR: text('Folder of the built console.', join(repository, 'packages/console/dist')),
  SLIPWAY_RUN_DAYS: Type.Optional(text('Days for which output of runs is kept.')),
  SLIPWAY_RELEASES: text('Folder of the release manifests.', join(repository, 'infra/releases')),
  SLIPWAY_HOST_PROFILES: Type.Optional(text('Folder of host profiles.')),
  SLIPWAY_LOOPBACK_HOSTS: Type.Boolean({
    description: 'Hosts may have loopback addresses: for a simulated fleet on this machine alone.',
    default: false,
  }),
  SLIPWAY_LOG_LEVEL: text('trace, debug, info, warn or error.', 'info'),
  SLIPWAY_OTLP: Type.Optional(text('URL of an OTLP/HTTP collector: http://host:4318.')),
  SLIPWAY_URL: Type.Optional(text('REST URL that the command line talks to.')),
  SLIPWAY_CA: Type.Optional(text("File with the install's CA certificate.")),
  SLIPWAY_TOKEN_FILE: Type.Optional(text('File with an API token.')),
  SLIPWAY_DEMO_DIR: text(
    'Where the demo keeps everything it makes; on a simulated fleet the same with `-fleet`.',
    join(isRoot() ? '/var/lib' : join(homedir(), '.local/state'), 'slipway/demo'),
  ),
  SLIPWAY_DEMO_KUBERNETES: text(
    'Kubernetes version that the demo, the stories and the benches run.',
    '1.36.3',
  ),
  SLIPWAY_BEGAN: Type.Optional(Type.Number({ description: 'When the command was typed, ms since 1970.' })),
  SLIPWAY_PROJECT: Type.Optional(text('Project that commands are about.')),
})
export type Settings = Static<typeof settings>

/** The settings as the environment has them. */
export function readSettings(): Settings {
  return readConfig(settings, process.env)
}

/** The environment as it is, for what reaches upstreams: proxies, mirrors, CAs. */
export function upstreamSettings(): Record<string, string | undefined> {
  return { ...process.env }
}

function isRoot(): boolean {
  return process.getuid?.() === 0
}

function firstAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((interfaces) => interfaces ?? [])
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1'
}
