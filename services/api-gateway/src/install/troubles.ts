import type { Certificate, Disk, Health, Service, Trouble } from '@slipway/contracts/install/v1/install'

/** A file system that is so full is said before it is: both must hold, as a twentieth of a large one is much. */
const LITTLE = { part: 0.05, mib: 10_240 }
/** Below it PostgreSQL and NATS may stop at any moment. */
const NOTHING_MIB = 256
const FULL_PART = 0.9
/** Certificates are renewed with a third of their life left: with a fifth left somebody has to look why not. The CA is not: half a year of its ten. */
const LATE_PART = 0.2
const LATE_CA_PART = 0.05

/** What is wrong about an install and what to do next, the worst first; the same is said once. */
export function troublesOf(health: Omit<Health, 'troubles'>): Trouble[] {
  const { at, services, nats, disks, certificates } = health
  const all = [
    ...services.flatMap(ofService),
    ...olderServices(health),
    ...disks.flatMap(ofDisk),
    ...(nats && nats.limitMib > 0 && nats.storedMib > nats.limitMib * FULL_PART
      ? [
          warn(
            'NATS',
            'Its streams hold nearly all that they may.',
            'Give JetStream more room (max_file_store).',
          ),
        ]
      : []),
    ...certificates.flatMap((one) => ofCertificate(one, at ?? new Date())),
  ]
  const once = new Map(all.map((trouble) => [`${trouble.about} ${trouble.message}`, trouble]))
  return [...once.values()].sort((a, b) => a.severity.localeCompare(b.severity))
}

/** What services rest on has a name of its own: it is wrong once, not once for each of them. */
const restedOn: Record<string, string> = { database: 'PostgreSQL', nats: 'NATS' }

function ofService({ name, state, problems }: Service): Trouble[] {
  if (state === 'unreachable') {
    const [why] = problems
    return [
      bad(
        name,
        `It does not answer: ${why?.message ?? 'no connection'}`,
        'Look whether it runs, and at its log; what needs it goes on by itself when it is back.',
      ),
    ]
  }
  return problems.map(({ field, message, hint }) => bad(restedOn[field] ?? name, message, hint))
}

function olderServices({ version, services }: Omit<Health, 'troubles'>): Trouble[] {
  return services
    .filter((service) => service.version !== '' && service.version !== version)
    .map((service) =>
      warn(
        service.name,
        `It is ${service.version}, and the gateway is ${version}.`,
        'Start all services from one version.',
      ),
    )
}

function ofDisk({ path, totalMib, freeMib }: Disk): Trouble[] {
  const hint =
    'Make room on that file system, first of what is not Slipway’s; see "When a disk is full" in operations.md.'
  if (freeMib < NOTHING_MIB) return [bad(path, `Only ${freeMib} MiB are free.`, hint)]
  const isLittle = freeMib < totalMib * LITTLE.part && freeMib < LITTLE.mib
  return isLittle ? [warn(path, `Only ${freeMib} of ${totalMib} MiB are free.`, hint)] : []
}

function ofCertificate({ name, beginsAt, endsAt }: Certificate, now: Date): Trouble[] {
  if (!beginsAt || !endsAt) return []
  const isCa = name === 'CA'
  const hint = isCa
    ? 'Plan a new CA: every host and kubeconfig trusts this one.'
    : '`slipway up` and `slipway init` renew certificates; look why it did not, its log says it.'
  const about = isCa ? name : `certificate of ${name}`
  if (endsAt <= now) return [bad(about, `It ended at ${endsAt.toISOString()}.`, hint)]
  const left = (endsAt.getTime() - now.getTime()) / (endsAt.getTime() - beginsAt.getTime())
  const isLate = left < (isCa ? LATE_CA_PART : LATE_PART)
  return isLate ? [warn(about, `It ends at ${endsAt.toISOString()}.`, hint)] : []
}

function bad(about: string, message: string, hint: string): Trouble {
  return { about, severity: 'bad', message, hint }
}

function warn(about: string, message: string, hint: string): Trouble {
  return { about, severity: 'warn', message, hint }
}
