import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { parse } from 'yaml'

/** A playbook as it would be told: the name of its play, and those of its tasks. */
export type Playbook = { name: string; play: string; tasks: string[] }

type Task = {
  name?: string
  block?: Task[]
  always?: Task[]
  'ansible.builtin.import_role'?: { name: string; tasks_from?: string }
}
type Play = { name: string; roles?: string[]; tasks?: Task[] }

const known = new Map<string, Promise<Playbook>>()

/** Reads a playbook with its roles, once: what people see of a simulated run is what the real one would be called. */
export function readPlaybook(path: string): Promise<Playbook> {
  const reading = known.get(path) ?? read(path)
  known.set(path, reading)
  return reading
}

async function read(path: string): Promise<Playbook> {
  const roles = join(dirname(path), 'roles')
  const [play] = parse(await readFile(path, 'utf8')) as Play[]
  const fromRoles = await Promise.all((play?.roles ?? []).map((role) => namesOfRole(roles, role)))
  const own = await namesOf(roles, play?.tasks ?? [])
  return { name: basename(path, '.yml'), play: play?.name ?? '', tasks: [...fromRoles.flat(), ...own] }
}

async function namesOfRole(roles: string, role: string, file = 'main'): Promise<string[]> {
  const text = await readFile(join(roles, role, 'tasks', file.replace(/(\.yml)?$/, '.yml')), 'utf8')
  return namesOf(roles, (parse(text) ?? []) as Task[])
}

async function namesOf(roles: string, tasks: readonly Task[]): Promise<string[]> {
  const names = tasks.map(async ({ name, block, always = [], 'ansible.builtin.import_role': role }) => {
    if (role) return namesOfRole(roles, role.name, role.tasks_from)
    if (block) return namesOf(roles, [...block, ...always])
    return name ? [name] : []
  })
  return (await Promise.all(names)).flat()
}
