import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { api, told } from '../api/client.ts'
import { useMe } from './me.ts'
import { keepSignedIn } from './signed-in.ts'

/** Ends this session, or all of the person's; what was read is forgotten. */
export function useSignOut({ everywhere = false } = {}) {
  const { session } = useMe()
  const queries = useQueryClient()
  const navigate = useNavigate()
  return useMutation({
    mutationFn: () =>
      everywhere || !session
        ? told(api.DELETE('/api/v1/sessions'))
        : told(api.DELETE('/api/v1/sessions/{id}', { params: { path: { id: session.id } } })),
    onSuccess: async () => {
      keepSignedIn(false)
      await navigate({ to: '/sign-in', search: {} })
      queries.clear()
    },
  })
}
