import type { Session as SessionMessage } from '@slipway/contracts/identity/v1/identity'
import { IDLE_MS, type Session } from './session.ts'

/** A session as the contracts say it. `current` is the id of what the asker calls with. */
export function sessionMessage(session: Session, current: string): SessionMessage {
  const { id, userId, source, agent, createdAt, lastUsedAt, expiresAt } = session
  return {
    id,
    user: userId,
    source,
    agent,
    createdAt,
    lastUsedAt,
    expiresAt,
    idleMinutes: IDLE_MS / 60_000,
    current: id === current,
  }
}
