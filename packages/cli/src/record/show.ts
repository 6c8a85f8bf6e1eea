import { once } from 'node:events'
import { type Line, openRecord, type Part, type Signature } from '@slipway/record'
import { accountText } from './account.ts'
import { emptyAccount, noteInto } from './gathered.ts'
import { plain } from './plain.ts'
import { type Keys, type Trust, trustOf } from './trust.ts'

/** What of a record is to be shown. */
export type Wanted = { output?: boolean; step?: string; host?: string; search?: string; json?: boolean }

/** Verifies a record and prints it: what became of the operation, and its output when that is asked for. */
export async function showRecord(file: string, keys: Keys, wanted: Wanted): Promise<void> {
  const { signature, parts } = await openRecord(file)
  const trust = await trustOf(signature, keys)
  if (wanted.json) return showJson(parts(), { signature, trust }, wanted)
  const account = emptyAccount()
  let told = false
  const tell = async () => {
    if (!told) await print(accountText(account, { signature, trust, step: wanted.step }))
    told = true
  }
  let run = ''
  for await (const part of parts()) {
    noteInto(account, part)
    if (!('line' in part)) continue
    if (!wantsOutput(wanted)) break
    await tell()
    if (!isWanted(part.line, wanted)) continue
    if (part.line.run !== run) await print(`\n── ${stepAndAttempt(part.line.run)}\n`)
    run = part.line.run
    await print(lineText(part.line))
  }
  await tell()
}

async function showJson(
  parts: AsyncIterable<Part>,
  { signature, trust }: { signature: Signature; trust: Trust },
  wanted: Wanted,
): Promise<void> {
  await print(`${JSON.stringify({ signature: { ...signature, ...trust } })}\n`)
  for await (const part of parts) {
    if ('line' in part && !wantsOutput(wanted)) return
    if (!('line' in part) || isWanted(part.line, wanted)) await print(`${JSON.stringify(part)}\n`)
  }
}

function wantsOutput({ output, host, search }: Wanted): boolean {
  return Boolean(output || host || search)
}

function isWanted({ run, host, text }: Line, wanted: Wanted): boolean {
  if (wanted.step && run.split('.')[1] !== wanted.step) return false
  if (wanted.host && host !== wanted.host) return false
  return !wanted.search || text.toLowerCase().includes(wanted.search.toLowerCase())
}

/** Runs are named <operation>.<step>.<attempt>. */
function stepAndAttempt(run: string): string {
  const [, step = run, attempt = ''] = run.split('.')
  return plain(`${step}, attempt ${attempt}`)
}

function lineText({ at, host, kind, text }: Line): string {
  const who = host ? `${host}: ` : ''
  const what = kind === 'task' ? `TASK ${text}` : kind === 'line' ? text : `${kind} ${text}`
  return `${at.slice(11, 23).padEnd(12)}  ${plain(`${who}${what}`)}\n`
}

async function print(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain')
}
