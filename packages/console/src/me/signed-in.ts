const KEPT = 'slipway.signed-in'

/**
 * Whether somebody signed in at this browser and did not sign out. The cookie can't be read, and asking the API without one is
 * a refusal that browsers report as an error: the first visit asks nothing.
 */
export function hasSignedIn(): boolean {
  return localStorage.getItem(KEPT) !== null
}

/** Keeps it. */
export function keepSignedIn(isSignedIn: boolean): void {
  if (isSignedIn) localStorage.setItem(KEPT, 'yes')
  else localStorage.removeItem(KEPT)
}
