import type { Login } from '../run/order.ts'
import type { Event } from './event.ts'

/** Takes the secrets of a run out of what is heard of it. */
export type Concealer = {
  /** Another secret, from now on. */
  learn: (secret: string) => void
  text: (text: string) => string
  event: (event: Event) => Event
}

/** What stands where a secret was. */
export const CONCEALED = '[secret]'

/** A shorter text would be found in ordinary words, and hiding those would tell it. */
const SHORTEST = 6
/** Parts of a secret are secrets themselves: half of a join token, a line of a private key, data in a kubeconfig. */
const LONG_PART = /[A-Za-z0-9+/=_-]{40,}|(?<=\.)[A-Za-z0-9_-]{16,}/g

/**
 * Makes one that knows such secrets. Playbooks show none of them, but a tool that fails may print what it was given; whatever
 * is stored, followed and exported later has passed here. Results and exports pass as they are: they are data, and never shown.
 */
export function concealer(secrets: Iterable<string>): Concealer {
  let known: string[] = []
  const learn = (secret: string) => {
    const forms = [
      secret,
      JSON.stringify(secret).slice(1, -1),
      base64(secret),
      ...(secret.match(LONG_PART) ?? []),
    ]
    const fresh = forms.map((form) => form.trim()).filter((form) => form.length >= SHORTEST)
    // The longest first: what is left of it otherwise would be half a secret.
    known = [...new Set([...known, ...fresh])].sort((one, other) => other.length - one.length)
  }
  const text = (said: string) =>
    known.reduce((rest, form) => (rest.includes(form) ? rest.replaceAll(form, CONCEALED) : rest), said)
  for (const secret of secrets) learn(secret)
  return { learn, text, event: (event) => concealed(event, text) }
}

function base64(secret: string): string {
  return Buffer.from(secret).toString('base64')
}

function concealed(event: Event, text: (said: string) => string): Event {
  switch (event.type) {
    case 'play':
    case 'task':
      return { ...event, name: text(event.name) }
    case 'host': {
      const { message } = event
      const told = { ...event, task: text(event.task), lines: event.lines.map(text) }
      return message === undefined ? told : { ...told, message: text(message) }
    }
    case 'line':
      return { ...event, text: text(event.text) }
    case 'lines':
      return { ...event, lines: event.lines.map(text) }
    case 'fail':
      return { ...event, message: text(event.message) }
    case 'stats':
    case 'end':
      return event
  }
}

/** The secrets of a login that was opened. */
export function secretsOf({ password, privateKey, passphrase, sudoPassword }: Login): string[] {
  return [password, privateKey, passphrase, sudoPassword]
}
