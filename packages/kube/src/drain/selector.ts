import type { V1LabelSelector, V1LabelSelectorRequirement } from '@kubernetes/client-node'

/** Whether a selector of policy/v1 takes in these labels: an empty one does, an absent one never. */
export function selects(selector: V1LabelSelector | undefined, labels: Record<string, string>): boolean {
  if (!selector) return false
  const { matchLabels = {}, matchExpressions = [] } = selector
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every((requirement) => meets(requirement, labels))
  )
}

function meets(
  { key, operator, values = [] }: V1LabelSelectorRequirement,
  labels: Record<string, string>,
): boolean {
  const value = labels[key]
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    // A label that is absent is not one of the values: so Kubernetes reads it.
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    default:
      return value === undefined
  }
}
