import { expect, test } from 'vitest'
import { fitProfile, hasSysResource, labProfile, type Profile } from './profile.ts'

const whole: Profile = {
  cgroup_driver: 'cgroupfs',
  allow_cgroup_v1: true,
  kubelet: { failCgroupV1: false, featureGates: { KubeletInUserNamespace: true } },
  kube_proxy: { conntrack: { maxPerCore: 0, min: 0 } },
  kubeadm_ignore_preflight: ['SystemVerification'],
  containerd_restrict_oom_score_adj: true,
}

test('a machine like a real host needs hardly any of the profile', () => {
  const fitted = fitProfile(whole, { cgroupV1: false, sysResource: true })
  expect(fitted).toMatchObject({
    cgroup_driver: 'systemd',
    allow_cgroup_v1: false,
    kubelet: {},
    containerd_restrict_oom_score_adj: false,
  })
  expect(fitted.kubelet).toEqual({})
})

test('a machine that lacks both needs all of it', () => {
  expect(fitProfile(whole, { cgroupV1: true, sysResource: false })).toEqual(whole)
})

test('the capability is read from the bounding set', () => {
  expect(hasSysResource('CapBnd:\t000001ffffffffff\n')).toBe(true)
  expect(hasSysResource('CapBnd:\t000001fffeffffff\n')).toBe(false)
})

test('the file holds the keys that the roles read, and no others', async () => {
  expect(Object.keys(await labProfile()).sort()).toEqual(Object.keys(whole).sort())
})
