import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api, type Operation as Call, told } from '../api/client.ts'
import { canGoOn } from './lifecycle.ts'
import { type Operation, operationQuery } from './queries.ts'

/** What a person can ask of an operation. */
export type Move =
  | { type: 'cancel' }
  | { type: 'pause' }
  | { type: 'undo' }
  | { type: 'resume'; fromStep: string }
  | { type: 'skip'; step: string; reason: string }
export type MoveName = Move['type']

/** The call behind each: who may make it is the API's to say. */
export const calls: Record<MoveName, Call> = {
  cancel: 'OperationService_CancelOperation',
  pause: 'OperationService_PauseOperation',
  resume: 'OperationService_ResumeOperation',
  undo: 'OperationService_UndoOperation',
  skip: 'OperationService_SkipStep',
}

/** Which moves are offered in a state; the API decides, and says why where it refuses. */
export function movesOf({ state }: Operation): MoveName[] {
  if (state === 'queued') return ['cancel']
  if (state === 'planned' || state === 'running') return ['pause', 'cancel']
  if (state === 'paused') return ['resume', 'undo', 'cancel']
  return canGoOn(state) ? ['resume', 'undo'] : []
}

/** Asks for a move; what the API answers is what the page shows from then on. */
export function useMove(project: string, id: string, onMoved: () => void) {
  const queries = useQueryClient()
  const at = { params: { path: { project, id } } }
  const ask = (move: Move) => {
    if (move.type === 'cancel') return told(api.POST('/api/v1/projects/{project}/operations/{id}/cancel', at))
    if (move.type === 'pause') return told(api.POST('/api/v1/projects/{project}/operations/{id}/pause', at))
    if (move.type === 'undo') return told(api.POST('/api/v1/projects/{project}/operations/{id}/undo', at))
    if (move.type === 'resume') {
      const { fromStep } = move
      return told(
        api.POST('/api/v1/projects/{project}/operations/{id}/resume', { ...at, body: { fromStep } }),
      )
    }
    const { step, reason } = move
    return told(
      api.POST('/api/v1/projects/{project}/operations/{id}/steps/{step}/skip', {
        params: { path: { project, id, step } },
        body: { reason },
      }),
    )
  }
  return useMutation({
    mutationFn: ask,
    onSuccess: (operation) => {
      queries.setQueryData(operationQuery(project, id).queryKey, operation)
      onMoved()
    },
  })
}
