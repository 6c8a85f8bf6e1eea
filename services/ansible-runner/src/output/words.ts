import type { Event } from '../playbook/event.ts'
import { readable, type Words } from './line.ts'

/** What a person reads of an event. `quiet` leaves out what was printed, but for what went wrong. */
export function wordsOf(event: Event, quiet: boolean): Words[] {
  switch (event.type) {
    case 'play':
      return quiet ? [] : [printed(event.name)]
    case 'task':
      return [{ host: '', task: readable(event.name), kind: 'task', text: readable(event.name) }]
    case 'host':
      return hostWords(event, quiet)
    case 'line':
      return quiet ? [] : [printed(event.text, event.host, event.task)]
    case 'lines':
      return event.lines.map((text) => printed(text))
    case 'fail':
      return [{ host: '', task: '', kind: 'failed', text: readable(event.message) }]
    case 'stats':
    case 'end':
      return []
  }
}

function hostWords(event: Extract<Event, { type: 'host' }>, quiet: boolean): Words[] {
  const { host, state, message = '', lines } = event
  const task = readable(event.task)
  const kind = state === 'ignored' ? 'ok' : state
  const say = (text: string): Words => ({ host, task, kind, text: readable(text) })
  const told = message.trimEnd().split('\n')
  const first =
    state === 'failed' || state === 'unreachable'
      ? told.map(say)
      : [
          say(
            state === 'ignored'
              ? `failed, which does not matter here: ${told[0]}`
              : `${event.seconds.toFixed(1)} s`,
          ),
        ]
  return quiet && kind === 'ok' ? first : [...first, ...lines.map((text) => printed(text, host, task))]
}

function printed(text: string, host = '', task = ''): Words {
  return { host, task: readable(task), kind: 'line', text: readable(text) }
}
