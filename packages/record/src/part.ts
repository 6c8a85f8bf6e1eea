import { type Static, type TSchema, Type } from '@sinclair/typebox'
import { TypeCompiler } from '@sinclair/typebox/compiler'

const text = Type.String()
const texts = Type.Array(text)
const count = Type.Integer({ minimum: 0 })
const time = Type.Optional(text)

const Failure = Type.Object({ code: text, message: text, host: text, task: text, hint: text })
export type Failure = Static<typeof Failure>

const Head = Type.Object({
  /** Another one is read by another version of Slipway. */
  format: Type.Literal(1),
  writtenAt: text,
  /** The operation has ended: nothing more will come of it unless it is resumed. */
  ended: Type.Boolean(),
  askedBy: Type.Object({ id: text, name: text }),
  reason: text,
  versions: Type.Object({
    /** That began the operation; empty where it was not kept. */
    slipway: text,
    /** That wrote this. */
    writtenBy: text,
    release: text,
    kubernetes: text,
    components: Type.Record(text, text),
  }),
})
export type Head = Static<typeof Head>

const Step = Type.Object({
  ...{ name: text, title: text, state: text, nodes: texts, attempt: count, note: text },
  ...{ failure: Type.Optional(Failure), startedAt: time, endedAt: time },
})

const Operation = Type.Object({
  ...{ id: text, project: text, cluster: text, clusterName: text, kind: text, state: text },
  ...{ steps: Type.Array(Step), failure: Type.Optional(Failure) },
  ...{ createdAt: time, startedAt: time, endedAt: time },
  ...{ planDigest: text, leftBehind: texts, undoing: Type.Boolean(), nodes: texts },
})
export type Operation = Static<typeof Operation>

const Attempt = Type.Object({
  ...{ step: text, attempt: count, state: text, run: text },
  ...{ failure: Type.Optional(Failure), startedAt: time, endedAt: time },
})
export type Attempt = Static<typeof Attempt>

/** What moved, as it was published: `fact` is step-started, paused, resumed, … */
const Event = Type.Object({ sequence: count, at: text, fact: text, step: text, note: text })
export type Event = Static<typeof Event>

const RunHost = Type.Object({
  ...{ host: text, ok: count, changed: count, failed: count, unreachable: Type.Boolean(), message: text },
})

const Run = Type.Object({
  ...{ id: text, step: text, attempt: count },
  /** Why nothing is known of it any more; empty where it is. */
  missing: text,
  ...{ playbook: text, state: text },
  /** Version of ansible-core. */
  ansible: text,
  hosts: Type.Array(RunHost),
})
export type Run = Static<typeof Run>

const Line = Type.Object({
  ...{ run: text, sequence: count, at: text, host: text, task: text, kind: text, text },
})
export type Line = Static<typeof Line>

/** What lines of a record hold, in the order in which they stand. */
const kinds = {
  record: Head,
  /** The operation as it was when this was written, as the API answers it. */
  operation: Operation,
  plan: Type.Unknown(),
  /** Everything that the plan's digest was made of: hosts with their facts, settings, wishes, steps. */
  basis: Type.Unknown(),
  /** The cluster's spec when the operation began, and when it ended or as it is; null where there is none. */
  spec: Type.Object({ before: Type.Unknown(), after: Type.Unknown() }),
  attempt: Attempt,
  event: Event,
  run: Run,
  /** What could not be had, in words. */
  missing: texts,
  /** Output, run after run. Everything before it is small. */
  line: Line,
  /** The last line: how many of output there were. */
  end: Type.Object({ lines: count }),
}
type Kinds = typeof kinds

/** One line of a record: an object with one key, which says what it holds. */
export type Part = { [K in keyof Kinds]: { [P in K]: Static<Kinds[K]> } }[keyof Kinds]

const checks = new Map(
  Object.entries<TSchema>(kinds).map(([kind, schema]) => [kind, TypeCompiler.Compile(schema)]),
)

/** Reads a line: nothing where its kind is not known, which a later version may have. Throws what is wrong with one that is. */
export function readPart(line: string): Part | undefined {
  const part: unknown = JSON.parse(line)
  const [[kind = '', value] = []] = Object.entries(part ?? {})
  const check = checks.get(kind)
  if (!check) return undefined
  if (check.Check(value)) return part as Part
  const [problem] = check.Errors(value)
  throw new TypeError(`${kind}${problem?.path}: ${problem?.message}`)
}
