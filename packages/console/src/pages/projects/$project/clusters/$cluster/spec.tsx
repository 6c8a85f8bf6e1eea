import { useNavigate, useSearch } from '@tanstack/react-router'
import { Button, Select } from 'antd'
import { useId } from 'react'
import type { Cluster } from '../../../../../cluster/queries.ts'
import { toYaml } from '../../../../../cluster/spec-yaml.ts'
import { download } from '../../../../../ui/download.ts'
import { Section } from '../../../../../ui/page.tsx'
import { useWords } from '../../../../../words/words.ts'
import { SpecDifference, SpecOfVersion } from './spec-difference.tsx'
import { SpecHistory } from './spec-history.tsx'
import { words } from './spec-words.ts'

type Props = { project: string; cluster: Cluster }

/** The spec of now or of another version as YAML, or what differs between two, and below it every version. */
export default function Spec({ project, cluster }: Props) {
  const say = useWords(words)
  const { from, to } = useSearch({ from: '/shell/projects/$project/clusters/$cluster' })
  const about = { project, cluster }
  return (
    <div className="stack">
      <p className="quiet">{say('why')}</p>
      {to === undefined && <SpecText name={cluster.name} spec={cluster.spec} />}
      {to !== undefined && from === undefined && (
        <SpecOfVersion {...about} number={to}>
          {(spec) => <SpecText name={cluster.name} spec={spec} />}
        </SpecOfVersion>
      )}
      {to !== undefined && from !== undefined && <SpecDifference {...about} from={from} to={to} />}
      <Section title={say('history')}>
        <SpecHistory {...about}>{(newest) => <Choice newest={newest} />}</SpecHistory>
      </Section>
    </div>
  )
}

function SpecText({ name, spec }: Pick<Cluster, 'name' | 'spec'>) {
  const say = useWords(words)
  const text = toYaml({ name, spec })
  return (
    <>
      <div>
        <Button onClick={() => download(`${name}.yaml`, text)}>{say('download')}</Button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <section className="panel code spec" aria-label={say('spec')} tabIndex={0}>
        {text}
      </section>
    </>
  )
}

/** Which version is shown, and what it is compared with: their numbers are all there from 1 to the newest. */
function Choice({ newest }: { newest: number }) {
  const say = useWords(words)
  const id = useId()
  const { from, to } = useSearch({ from: '/shell/projects/$project/clusters/$cluster' })
  const navigate = useNavigate({ from: '/projects/$project/clusters/$cluster' })
  const go = (change: { from?: number | undefined; to?: number | undefined }) =>
    void navigate({ search: (was) => ({ ...was, ...change }), resetScroll: false })
  const versions = Array.from({ length: newest }, (_, at) => newest - at).map((value) => ({
    value,
    label: say('version', { number: value }),
  }))
  return (
    <div className="filters">
      <label htmlFor={`${id}-to`} className="chosen">
        {say('to')}
      </label>
      <Select
        id={`${id}-to`}
        className="filter"
        value={to ?? newest}
        options={versions}
        onChange={(value) => go({ to: value })}
      />
      <label htmlFor={`${id}-from`} className="chosen">
        {say('from')}
      </label>
      <Select
        id={`${id}-from`}
        className="filter"
        value={from ?? 0}
        options={[{ value: 0, label: say('nothing') }, ...versions]}
        onChange={(value) => go({ from: value || undefined, to: to ?? newest })}
      />
      {to !== undefined && (
        <Button type="link" onClick={() => go({ from: undefined, to: undefined })}>
          {say('back')}
        </Button>
      )}
    </div>
  )
}
