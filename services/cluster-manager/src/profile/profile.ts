import { readdir, readFile } from 'node:fs/promises'
import { join, parse } from 'node:path'
import { invalid, type Problem, unavailable } from '@slipway/errors'
import { parseDocument } from 'yaml'

/** What is different about some hosts (a lab's cgroup v1, say); Ansible gets it as `slipway_profile`. */
export type Profile = Readonly<Record<string, unknown>>

/** The profiles of this install by name. */
export type Profiles = ReadonlyMap<string, Profile>

/** Reads every `<name>.yaml` of a folder; without a folder there are only ordinary hosts. All problems together. */
export async function readProfiles(folder: string | undefined): Promise<Profiles> {
  if (!folder) return new Map()
  const names = await readdir(folder).catch((cause) => {
    throw unavailable(
      'SLIPWAY_HOST_PROFILES',
      `${folder} can't be read: ${cause.message}`,
      'Name a folder of YAML files, or leave the setting out.',
      cause,
    )
  })
  const problems: Problem[] = []
  const profiles = new Map<string, Profile>()
  for (const file of names.filter((name) => /\.ya?ml$/.test(name)).sort()) {
    const document = parseDocument(await readFile(join(folder, file), 'utf8'))
    const value: unknown = document.errors.length === 0 ? document.toJS() : undefined
    if (isProfile(value)) profiles.set(parse(file).name, value)
    else problems.push(unreadable(file, document.errors[0]?.message ?? 'it holds no settings by name'))
  }
  if (problems.length > 0) throw invalid(problems)
  return profiles
}

/** The profile of a host; {} for an ordinary one. A profile that this install no longer has is a problem to report. */
export function profileOf(profiles: Profiles, host: { name: string; profile: string }): Profile {
  const problem = profileProblem(profiles, host.profile)
  if (problem) throw invalid([{ field: `host ${host.name}`, ...problem }])
  return profiles.get(host.profile) ?? {}
}

/** Why a host can't have a profile of that name, or undefined; '' is the ordinary one. */
export function profileProblem(profiles: Profiles, name: string): Omit<Problem, 'field'> | undefined {
  if (name === '' || profiles.has(name)) return undefined
  const known = [...profiles.keys()].sort().join(', ')
  return {
    message: `there is no host profile ${JSON.stringify(name)}`,
    hint: known
      ? `Leave it empty for an ordinary host, or take one of: ${known}.`
      : 'Leave it empty: this install was started without host profiles.',
  }
}

function isProfile(value: unknown): value is Profile {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function unreadable(file: string, message: string): Problem {
  return { field: `host profile ${file}`, message, hint: 'Correct the YAML; infra/lab/profile.yaml is one.' }
}
