import { callApi } from '@slipway/cli/api'
import type { FleetSite } from './fleet-site.ts'

/** The password of everybody that joins. */
export const PASSWORD = 'seven blue anchors'

/** Makes a person who signs in with the password above and has a role in the site's project. */
export async function joins(site: FleetSite, name: string, role: 'operator' | 'viewer'): Promise<void> {
  const user = await site.person(name, PASSWORD)
  const member = { project: site.project, user, role }
  await callApi(site.to, 'slipway.project.v1.ProjectService/SetMember', member)
}
