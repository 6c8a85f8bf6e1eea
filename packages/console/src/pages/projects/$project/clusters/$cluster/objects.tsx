import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { Drawer, Select } from 'antd'
import { clusterQuery } from '../../../../../cluster/queries.ts'
import { keyOf, kindOf } from '../../../../../object/kinds.ts'
import { kindsQuery, type Place } from '../../../../../object/queries.ts'
import type { ObjectsSearch } from '../../../../../object/search.ts'
import { ProblemCard } from '../../../../../problem/problem-card.tsx'
import { Finder } from '../../../../../ui/finder.tsx'
import { Page } from '../../../../../ui/page.tsx'
import { Waiting } from '../../../../../ui/waiting.tsx'
import { useWords } from '../../../../../words/words.ts'
import { NamespaceFilter } from './objects/namespace-filter.tsx'
import './objects/objects.css'
import { OpenObject } from './objects/open-object.tsx'
import { ObjectTable } from './objects/table.tsx'
import { words } from './objects/words.ts'

const PODS = 'v1/pods'
const route = '/shell/projects/$project/clusters/$cluster/objects'
const address = '/projects/$project/clusters/$cluster/objects'

/** Everything inside a cluster, as its API server shows it to the person who looks. */
export default function Objects() {
  const say = useWords(words)
  const { project, cluster: id } = useParams({ from: route })
  const { data: cluster, error } = useQuery(clusterQuery(project, id))
  if (error && !cluster) return <ProblemCard of={error} />
  if (!cluster) return <Waiting what={say('waiting')} />
  const back = (
    <Link to="/projects/$project/clusters/$cluster" params={{ project, cluster: id }}>
      {say('back')}
    </Link>
  )
  return (
    <Page title={say('title', { cluster: cluster.name })} aside={say('aside')} actions={back}>
      {cluster.state === 'running' ? (
        <Inside place={{ project, cluster: id }} />
      ) : (
        <p className="quiet">{say('notRunning')}</p>
      )}
    </Page>
  )
}

function Inside({ place }: { place: Place }) {
  const say = useWords(words)
  const { kind = PODS, namespace = '', find = '', object, ...shown } = useSearch({ from: route })
  const navigate = useNavigate({ from: address })
  const go = (search: ObjectsSearch) => void navigate({ search })
  const { data: groups, error, refetch } = useQuery(kindsQuery(place))
  const known = groups?.flatMap(({ kinds }) => kinds).find((one) => keyOf(one) === kind)
  const within = known?.namespaced === false ? '' : namespace
  const here = {
    ...(kind === PODS ? {} : { kind }),
    ...(namespace ? { namespace } : {}),
    ...(find ? { find } : {}),
  }
  return (
    <>
      <div className="filters">
        <Select
          aria-label={say('kind')}
          className="kind-filter"
          value={kind}
          loading={!groups && !error}
          showSearch={{ optionFilterProp: 'title' }}
          popupMatchSelectWidth={false}
          options={groups?.map(({ name, kinds }) => ({
            label: say(name),
            title: name,
            options: kinds.map((one) => ({
              value: keyOf(one),
              title: [one.name, one.resource, one.apiVersion, ...one.shortNames].join(' '),
              label: name === 'others' ? `${one.name} (${one.apiVersion})` : one.name,
            })),
          }))}
          onChange={(chosen) =>
            go({ ...(chosen === PODS ? {} : { kind: chosen }), ...(namespace ? { namespace } : {}) })
          }
        />
        {known?.namespaced !== false && (
          <NamespaceFilter
            place={place}
            value={namespace}
            onChoose={(chosen) => {
              const { namespace: _, ...rest } = here
              go({ ...rest, ...(chosen ? { namespace: chosen } : {}) })
            }}
          />
        )}
        <Finder
          label={say('find')}
          value={find}
          onFind={(text) => {
            const { find: _, ...rest } = here
            go({ ...rest, ...(text ? { find: text } : {}) })
          }}
        />
      </div>
      {error && <ProblemCard of={error} onAgain={() => void refetch()} />}
      <ObjectTable
        key={kind}
        place={place}
        wanted={{ ...kindOf(kind), namespace: within }}
        find={find}
        onOpen={(row) => go({ ...here, object: `${row.namespace}/${row.name}` })}
      />
      <Drawer
        open={object !== undefined}
        onClose={() => go(here)}
        size={980}
        destroyOnHidden
        title={object?.replace(/^\//, '')}
        rootClassName="action"
        closable={{ 'aria-label': say('close') }}
      >
        {object && (
          <OpenObject
            place={place}
            kind={kind}
            object={object}
            shown={shown}
            onShow={(next) => go({ ...here, object, ...next })}
          />
        )}
      </Drawer>
    </>
  )
}
