/**
 * A file that the roles keep as they wrote it. Of `lines` in a shared file only those are ours, and not its mode; what is
 * `absent` must not be there.
 */
export type OwnedFile = { path: string; what: 'file' | 'lines' | 'absent' }

const everyNode = [
  '/etc/sysctl.d/90-slipway.conf',
  '/etc/modules-load.d/slipway.conf',
  '/etc/slipway/repo-ca.pem',
  '/etc/slipway/apt/apt.conf',
  '/etc/slipway/apt/sources.list',
  '/etc/slipway/apt/slipway.asc',
  '/etc/slipway/apt/auth.conf',
  '/etc/containerd/config.toml',
  '/etc/containerd/cni.conflist.template',
  '/etc/systemd/system/containerd.service',
  '/etc/crictl.yaml',
  '/etc/systemd/system/kubelet.service',
  '/etc/systemd/system/kubelet.service.d/10-kubeadm.conf',
]
const controlPlane = [
  '/etc/slipway/kubeadm-init.yaml',
  '/etc/kubernetes/slipway/audit-policy.yaml',
  '/etc/kubernetes/slipway/encryption.yaml',
]

/** Every file that the roles own on a node of a role, with what its part of the release brings. */
export function ownedFiles(
  role: 'control-plane' | 'worker',
  release: { registries: readonly string[]; files: readonly { path: string }[] },
): OwnedFile[] {
  const paths = [
    ...everyNode,
    ...release.registries.map((registry) => `/etc/containerd/certs.d/${registry}/hosts.toml`),
    ...release.files.map(({ path }) => path),
    ...(role === 'control-plane' ? controlPlane : []),
  ]
  return [
    ...paths.map((path) => ({ path, what: 'file' }) as const),
    { path: '/etc/hosts', what: 'lines' },
    ...(role === 'control-plane'
      ? [{ path: '/etc/kubernetes/super-admin.conf', what: 'absent' } as const]
      : []),
  ]
}

/** A shell script that changes the content of each by hand. Programs run, so each change is a file in another one's place. */
export function changeContent(files: readonly OwnedFile[]): string {
  const scripts = {
    file: (path: string) =>
      `cp -p ${path} ${path}.by-hand; echo >> ${path}.by-hand; mv ${path}.by-hand ${path}`,
    lines: (path: string) => `sed -i '/by Slipway (end)/i 192.0.2.1 by-hand' ${path}`,
    absent: (path: string) => `install -m 600 /dev/null ${path}`,
  }
  return files.map(({ path, what }) => scripts[what](path)).join('\n')
}

/** A shell script that changes the mode of each by hand. */
export function changeMode(files: readonly OwnedFile[]): string {
  return files.map(({ path }) => `chmod g+w,o-r ${path}`).join('\n')
}

/** A shell script that prints a line for each: mode, owner, when it was changed last, digest; or that it is not there. */
export function describeFiles(files: readonly OwnedFile[]): string {
  return files
    .map(({ path }) => {
      const there = `echo "$(stat -c '%a %U:%G %Z' ${path}) $(sha256sum ${path})"`
      return `if [ -e ${path} ]; then ${there}; else echo "absent ${path}"; fi`
    })
    .join('\n')
}
