import { Input, InputNumber, Select, Switch } from 'antd'
import { type ReactNode, useId } from 'react'
import type { Fault } from '../../../../../problem/problem.ts'
import { readLines, readPairs } from '../../../../../ui/lines.ts'
import { defineWords, useWords } from '../../../../../words/words.ts'
import { fieldWords } from './field-words.ts'
import type { FieldPath, Kind } from './fields.ts'
import { useField } from './wizard.tsx'

const words = defineWords('new-cluster-field', {
  en: { usual: 'Usual: {{value}}', asUsual: 'as usual', on: 'on', off: 'off' },
  'zh-CN': { usual: '默认：{{value}}', asUsual: '默认', on: '开', off: '关' },
  'zh-TW': { usual: '預設：{{value}}', asUsual: '預設', on: '開', off: '關' },
})

/** A field with its reason, its default as the API tells it, and what is wrong with it. Left empty it is as usual. */
export function Field({ path, kind }: { path: FieldPath; kind: Kind }) {
  const say = useWords(words)
  const sayField = useWords(fieldWords)
  const { value, change, faults, rule } = useField(path)
  const usual = typeof rule.default === 'boolean' ? say(rule.default ? 'on' : 'off') : rule.default
  const aside = usual === undefined ? undefined : say('usual', { value: String(usual) })
  return (
    <Labelled label={sayField(path)} why={sayField(`${path}?`)} aside={aside} faults={faults}>
      {(props) => {
        const placeholder = String(usual ?? '')
        const status = faults.length > 0 ? ('error' as const) : undefined
        if (kind === 'switch')
          return (
            <Switch
              {...props}
              checked={(value ?? rule.default ?? false) === true}
              onChange={(on) => change(on)}
            />
          )
        if (kind === 'number')
          return (
            <InputNumber
              {...props}
              className="wide"
              status={status}
              placeholder={placeholder}
              value={value === undefined ? null : (value as number)}
              onChange={(typed) => change(typed ?? undefined)}
            />
          )
        if (kind === 'choice')
          return (
            <Select
              {...props}
              className="wide"
              status={status}
              allowClear
              placeholder={placeholder || say('asUsual')}
              value={value === undefined ? null : String(value)}
              options={(rule.enum ?? []).filter(Boolean).map((one) => ({ value: one, label: one }))}
              onChange={(chosen) => change(chosen ?? undefined)}
            />
          )
        if (kind === 'list' || kind === 'pairs')
          return (
            <Input.TextArea
              {...props}
              key={kind}
              className="code"
              status={status}
              autoSize={{ minRows: 2, maxRows: 8 }}
              defaultValue={kind === 'list' ? linesOf(value) : pairsOf(value)}
              onChange={({ target }) => change(read(kind, target.value))}
            />
          )
        return (
          <Input
            {...props}
            status={status}
            placeholder={placeholder}
            value={value === undefined ? '' : String(value)}
            onChange={({ target }) => change(target.value === '' ? undefined : target.value)}
          />
        )
      }}
    </Labelled>
  )
}

/** A label, a control and what is said about it, tied together for those who hear the page. */
export function Labelled({
  label,
  why,
  aside,
  faults,
  children,
}: {
  label: string
  why?: string
  aside?: string | undefined
  faults: readonly Fault[]
  children: (props: { id: string; 'aria-describedby': string; 'aria-invalid': boolean }) => ReactNode
}) {
  const id = useId()
  return (
    <div className="field">
      <div className="field-head">
        <label htmlFor={id}>{label}</label>
        {aside && <span className="quiet">{aside}</span>}
      </div>
      {children({ id, 'aria-describedby': `${id}-about`, 'aria-invalid': faults.length > 0 })}
      <div id={`${id}-about`} className="field-about">
        <Faults of={faults} />
        {why && <span className="quiet">{why}</span>}
      </div>
    </div>
  )
}

/** What is wrong, each with the way out. */
export function Faults({ of }: { of: readonly Fault[] }) {
  if (of.length === 0) return null
  return (
    <div role="alert">
      <ul className="faults">
        {of.map(({ field, message, hint }) => (
          <li key={`${field} ${message}`}>
            {message}. {hint}
          </li>
        ))}
      </ul>
    </div>
  )
}

/** Nothing typed is nothing said: it is as usual. */
function read(kind: 'list' | 'pairs', text: string): unknown {
  if (text.trim() === '') return undefined
  return kind === 'list' ? readLines(text) : readPairs(text)
}

function linesOf(value: unknown): string {
  return Array.isArray(value) ? value.join('\n') : ''
}

function pairsOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return ''
  return Object.entries(value)
    .map(([key, one]) => `${key}=${one}`)
    .join('\n')
}
