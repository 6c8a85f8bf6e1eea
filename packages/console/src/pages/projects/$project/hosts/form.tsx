import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Form, Input, InputNumber, Modal, Select } from 'antd'
import { useEffect, useState } from 'react'
import { api, told } from '../../../../api/client.ts'
import { credentialsQuery } from '../../../../credential/queries.ts'
import { type Host, useHostsChanged } from '../../../../host/queries.ts'
import { besideFields } from '../../../../problem/beside-fields.ts'
import { type Fault, Problem } from '../../../../problem/problem.ts'
import { ProblemCard } from '../../../../problem/problem-card.tsx'
import { useWords } from '../../../../words/words.ts'
import { words } from './form-words.ts'

type Typed = Pick<Host, 'name' | 'address' | 'port' | 'credential' | 'tags'>
const FIELDS = ['name', 'address', 'port', 'credential', 'tags'] as const
const SSH_PORT = 22

/** Adds a host, or changes one that is there. */
export default function HostForm({
  project,
  host,
  onClose,
}: {
  project: string
  host?: Host
  onClose: () => void
}) {
  const say = useWords(words)
  const [form] = Form.useForm<Typed>()
  const [rest, setRest] = useState<Fault[]>([])
  const changed = useHostsChanged(project)
  const { data, error } = useQuery(credentialsQuery(project))
  const only = data?.credentials.length === 1 ? data.credentials[0]?.id : undefined
  useEffect(() => {
    if (only && !form.getFieldValue('credential')) form.setFieldValue('credential', only)
  }, [only, form])
  const keep = useMutation({
    mutationFn: (typed: Typed) => (host ? change(host, typed) : create(project, typed)),
    onSuccess: async () => {
      await changed()
      onClose()
    },
    onError: (thrown) => setRest(besideFields(form, Problem.of(thrown), FIELDS)),
  })
  const isOnCard = keep.error && (rest.length > 0 || Problem.of(keep.error).faults.length === 0)
  return (
    <Modal
      open
      title={host ? say('changeTitle', { name: host.name }) : say('title')}
      onCancel={onClose}
      okText={say(host ? 'change' : 'add')}
      cancelText={say('cancel')}
      okButtonProps={{ loading: keep.isPending }}
      onOk={() => form.submit()}
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={host ?? { port: SSH_PORT, tags: [] }}
        onFinish={(typed) => keep.mutate(typed)}
      >
        <Form.Item name="name" label={say('name')} extra={say('nameWhy')}>
          <Input autoFocus autoComplete="off" spellCheck={false} />
        </Form.Item>
        <div className="beside">
          <Form.Item name="address" label={say('address')} extra={say('addressWhy')}>
            <Input autoComplete="off" inputMode="decimal" />
          </Form.Item>
          <Form.Item name="port" label={say('port')}>
            <InputNumber controls={false} />
          </Form.Item>
        </div>
        <Form.Item
          name="credential"
          label={say('credential')}
          extra={
            data?.credentials.length === 0 ? (
              <>
                {say('noCredential')}{' '}
                <Link to="/projects/$project/credentials" params={{ project }}>
                  {say('toCredentials')}
                </Link>
              </>
            ) : (
              say('credentialWhy')
            )
          }
        >
          <Select
            loading={!data && !error}
            showSearch={{ optionFilterProp: 'label' }}
            options={data?.credentials.map(({ id, name, user }) => ({
              value: id,
              label: `${name} (${user})`,
            }))}
          />
        </Form.Item>
        <Form.Item name="tags" label={say('tags')} extra={say('tagsWhy')}>
          <Select mode="tags" tokenSeparators={[',', ';']} open={false} suffixIcon={null} />
        </Form.Item>
        {error && <ProblemCard of={error} />}
        {isOnCard && <ProblemCard of={keep.error} faults={rest} />}
      </Form>
    </Modal>
  )
}

function create(project: string, typed: Typed) {
  const body = {
    ...typed,
    name: typed.name ?? '',
    address: typed.address ?? '',
    credential: typed.credential ?? '',
  }
  return told(api.POST('/api/v1/projects/{project}/hosts', { params: { path: { project } }, body }))
}

/** Only what was changed is asked for: a host in a cluster refuses some of it. */
function change({ project, id, version, ...was }: Host, typed: Typed) {
  const { name, address, port, credential, tags } = typed
  const body = {
    ...(name === was.name ? {} : { name }),
    ...(address === was.address ? {} : { address }),
    ...(port === was.port ? {} : { port }),
    ...(credential === was.credential ? {} : { credential }),
    ...(tags.join('\n') === was.tags.join('\n') ? {} : { tags: { values: tags } }),
    version,
  }
  return told(api.PATCH('/api/v1/projects/{project}/hosts/{id}', { params: { path: { project, id } }, body }))
}
