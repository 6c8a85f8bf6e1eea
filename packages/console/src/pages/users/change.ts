import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api, told } from '../../api/client.ts'
import { meQuery } from '../../me/me.ts'
import { USERS, type User } from '../../user/queries.ts'

/** Changes a person; who changed oneself may do other things from then on. */
export function useChangeUser({ id }: User) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: { enabled?: boolean; administrator?: boolean }) =>
      told(api.PATCH('/api/v1/users/{id}', { params: { path: { id } }, body })),
    onSettled: () =>
      Promise.all(
        [USERS, meQuery.queryKey].map((queryKey) => queries.invalidateQueries({ queryKey: [...queryKey] })),
      ),
  })
}
