import { Worker } from 'node:worker_threads'

/** What is wrong with a private key. */
export type KeyProblem = { field: 'privateKey' | 'passphrase'; message: string; hint: string }

/** Asked of the worker, and answered by it: undefined when key and passphrase fit. */
export type KeyQuestion = { text: string; passphrase: string }

// ssh-keygen's default of 16 to 24 rounds takes 0.2 s here, a hundred 1 s.
const DEADLINE_MS = 8_000

/**
 * Looks whether ansible-runner will be able to load a private key: its form, its type and its passphrase.
 * In a thread of its own with a deadline, as whoever made the key chose how long its passphrase takes to check.
 */
export function privateKeyProblem(
  question: KeyQuestion,
  deadlineMs = DEADLINE_MS,
): Promise<KeyProblem | undefined> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./private-key-worker.ts', import.meta.url), {
      workerData: question satisfies KeyQuestion,
      resourceLimits: { maxOldGenerationSizeMb: 64 },
    })
    const deadline = setTimeout(() => {
      resolve({
        field: 'privateKey',
        message: `its passphrase could not be checked within ${deadlineMs / 1000} s`,
        hint: 'Protect it with fewer rounds: ssh-keygen -p -a 24 -f <key>.',
      })
      void worker.terminate()
    }, deadlineMs)
    worker.once('message', (problem: KeyProblem | undefined) => resolve(problem))
    worker.once('error', reject)
    worker.once('exit', () => {
      clearTimeout(deadline)
      reject(new Error('the thread that reads private keys ended without an answer'))
    })
  })
}

/** A key as OpenSSH wants it: lines end with LF, the last one too. Pasting loses both. */
export function tidyKey(text: string): string {
  const tidy = text.replaceAll('\r\n', '\n').trim()
  return tidy === '' ? '' : `${tidy}\n`
}
