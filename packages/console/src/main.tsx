import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { createRoot } from 'react-dom/client'
import { createQueryClient } from './api/query-client.ts'
import { Appearance } from './appearance/appearance.tsx'
import './console.css'
import { meQuery } from './me/me.ts'
import { keepSignedIn } from './me/signed-in.ts'
import { createRoutes } from './routes.tsx'

const queries = createQueryClient(signedOut)
const router = createRoutes(queries)

createRoot(document.getElementById('console') as HTMLElement).render(
  <QueryClientProvider client={queries}>
    <Appearance>
      <RouterProvider router={router} />
    </Appearance>
  </QueryClientProvider>,
)

/** The session ended while a page was open: to the sign-in, and from there back here. */
function signedOut(): void {
  const { href, pathname } = router.state.location
  keepSignedIn(false)
  queries.setQueryData(meQuery.queryKey, null)
  if (pathname === '/sign-in' || pathname === '/first-start') return
  void router.navigate({ to: '/sign-in', search: { to: href } })
}
