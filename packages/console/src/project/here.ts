import { useParams } from '@tanstack/react-router'

const KEPT = 'slipway.project'

/** The project of this page, else the one that was looked at last in this browser. */
export function useProjectHere(): string | undefined {
  const { project } = useParams({ strict: false })
  return project ?? lastProject()
}

/** The project that was looked at last in this browser. */
export function lastProject(): string | undefined {
  return localStorage.getItem(KEPT) ?? undefined
}

/** Keeps which project is looked at; nothing when there is none any more. */
export function keepProject(project: string | undefined): void {
  if (project === undefined) localStorage.removeItem(KEPT)
  else localStorage.setItem(KEPT, project)
}
