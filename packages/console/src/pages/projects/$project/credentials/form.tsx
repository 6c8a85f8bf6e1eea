import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, InputNumber, Modal, Segmented, Select } from 'antd'
import { useState } from 'react'
import { api, told } from '../../../../api/client.ts'
import { credentialsQuery } from '../../../../credential/queries.ts'
import { besideFields } from '../../../../problem/beside-fields.ts'
import { type Fault, Problem } from '../../../../problem/problem.ts'
import { ProblemCard } from '../../../../problem/problem-card.tsx'
import { chooseFile } from '../../../../ui/choose-file.ts'
import { useWords } from '../../../../words/words.ts'
import { words } from './words.ts'

type Kind = 'password' | 'private-key'
type Typed = {
  name: string
  user: string
  password?: string
  privateKey?: string
  passphrase?: string
  sudoPassword?: string
  jumpHost?: { address: string; port: number; credential: string }
}
const FIELDS = ['name', 'user', 'password', 'privateKey', 'passphrase', 'sudoPassword'] as const
const JUMP = ['address', 'port', 'credential'].map((field) => ['jumpHost', field])
const SSH_PORT = 22

/** Makes a credential. What is secret goes to the API, and is forgotten here when the form closes. */
export default function CredentialForm({ project, onClose }: { project: string; onClose: () => void }) {
  const say = useWords(words)
  const queries = useQueryClient()
  const [form] = Form.useForm<Typed>()
  const [kind, setKind] = useState<Kind>('private-key')
  const [isJumped, setJumped] = useState(false)
  const [rest, setRest] = useState<Fault[]>([])
  const create = useMutation({
    mutationFn: ({ name = '', user = '', ...typed }: Typed) =>
      told(
        api.POST('/api/v1/projects/{project}/credentials', {
          params: { path: { project } },
          body: { ...typed, name, user, kind },
        }),
      ),
    // What was sent holds secrets, and is not kept for a second longer than it is needed.
    gcTime: 0,
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: credentialsQuery(project).queryKey })
      onClose()
    },
    onError: (thrown) => setRest(besideFields(form, Problem.of(thrown), [...FIELDS, ...JUMP])),
  })
  const isOnCard = create.error && (rest.length > 0 || Problem.of(create.error).faults.length === 0)
  return (
    <Modal
      open
      width={600}
      title={say('create')}
      onCancel={onClose}
      mask={{ closable: false }}
      okText={say('save')}
      cancelText={say('cancel')}
      okButtonProps={{ loading: create.isPending }}
      onOk={() => form.submit()}
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        autoComplete="off"
        onFinish={(typed) => create.mutate(typed)}
      >
        <Form.Item name="name" label={say('name')} extra={say('nameWhy')}>
          <Input autoFocus spellCheck={false} />
        </Form.Item>
        <Form.Item name="user" label={say('user')} extra={say('userWhy')}>
          <Input autoComplete="off" spellCheck={false} />
        </Form.Item>
        <Form.Item label={say('kind')}>
          <Segmented<Kind>
            aria-label={say('kind')}
            value={kind}
            options={(['private-key', 'password'] as const).map((value) => ({ value, label: say(value) }))}
            onChange={setKind}
          />
        </Form.Item>
        {kind === 'password' ? (
          <Secret name="password" label={say('password')} />
        ) : (
          <>
            <PrivateKey onRead={(text) => form.setFieldValue('privateKey', text)} />
            <Secret name="passphrase" label={say('passphrase')} why={say('passphraseWhy')} />
          </>
        )}
        <Secret name="sudoPassword" label={say('sudoPassword')} why={say('sudoWhy')} />
        <Form.Item label={say('jump')}>
          <Segmented
            aria-label={say('jump')}
            value={isJumped}
            options={[
              { value: false, label: say('jumpOff') },
              { value: true, label: say('jumpOn') },
            ]}
            onChange={setJumped}
          />
        </Form.Item>
        {isJumped && <JumpHost project={project} />}
        {isOnCard && <ProblemCard of={create.error} faults={rest} />}
      </Form>
    </Modal>
  )
}

function Secret({ name, label, why }: { name: keyof Typed; label: string; why?: string }) {
  return (
    <Form.Item name={name} label={label} extra={why}>
      <Input.Password autoComplete="new-password" />
    </Form.Item>
  )
}

function PrivateKey({ onRead }: { onRead: (text: string) => void }) {
  const say = useWords(words)
  return (
    <>
      <Form.Item name="privateKey" label={say('private-key')} extra={say('keyWhy')}>
        <Input.TextArea className="code" rows={5} autoComplete="off" spellCheck={false} />
      </Form.Item>
      <Form.Item>
        <Button size="small" onClick={() => chooseFile((file) => void file.text().then(onRead))}>
          {say('keyFile')}
        </Button>
      </Form.Item>
    </>
  )
}

function JumpHost({ project }: { project: string }) {
  const say = useWords(words)
  const { data } = useQuery(credentialsQuery(project))
  const direct = data?.credentials.filter(({ jumpHost }) => !jumpHost) ?? []
  return (
    <>
      <Form.Item name={['jumpHost', 'address']} label={say('jumpAddress')} initialValue="">
        <Input inputMode="decimal" />
      </Form.Item>
      <Form.Item name={['jumpHost', 'port']} label={say('jumpPort')} initialValue={SSH_PORT}>
        <InputNumber controls={false} />
      </Form.Item>
      <Form.Item
        name={['jumpHost', 'credential']}
        label={say('jumpCredential')}
        extra={say('jumpCredentialWhy')}
        initialValue=""
      >
        <Select options={direct.map(({ id, name, user }) => ({ value: id, label: `${name} (${user})` }))} />
      </Form.Item>
    </>
  )
}
