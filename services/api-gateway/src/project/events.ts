import { eventRow, type OutboxRow } from '@slipway/bus'
import { ProjectEvent } from '@slipway/contracts/event/v1/event'
import type { ProjectFact } from './project.ts'

/** The outbox row that says what happened to a project. */
export function projectEvent({ fact, project, member }: ProjectFact, now: Date): OutboxRow {
  const event = {
    project: project.id,
    noun: 'project',
    id: project.id,
    fact,
    sequence: project.version,
    data: ProjectEvent.toJSON({ project: { ...project, role: '' }, member }),
  }
  return eventRow('api-gateway', event, now)
}
