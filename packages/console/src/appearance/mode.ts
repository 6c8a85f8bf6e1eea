import { useSyncExternalStore } from 'react'

/** How the console looks: as the system says, or always light or dark. */
export const modes = ['system', 'light', 'dark'] as const
export type Mode = (typeof modes)[number]

const KEPT = 'slipway.mode'
const system = matchMedia('(prefers-color-scheme: dark)')
const listeners = new Set<() => void>()

/** What was chosen in this browser. */
export function useMode(): Mode {
  return useSyncExternalStore(listen, readMode)
}

/** Whether it is dark now. */
export function useIsDark(): boolean {
  return useSyncExternalStore(listen, () => {
    const mode = readMode()
    return mode === 'dark' || (mode === 'system' && system.matches)
  })
}

/** Looks like this from now on, in this browser. */
export function chooseMode(mode: Mode): void {
  localStorage.setItem(KEPT, mode)
  for (const tell of listeners) tell()
}

function readMode(): Mode {
  const kept = localStorage.getItem(KEPT)
  return modes.find((mode) => mode === kept) ?? 'system'
}

function listen(tell: () => void): () => void {
  listeners.add(tell)
  system.addEventListener('change', tell)
  return () => {
    listeners.delete(tell)
    system.removeEventListener('change', tell)
  }
}
