import { expect, test } from 'vitest'
import { lineOf, readYaml, toYaml } from './spec-yaml.ts'

const wanted = {
  name: 'prod',
  spec: {
    kubernetesVersion: '1.36.3',
    nodes: [
      { host: 'a', role: 'control-plane', labels: { 'example.org/zone': 'on', yes: 'no' } },
      { host: 'b', role: 'worker', taints: [{ key: 'gpu', value: '', effect: 'NoSchedule' }] },
    ],
    apiServer: { extraSans: ['api.example.org'], encryptionAtRest: false },
    kubelet: { evictionHard: { 'memory.available': '100Mi' } },
    notKnown: { stays: ['1', 1, true, null] },
  },
}

test('a spec written as YAML and read again has lost nothing, unknown fields and texts like yes and 1 included', () => {
  expect(readYaml(toYaml(wanted))).toEqual(wanted)
})

test('a text that is no YAML is told with its line', () => {
  expect(readYaml('name: prod\nspec: [\n')).toMatchObject({ unreadable: { line: 3 } })
})

test('what the API would not take as name and spec is told by its key', () => {
  expect(readYaml('name: prod\nkind: Cluster\nspec: {}\n')).toMatchObject({
    unreadable: { key: 'kind', line: 2 },
  })
  expect(readYaml('name: prod\nspec: 3\n')).toMatchObject({ unreadable: { key: 'spec', line: 2 } })
})

test('the line of a field is found, or that of the nearest field above it', () => {
  const text = toYaml(wanted)
  const line = (field: string) => text.split('\n')[(lineOf(text, field) ?? 0) - 1]
  expect(line('spec.nodes[1].role')).toBe('      role: worker')
  expect(line('spec.nodes[1].name')).toBe('    - host: b')
  expect(line('spec.network.podCidr')).toBe('spec:')
})
