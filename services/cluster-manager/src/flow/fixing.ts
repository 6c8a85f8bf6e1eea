import type { FlowStep } from './flow.ts'
import { fixHosts } from './step/fix-hosts.ts'
import { resetHosts } from './step/reset-hosts.ts'

/** Mends what a check found and a person agreed to, between the check and the first change that a cluster needs. */
export const fixing: FlowStep = {
  name: 'fix-hosts',
  title: 'Mend what the check found',
  needs: ['check-hosts'],
  nodes: ({ spec, wishes: { fixes = [] } }) =>
    spec.nodes.filter(({ name }) => fixes.some(({ node }) => node === name)),
  when: ({ wishes: { fixes = [] } }) => fixes.length > 0,
  changes: ({ wishes: { fixes = [] } }) => fixes.map(({ node, fix }) => `${node}: ${fix}`),
  minutes: 10,
  runs: true,
  do: fixHosts,
  undo: { title: 'Bring the hosts back to what they were', do: resetHosts },
}
