import type { Problem } from '@slipway/errors'

const SHORTEST = 12
const HINT = `Use at least ${SHORTEST} characters; a few words with spaces are easy to keep in mind.`
/** What everybody tries first. Lists of leaked passwords hold little else that is this long. */
const USUAL = [
  'password',
  'passw0rd',
  'p@ssw0rd',
  'slipway',
  'kubernetes',
  'administrator',
  'admin',
  'welcome',
  'letmein',
  'changeme',
  'qwerty',
  'qwertyuiop',
  'asdfghjkl',
  '1q2w3e4r5t',
  'iloveyou',
  'zhangsan',
  'woaini',
  '1234567890',
  'abc123',
]

/**
 * What is wrong about a password, after NIST SP 800-63B: it is long, and not what would be guessed first. No rule asks for
 * certain kinds of characters, and none lets it expire.
 */
export function passwordProblems(password: string, name: string, field = 'password'): Problem[] {
  const told = (message: string): Problem[] => [{ field, message, hint: HINT }]
  const text = password.normalize('NFKC')
  if ([...text].length < SHORTEST) return told(`is shorter than ${SHORTEST} characters`)
  const left = text.toLowerCase()
  if (name.length > 2 && isMostly(left, [name.toLowerCase()])) return told('is little more than the name')
  if (isMostly(left, USUAL)) return told('is one of those that are tried first')
  if (new Set(text).size < 5 || isRow(left)) return told('repeats few characters')
  return []
}

/** Whether fewer than six characters are left when these words, digits and signs are taken out. */
function isMostly(text: string, words: readonly string[]): boolean {
  const found = words.filter((word) => text.includes(word)).sort((one, other) => other.length - one.length)
  if (found.length === 0) return false
  const rest = found.reduce((left, word) => left.replaceAll(word, ''), text)
  return rest.replaceAll(/[^\p{Letter}]/gu, '').length < 6
}

/** 123456789012, abcdefghijkl */
function isRow(text: string): boolean {
  const steps = [...text].slice(1).map((one, at) => one.charCodeAt(0) - text.charCodeAt(at))
  const rising = steps.filter((step) => step === 1 || step === -1 || step === 0 || step === -9 || step === 9)
  return rising.length > steps.length * 0.8
}
