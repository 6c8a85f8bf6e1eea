import { eventRow, type OutboxRow } from '@slipway/bus'
import { UserEvent } from '@slipway/contracts/event/v1/event'
import type { UserFact } from './identity.ts'
import { userMessage } from './wire.ts'

/** The outbox row that says what happened to a person. It belongs to no project, so no subscriber from outside hears it. */
export function userEvent({ fact, user, version }: UserFact, now: Date): OutboxRow {
  const data = UserEvent.toJSON({ user: userMessage(user) })
  return eventRow(
    'api-gateway',
    { project: '', noun: 'user', id: user.id, fact, sequence: version, data },
    now,
  )
}
