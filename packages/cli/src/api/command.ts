import { readFile } from 'node:fs/promises'
import { type Method, methods, schemas } from '@slipway/contracts'
import { precondition } from '@slipway/errors'
import { Command } from 'commander'
import { parse } from 'yaml'
import { readSettings } from '../config.ts'
import { type Connection, callApi } from './client.ts'
import { download } from './download.ts'
import { show } from './show.ts'
import { watchOperation } from './watch.ts'

/**
 * Commands for every method of the public API, made from the contracts: `slipway cluster create demo --file spec.yaml`
 * is ClusterService/CreateCluster. A method that is added to proto/ has its command without a line here.
 */
export function apiCommands(): Command[] {
  const nouns = new Map<string, Command>()
  for (const [name, method] of Object.entries(methods)) {
    if (!method.access || !method.route) continue
    const noun =
      nouns.get(method.access.noun) ??
      new Command(method.access.noun).description(`about ${method.access.noun.replace(/y$/, 'ie')}s`)
    nouns.set(method.access.noun, noun)
    noun.addCommand(commandOf(name, method))
  }
  return [...nouns.values()].sort((a, b) => a.name().localeCompare(b.name()))
}

function commandOf(name: string, method: Method): Command {
  const command = new Command(verbOf(method)).description(method.documentation)
  for (const [field, schema] of fieldsOf(method)) {
    const value = values[shapeOf(schema)]
    if (value !== undefined) command.option(`--${kebab(field)}${value}`, String(schema.description ?? ''))
  }
  command.option('-f, --file <yaml>', 'a file with the request, or - for standard input; flags win over it')
  command.option('--json', 'print JSON')
  command.action(async (flags: Record<string, unknown>) => {
    const { file, json, ...given } = flags
    const settings = readSettings()
    const fromFile =
      typeof file === 'string' ? parse(await readFile(file === '-' ? '/dev/stdin' : file, 'utf8')) : {}
    const request = { ...projectOf(method, settings.SLIPWAY_PROJECT), ...fromFile, ...typed(method, given) }
    const to = await connectionOf(settings)
    if (method.streaming && method.route?.contentType !== EVENTS) return download(to, name, request)
    if (method.streaming) return watchOperation(to, request, Boolean(json))
    show(await callApi(to, name, request), Boolean(json))
  })
  return command
}

const EVENTS = 'text/event-stream'

/** Where the command line talks to, and as whom. */
async function connectionOf(settings: ReturnType<typeof readSettings>): Promise<Connection> {
  const { SLIPWAY_URL: url, SLIPWAY_CA: ca, SLIPWAY_TOKEN_FILE: tokenFile } = settings
  if (!url || !ca) {
    throw precondition([
      {
        field: 'SLIPWAY_URL, SLIPWAY_CA',
        message: 'are not set',
        hint: 'Set them to what `slipway up` printed.',
      },
    ])
  }
  const token = tokenFile ? (await readFile(tokenFile, 'utf8')).trim() : undefined
  return { url, ca: await readFile(ca, 'utf8'), token }
}

/** create-cluster of noun cluster is `create`; what holds no noun keeps its words: accept-host-key. */
function verbOf(method: Method): string {
  const noun = method.access?.noun ?? ''
  const words = kebab(method.name).split('-')
  const own = new Set([
    ...noun.split('-'),
    ...noun.split('-').map((word) => `${word}s`),
    `${noun.replace(/y$/, 'ie')}s`,
  ])
  return words.filter((word, index) => index === 0 || !own.has(word)).join('-')
}

function fieldsOf(method: Method): [string, Record<string, unknown>][] {
  const properties = schemas[method.request]?.properties as
    | Record<string, Record<string, unknown>>
    | undefined
  return Object.entries(properties ?? {})
}

/** How flags are given, by what they hold; what is nested comes from a file. */
const values: Record<string, string> = {
  string: ' <text>',
  integer: ' <number>',
  boolean: ' [true or false]',
  texts: ' <text...>',
  'texts by key': ' <key=text...>',
}

function shapeOf(schema: Record<string, unknown>): string {
  const inner = (part: unknown) => (part as { type?: string } | undefined)?.type
  if (schema.type === 'array' && inner(schema.items) === 'string') return 'texts'
  if (schema.type === 'object' && inner(schema.additionalProperties) === 'string') return 'texts by key'
  return String(schema.type)
}

function projectOf(method: Method, project: string | undefined): Record<string, unknown> {
  return project && fieldsOf(method).some(([field]) => field === 'project') ? { project } : {}
}

function typed(method: Method, flags: Record<string, unknown>): Record<string, unknown> {
  const schema = Object.fromEntries(fieldsOf(method))
  return Object.fromEntries(
    Object.entries(flags).map(([field, value]) => [field, typedAs(shapeOf(schema[field] ?? {}), value)]),
  )
}

function typedAs(shape: string, value: unknown): unknown {
  if (shape === 'integer') return Number(value)
  if (shape === 'boolean') return value === true || value === 'true'
  if (shape !== 'texts by key' || !Array.isArray(value)) return value
  return Object.fromEntries(
    value.map((one: string) => [one.split('=', 1)[0], one.slice(one.indexOf('=') + 1)]),
  )
}

function kebab(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase()
}
