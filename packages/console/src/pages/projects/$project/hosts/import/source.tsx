import { useQuery } from '@tanstack/react-query'
import { Alert, Button, Form, Input, Select } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { credentialsQuery } from '../../../../../credential/queries.ts'
import { chooseFile } from '../../../../../ui/choose-file.ts'
import { useWords } from '../../../../../words/words.ts'
import { readFile, readText, type Sheet, withCredential } from './sheet.ts'
import { words } from './words.ts'

const EXAMPLE = 'web-1  192.0.2.21\nweb-2  192.0.2.22'
const SHOWN = 3

/** Where rows come from: pasted text or a file. */
export function Source({ project, onSheet }: { project: string; onSheet: (sheet: Sheet) => void }) {
  const say = useWords(words)
  const { data } = useQuery(credentialsQuery(project))
  const [text, setText] = useState('')
  const [sheet, setSheet] = useState<Sheet>()
  const [unread, setUnread] = useState<string>()
  const [credential, setCredential] = useState('')
  const tell = useRef(onSheet)
  tell.current = onSheet
  useEffect(() => {
    if (sheet) tell.current(credential ? withCredential(sheet, credential) : sheet)
  }, [sheet, credential])
  const take = async (chosen: File) => {
    setUnread(undefined)
    try {
      setSheet(await readFile(chosen))
      setText('')
    } catch (thrown) {
      setUnread(`${chosen.name}: ${thrown instanceof Error ? thrown.message : String(thrown)}`)
    }
  }
  return (
    <div className="stack">
      <p className="quiet">{say('intro')}</p>
      <div className="actions">
        <Button onClick={() => chooseFile((file) => void take(file), '.csv,.tsv,.txt,.xlsx')}>
          {say('file')}
        </Button>
        <Button
          href={`/api/v1/projects/${encodeURIComponent(project)}/hosts/import-template`}
          download="hosts.csv"
        >
          {say('template')}
        </Button>
      </div>
      {unread && <Alert type="error" showIcon role="alert" title={say('unread')} description={unread} />}
      <Form layout="vertical" component="div">
        <Form.Item label={say('text')} htmlFor="import-text" extra={say('textWhy')}>
          <Input.TextArea
            id="import-text"
            className="code"
            rows={8}
            placeholder={EXAMPLE}
            spellCheck={false}
            value={text}
            onChange={({ target }) => {
              setText(target.value)
              setSheet(readText(target.value))
            }}
          />
        </Form.Item>
        <Form.Item label={say('credential')} htmlFor="import-credential" extra={say('credentialWhy')}>
          <Select
            id="import-credential"
            value={credential}
            options={[
              { value: '', label: say('noCredential') },
              ...(data?.credentials ?? []).map(({ name, user }) => ({
                value: name,
                label: `${name} (${user})`,
              })),
            ]}
            onChange={setCredential}
          />
        </Form.Item>
      </Form>
      {sheet && sheet.rows.length > 0 && <Read of={sheet} />}
    </div>
  )
}

/** What was understood, before it is sent. */
function Read({ of: { fields, rows } }: { of: Sheet }) {
  const say = useWords(words)
  return (
    <div>
      <p role="status">{say('read', { count: rows.length })}</p>
      <div className="table">
        <table className="grid">
          <thead>
            <tr>
              {fields.map((field) => (
                <th key={field} scope="col">
                  {field}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, SHOWN).map(({ line, cells }) => (
              <tr key={line}>
                {fields.map((field) => (
                  <td key={field} className="code">
                    {cells[field]}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  )
}
