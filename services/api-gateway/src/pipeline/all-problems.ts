import { type Method, schemas } from '@slipway/contracts'
import { type Problem, toSlipwayError } from '@slipway/errors'
import { leaveOut } from './leave-out.ts'
import type { FormProblem } from './validate.ts'
import type { Json } from './wire.ts'

/** A body of a megabyte could have a hundred thousand; nobody reads them. */
const SHOWN = 100

/**
 * A request of wrong form as a dry run without what is wrong about it, where its method has one: so its owner can say what
 * else speaks against it, and nothing is changed.
 */
export function dryRunWithout(
  method: Method,
  request: Json,
  wrong: readonly FormProblem[],
): Json | undefined {
  const { properties } = schemas[method.request] as { properties: Record<string, { enum?: string[] }> }
  if (!properties.dryRun?.enum?.includes('plan')) return undefined
  const rest = leaveOut(
    request,
    wrong.flatMap(({ misfit }) => misfit ?? []),
  )
  // A digest is of the whole request: one of a part never fits.
  return rest && { ...rest, dryRun: 'plan', planDigest: '' }
}

/**
 * All problems of a request: those of its form, and what its owner says of the rest. Not said are problems of a field that
 * was named already, and those that rest on one.
 */
export async function allProblems(
  wrong: readonly FormProblem[],
  askOwner: () => Promise<unknown>,
): Promise<Problem[]> {
  const own = wrong.map(({ problem }) => problem)
  const named = own.flatMap(({ field }) => [field, field.replaceAll(/\[\d+\]/g, '[]')])
  const isSaid = ({ field, restsOn = [] }: Problem) =>
    [field, ...restsOn].some((one) => named.some((outer) => isWithin(one, outer)))
  const more = await problemsSaid(askOwner)
  return [...own, ...more.filter((problem) => !isSaid(problem))].slice(0, SHOWN)
}

/** What a refusal names; an owner that is not there, or breaks, adds nothing. */
async function problemsSaid(askOwner: () => Promise<unknown>): Promise<readonly Problem[]> {
  try {
    await askOwner()
    return []
  } catch (thrown) {
    const { code, problems } = toSlipwayError(thrown)
    return ['Invalid', 'NotFound', 'Conflict', 'Precondition'].includes(code) ? problems : []
  }
}

function isWithin(field: string, outer: string): boolean {
  return field === outer || field.startsWith(`${outer}.`) || field.startsWith(`${outer}[`)
}
