import { denied, notFound } from '@slipway/errors'
import { type Grant, reaches } from '../token/token.ts'
import type { Params } from './exchange.ts'
import type { Route } from './route.ts'

/** Refuses a token that may not use a route. It runs before anything is looked up, so it tells nothing of what exists. */
export function admit(grant: Grant, { access }: Route, params: Params): void {
  if (access === 'any token' || grant.kind === 'push') return
  if (access === 'push token') {
    throw denied('This token may only pull.', 'Push with a token that an administrator made for pushing.')
  }
  const resource = access(params)
  if (reaches(grant.repositories, resource)) return
  if (resource.startsWith('v2/')) {
    throw denied(
      `This token does not reach ${resource.slice('v2/'.length)}.`,
      'Use the token of a cluster that needs it.',
    )
  }
  // Word for word what a missing one answers.
  throw notFound('artifact', resource)
}
