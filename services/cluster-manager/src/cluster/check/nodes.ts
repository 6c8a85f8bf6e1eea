import type { ClusterSpec, NodeSpec } from '../spec.ts'
import type { Finding } from '../validate.ts'

const NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/
/** What Kubernetes takes: an optional DNS prefix with a slash, then a name. */
const KEY = /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/
const VALUE = /^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$/
const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

/** Names, roles, labels and taints: what can be seen from the spec alone. */
export function* checkNodes({ nodes }: ClusterSpec): Generator<Finding> {
  const field = 'spec.nodes'
  const controlPlanes = nodes.filter(({ role }) => role === 'control-plane').length
  if (controlPlanes !== 1) {
    const message = `there must be exactly one control plane, not ${controlPlanes}`
    const hint = 'Give one node the role control-plane and the others worker; several are not offered yet.'
    yield { code: 'Invalid', field, message, hint, restsOn: ['spec.nodes[].role'] }
  }
  for (const [index, node] of nodes.entries()) {
    const at = `${field}[${index}]`
    if (node.role !== 'control-plane' && node.role !== 'worker') {
      yield invalid(`${at}.role`, `${quote(node.role)} is no role`, 'Take control-plane or worker.')
    }
    if (nodes.findIndex(({ host }) => host === node.host) < index) {
      yield invalid(`${at}.host`, 'stands in the spec twice', 'Name every host once.')
    }
    yield* checkName(node, at, nodes.findIndex(({ name }) => name === node.name) < index)
    yield* checkLabels(node.labels, `${at}.labels`)
    yield* checkTaints(node.taints, `${at}.taints`)
  }
}

function* checkName({ name }: NodeSpec, at: string, taken: boolean): Generator<Finding> {
  // An empty one belongs to a host that was not found, which is a finding of its own.
  if (name === '') return
  if (!NAME.test(name)) {
    const hint = 'Lower-case letters, digits and hyphens, 63 at most.'
    yield invalid(`${at}.name`, `${quote(name)} can't be the name of a node`, hint)
  }
  if (taken) yield invalid(`${at}.name`, `${name} is the name of two nodes`, 'Give each a name of its own.')
}

/** Keys and values as Kubernetes takes them. */
export function* checkLabels(labels: NodeSpec['labels'], at: string): Generator<Finding> {
  for (const [key, value] of Object.entries(labels)) {
    if (!KEY.test(key)) {
      yield invalid(at, `${quote(key)} is no label key`, 'Write name or example.org/name.')
    }
    if (!VALUE.test(value)) {
      const hint = 'Letters, digits, hyphens, dots and underscores, 63 at most, between letters or digits.'
      yield invalid(`${at}.${key}`, `${quote(value)} is no label value`, hint)
    }
  }
}

/** Keys, values and effects as Kubernetes takes them, each key with each effect once. */
export function* checkTaints(taints: NodeSpec['taints'], at: string): Generator<Finding> {
  for (const [index, { key, value, effect }] of taints.entries()) {
    const field = `${at}[${index}]`
    if (!KEY.test(key))
      yield invalid(field, `${quote(key)} is no taint key`, 'Write name or example.org/name.')
    if (!VALUE.test(value))
      yield invalid(field, `${quote(value)} is no taint value`, 'Write it like a label value.')
    if (!EFFECTS.includes(effect)) {
      yield invalid(field, `${quote(effect)} is no effect`, `Take one of: ${EFFECTS.join(', ')}.`)
    }
    if (taints.findIndex((one) => one.key === key && one.effect === effect) < index) {
      yield invalid(field, `${key}:${effect} stands there twice`, 'Keep one of them.')
    }
  }
}

function invalid(field: string, message: string, hint: string): Finding {
  return { code: 'Invalid', field, message, hint }
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 80))
}
