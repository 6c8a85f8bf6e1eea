import { type Static, Type } from '@sinclair/typebox'
import { TypeCompiler } from '@sinclair/typebox/compiler'
import { bug } from '@slipway/errors'

const count = Type.Integer({ minimum: 0 })

/** What the callback plugin (infra/ansible/plugins/callback/slipway.py) and launcher/launch.py say. */
const Event = Type.Union([
  Type.Object({ type: Type.Literal('play'), name: Type.String() }),
  Type.Object({ type: Type.Literal('task'), name: Type.String(), at: Type.Number() }),
  Type.Object({
    type: Type.Literal('host'),
    host: Type.String(),
    task: Type.String(),
    state: Type.Union(
      (['ok', 'changed', 'skipped', 'failed', 'ignored', 'unreachable'] as const).map((state) =>
        Type.Literal(state),
      ),
    ),
    seconds: Type.Number(),
    lines: Type.Array(Type.String()),
    message: Type.Optional(Type.String()),
    /** What the task's result held as slipway_result: facts, findings. */
    result: Type.Optional(Type.Unknown()),
    /** As slipway_export: name → base64. */
    export: Type.Optional(Type.Record(Type.String(), Type.String())),
    /** As slipway_retryable. */
    retryable: Type.Optional(Type.Unknown()),
  }),
  Type.Object({
    type: Type.Literal('line'),
    host: Type.Optional(Type.String()),
    task: Type.Optional(Type.String()),
    text: Type.String(),
  }),
  Type.Object({
    type: Type.Literal('stats'),
    hosts: Type.Record(
      Type.String(),
      Type.Object({ ok: count, changed: count, failures: count, unreachable: count, rescued: count }),
    ),
  }),
  /** What the command itself printed: a syntax error, a warning. */
  Type.Object({ type: Type.Literal('lines'), lines: Type.Array(Type.String()) }),
  /** It could not be started; `field` names the key that is wrong. */
  Type.Object({ type: Type.Literal('fail'), field: Type.String(), message: Type.String() }),
  Type.Object({
    type: Type.Literal('end'),
    exit_code: Type.Integer(),
    /** Host keys that were shown: name in known_hosts → `type key`. */
    presented: Type.Record(Type.String(), Type.String()),
  }),
])
export type Event = Static<typeof Event>
const checker = TypeCompiler.Compile(Event)

/** Reads one line of the socket. */
export function readEvent(line: string): Event {
  const event: unknown = JSON.parse(line)
  if (checker.Check(event)) return event
  const [problem] = checker.Errors(event)
  throw bug(`an event of the playbook can't be read at ${problem?.path}: ${problem?.message}`)
}
