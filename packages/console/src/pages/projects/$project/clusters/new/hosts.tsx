import { useQuery } from '@tanstack/react-query'
import { Button, Input, Select } from 'antd'
import { useEffect } from 'react'
import { FreeHosts } from '../../../../../host/free-hosts.tsx'
import { hostQuery } from '../../../../../host/queries.ts'
import { Section } from '../../../../../ui/page.tsx'
import { versionsQuery } from '../../../../../version/queries.ts'
import { useWords } from '../../../../../words/words.ts'
import { nodesOf, withValue } from './draft.ts'
import { Faults, Labelled } from './field.tsx'
import { touch, useField, useWizard } from './wizard.tsx'
import { words } from './words.ts'

/** What the cluster is called, which version it runs, and which host does what in it. */
export default function Hosts() {
  const say = useWords(words)
  const { project, draft, keep } = useWizard()
  const nodes = nodesOf(draft)
  const { faults } = useField('spec.nodes')
  const take = (host: string) =>
    keep((was) => {
      const taken = nodesOf(was)
      const role = taken.some((node) => node.role === 'control-plane') ? 'worker' : 'control-plane'
      return touch(withValue(was, 'spec.nodes', [...taken, { host, role }]), 'spec.nodes')
    })
  return (
    <>
      <div className="field-grid">
        <Name />
        <Version />
      </div>
      <Section title={say('nodes')}>
        <p className="quiet">{say('nodesWhy')}</p>
        <Faults of={faults} />
        {nodes.length === 0 ? (
          <p className="node-none quiet">{say('noNodes')}</p>
        ) : (
          <ul className="rows">
            {nodes.map(({ host }, index) => (
              <NodeRow key={host} index={index} host={host} />
            ))}
          </ul>
        )}
      </Section>
      <Section title={say('free')}>
        <FreeHosts project={project} taken={nodes.map(({ host }) => host)} onTake={take} />
      </Section>
    </>
  )
}

function Name() {
  const say = useWords(words)
  const { value, change, faults } = useField('name')
  return (
    <Labelled label={say('name')} why={say('nameWhy')} faults={faults}>
      {(props) => (
        <Input
          {...props}
          autoComplete="off"
          status={faults.length > 0 ? 'error' : undefined}
          value={String(value ?? '')}
          onChange={({ target }) => change(target.value)}
        />
      )}
    </Labelled>
  )
}

/** The newest version at hand unless another is chosen. */
function Version() {
  const say = useWords(words)
  const { keep } = useWizard()
  const { data } = useQuery(versionsQuery)
  const { value, change, faults } = useField('spec.kubernetesVersion')
  const usable = data?.versions
    .filter(({ enabled, available }) => enabled && available)
    .map(({ name }) => name)
  const newest = usable?.at(-1)
  const isChosen = value !== undefined
  useEffect(() => {
    if (newest && !isChosen) keep((was) => ({ ...was, spec: { kubernetesVersion: newest, ...was.spec } }))
  })
  return (
    <Labelled
      label={say('version')}
      why={usable?.length === 0 ? say('noVersion') : say('versionWhy')}
      faults={faults}
    >
      {(props) => (
        <Select
          {...props}
          className="wide"
          status={faults.length > 0 ? 'error' : undefined}
          value={isChosen ? String(value) : null}
          options={(usable ?? []).toReversed().map((name) => ({ value: name, label: name }))}
          onChange={change}
        />
      )}
    </Labelled>
  )
}

function NodeRow({ index, host }: { index: number; host: string }) {
  const say = useWords(words)
  const { project, keep } = useWizard()
  const { data } = useQuery({ ...hostQuery(project, host), retry: false })
  const at = `spec.nodes[${index}]`
  const role = useField(`${at}.role`)
  const name = useField(`${at}.name`)
  const ofHost = useField(`${at}.host`)
  const ofLabels = useField(`${at}.labels`)
  const ofTaints = useField(`${at}.taints`)
  const faults = [...ofHost.faults, ...ofLabels.faults, ...ofTaints.faults]
  const called = data?.name ?? host
  const leaveOut = () =>
    keep((was) =>
      withValue(
        was,
        'spec.nodes',
        nodesOf(was).filter((_, other) => other !== index),
      ),
    )
  return (
    <li className="node-row">
      <div className="node-host">
        <strong>{called}</strong>
        <div className="quiet code">{data?.address}</div>
        <Faults of={faults} />
      </div>
      <Labelled label={say('role')} faults={role.faults}>
        {(props) => (
          <Select
            {...props}
            className="wide"
            value={String(role.value ?? '')}
            options={[
              { value: 'control-plane', label: say('controlPlane') },
              { value: 'worker', label: say('worker') },
            ]}
            onChange={role.change}
          />
        )}
      </Labelled>
      <Labelled label={say('nodeName')} faults={name.faults}>
        {(props) => (
          <Input
            {...props}
            autoComplete="off"
            status={name.faults.length > 0 ? 'error' : undefined}
            placeholder={data?.name ?? say('usualName')}
            value={String(name.value ?? '')}
            onChange={({ target }) => name.change(target.value === '' ? undefined : target.value)}
          />
        )}
      </Labelled>
      <Button className="node-remove" aria-label={say('remove', { name: called })} onClick={leaveOut}>
        ✕
      </Button>
    </li>
  )
}
