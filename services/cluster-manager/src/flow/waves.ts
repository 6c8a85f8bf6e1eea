/** Hosts that Ansible works on at once: `forks` of infra/ansible/ansible.cfg. */
const FORKS = 50

/** In how many waves a task goes over so many hosts. */
export function wavesOf(hosts: number): number {
  return Math.max(1, Math.ceil(hosts / FORKS))
}
