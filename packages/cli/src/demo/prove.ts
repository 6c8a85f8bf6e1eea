import { unavailable } from '@slipway/errors'
import { run, start } from '@slipway/process'

/** How kubectl is called: the program and a kubeconfig. */
export type Kubectl = { program: string; kubeconfig: string }

const REPLICAS = 2

/** Two replicas on different nodes behind a Service; the image is the release's own proof image. */
function workload(image: string) {
  const labels = { app: 'proof' }
  const spread = {
    maxSkew: 1,
    topologyKey: 'kubernetes.io/hostname',
    whenUnsatisfiable: 'DoNotSchedule',
    labelSelector: { matchLabels: labels },
  }
  const container = {
    name: 'web',
    image,
    args: ['netexec', '--http-port=8080'],
    ports: [{ containerPort: 8080 }],
    readinessProbe: { httpGet: { path: '/hostname', port: 8080 }, periodSeconds: 1 },
  }
  return {
    apiVersion: 'v1',
    kind: 'List',
    items: [
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'proof', namespace: 'default' },
        spec: {
          replicas: REPLICAS,
          selector: { matchLabels: labels },
          template: {
            metadata: { labels },
            spec: {
              topologySpreadConstraints: [spread],
              terminationGracePeriodSeconds: 1,
              containers: [container],
            },
          },
        },
      },
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'proof', namespace: 'default' },
        spec: { selector: labels, ports: [{ port: 80, targetPort: 8080 }] },
      },
    ],
  }
}

/**
 * Runs a workload and asks each replica, through the API server, to call the Service by its DNS name until it has seen
 * both replicas: names, services and traffic between nodes work then. Answers a sentence that says what was seen.
 */
export async function proveCluster(kubectl: Kubectl, image: string): Promise<string> {
  const apply = ['apply', '--server-side', '-f', '-']
  await run(argv(kubectl, apply), { input: JSON.stringify(workload(image)), deadlineMs: 60_000 })
  await run(argv(kubectl, ['rollout', 'status', 'deployment/proof', '--timeout=120s']), {
    deadlineMs: 130_000,
  })
  const { stdout } = await run(argv(kubectl, ['get', 'pods', '-l', 'app=proof', '-o', 'json']))
  const pods = (JSON.parse(stdout) as { items: { metadata: { name: string }; spec: { nodeName: string } }[] })
    .items
  const nodes = new Set(pods.map(({ spec }) => spec.nodeName))
  if (nodes.size !== REPLICAS)
    throw unavailable(
      'proof',
      `the replicas are on ${[...nodes].join(', ')}`,
      'Look at `kubectl get pods -o wide`.',
    )
  for (const { metadata, spec } of pods) await seesAll(kubectl, metadata.name, spec.nodeName)
  return `${REPLICAS} replicas on ${[...nodes].join(' and ')}, each reached by the name proof.default.svc from the other node`
}

async function seesAll(kubectl: Kubectl, pod: string, node: string): Promise<void> {
  const query = 'request=hostname&protocol=http&host=proof.default.svc&port=80&tries=20'
  const path = `/api/v1/namespaces/default/pods/${pod}:8080/proxy/dial?${query}`
  const until = Date.now() + 60_000
  let said = ''
  while (Date.now() < until) {
    const { stdout, stderr } = await start(argv(kubectl, ['get', '--raw', path]), { deadlineMs: 40_000 })
      .ended
    said = stdout || stderr
    const seen = new Set(readResponses(stdout))
    if (seen.size >= REPLICAS) return
  }
  throw unavailable(
    'proof',
    `from ${node} the Service did not answer by name with both replicas: ${said.slice(0, 300)}`,
    'Look at the pods of kube-system and kube-flannel.',
  )
}

function readResponses(text: string): string[] {
  try {
    return (JSON.parse(text) as { responses?: string[] }).responses ?? []
  } catch {
    return []
  }
}

function argv({ program, kubeconfig }: Kubectl, words: string[]): string[] {
  return [program, '--kubeconfig', kubeconfig, ...words]
}
