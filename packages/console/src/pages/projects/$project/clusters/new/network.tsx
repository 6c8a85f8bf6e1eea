import { NetworkDrawing } from '../../../../../cluster/network-drawing.tsx'
import { Section } from '../../../../../ui/page.tsx'
import { useWords } from '../../../../../words/words.ts'
import { nodesOf } from './draft.ts'
import { Field } from './field.tsx'
import { networkFields } from './fields.ts'
import { useField, useWizard } from './wizard.tsx'
import { words } from './words.ts'

/** Networks of the cluster, drawn beside those of its hosts. */
export default function Network() {
  const say = useWords(words)
  const { project, draft } = useWizard()
  const [pods, services, mask, most] = [
    useField('spec.network.podCidr'),
    useField('spec.network.serviceCidr'),
    useField('spec.network.nodeMask'),
    useField('spec.kubelet.maxPods'),
  ].map(({ value, rule }) => value ?? rule.default ?? '')
  return (
    <>
      <div className="field-grid">
        {networkFields.map(([path, kind]) => (
          <Field key={path} path={path} kind={kind} />
        ))}
      </div>
      <Section title={say('drawing')}>
        <div className="panel">
          <NetworkDrawing
            project={project}
            hosts={nodesOf(draft).map(({ host }) => host)}
            network={{
              podCidr: String(pods),
              serviceCidr: String(services),
              nodeMask: Number(mask),
              maxPods: Number(most),
            }}
          />
        </div>
      </Section>
    </>
  )
}
