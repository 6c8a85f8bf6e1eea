import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api, told } from '../api/client.ts'
import { keepSignedIn } from './signed-in.ts'

/** Signs in by name and password; the session is in a cookie that no script reads. */
export function useSignIn(then: () => void | Promise<void>) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: { name: string; password: string }) => told(api.POST('/api/v1/sessions', { body })),
    onSuccess: async () => {
      keepSignedIn(true)
      queries.clear()
      await then()
    },
  })
}
