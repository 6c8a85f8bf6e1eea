import { useQuery } from '@tanstack/react-query'
import { Button, Input, Pagination } from 'antd'
import { useState } from 'react'
import { credentialsQuery } from '../../../../../credential/queries.ts'
import { useWords } from '../../../../../words/words.ts'
import { type Row, type Sheet, writeCsv } from './sheet.ts'
import { words } from './words.ts'

/** So many rows of fields are drawn at once: every one is six inputs. */
const AT_ONCE = 20

/** The rows that were refused, with what is wrong beside each field, to be mended where they stand. */
export function MendRows({
  project,
  sheet: { fields, rows },
  onChange,
}: {
  project: string
  sheet: Sheet
  onChange: (rows: Row[]) => void
}) {
  const say = useWords(words)
  const { data } = useQuery(credentialsQuery(project))
  const [page, setPage] = useState(1)
  const last = Math.max(1, Math.ceil(rows.length / AT_ONCE))
  const first = (Math.min(page, last) - 1) * AT_ONCE
  const put = (row: Row, field: string, text: string) =>
    onChange(rows.map((one) => (one === row ? { ...row, cells: { ...row.cells, [field]: text } } : one)))
  return (
    <div className="stack">
      <datalist id="credential-names">
        {data?.credentials.map(({ id, name }) => (
          <option key={id} value={name} />
        ))}
      </datalist>
      <div className="table">
        <table className="grid mend">
          <thead>
            <tr>
              <th scope="col">{say('line')}</th>
              {fields.map((field) => (
                <th key={field} scope="col">
                  {field}
                </th>
              ))}
              <th scope="col">{say('drop')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(first, first + AT_ONCE).map((row) => (
              <tr key={row.line}>
                <td className="number">{row.line}</td>
                {fields.map((field) => (
                  <td key={field}>
                    <Cell row={row} field={field} onChange={(text) => put(row, field, text)} />
                  </td>
                ))}
                <td>
                  <Button
                    size="small"
                    aria-label={say('dropLine', { line: row.line })}
                    onClick={() => onChange(rows.filter((one) => one !== row))}
                  >
                    ✕
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="actions">
        {rows.length > AT_ONCE && (
          <Pagination
            size="small"
            current={Math.min(page, last)}
            pageSize={AT_ONCE}
            total={rows.length}
            showSizeChanger={false}
            onChange={setPage}
          />
        )}
        <Button
          href={`data:text/csv;charset=utf-8,${encodeURIComponent(writeCsv({ fields, rows }))}`}
          download="hosts-left.csv"
        >
          {say('keep')}
        </Button>
      </div>
    </div>
  )
}

function Cell({ row, field, onChange }: { row: Row; field: string; onChange: (text: string) => void }) {
  const say = useWords(words)
  const faults = row.faults.filter((fault) => fault.field === field)
  const told = `fault-${row.line}-${field}`
  return (
    <>
      <Input
        size="small"
        className="code"
        value={row.cells[field] ?? ''}
        status={faults.length > 0 ? 'error' : undefined}
        aria-label={say('cell', { field, line: row.line })}
        aria-invalid={faults.length > 0}
        aria-describedby={faults.length > 0 ? told : undefined}
        list={field === 'credential' ? 'credential-names' : undefined}
        spellCheck={false}
        onChange={({ target }) => onChange(target.value)}
      />
      {faults.length > 0 && (
        <div id={told} className="fault">
          {faults.map(({ message, hint }) => (
            <p key={message}>
              {message}. <span className="quiet">{hint}</span>
            </p>
          ))}
        </div>
      )}
    </>
  )
}
