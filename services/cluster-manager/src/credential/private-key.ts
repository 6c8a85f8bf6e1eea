import { Worker } from 'node:worker_threads'

/** What is wrong with a private key. */
export type KeyProblem = { field: 'privateKey' | 'passphrase'; message: string; hint: string }

/** Asked of the worker. */
export type KeyQuestion = { text: string; passphrase: string }

/** Said by the worker: that it begins to check the passphrase, and at last what is wrong, if anything is. */
export type KeyAnswer = 'checking' | { problem: KeyProblem | undefined }

// ssh-keygen's default of 16 to 24 rounds takes 0.2 s here, a hundred 1 s.
const DEADLINE_MS = 8_000

/**
 * Looks whether ansible-runner will be able to load a private key: its form, its type and its passphrase.
 * In a thread of its own, as whoever made the key chose how long its passphrase takes to check. That alone has a deadline:
 * on a busy machine a thread may take seconds to start, and no key is wrong for that.
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
    let deadline: NodeJS.Timeout | undefined
    worker.on('message', (said: KeyAnswer) => {
      if (said === 'checking') deadline = setTimeout(giveUp, deadlineMs)
      else resolve(said.problem)
    })
    worker.once('error', reject)
    worker.once('exit', () => {
      clearTimeout(deadline)
      reject(new Error('the thread that reads private keys ended without an answer'))
    })

    function giveUp(): void {
      resolve({
        field: 'privateKey',
        message: `its passphrase could not be checked within ${deadlineMs / 1000} s`,
        hint: 'Protect it with fewer rounds: ssh-keygen -p -a 24 -f <key>.',
      })
      void worker.terminate()
    }
  })
}

/** A key as OpenSSH wants it: lines end with LF, the last one too. Pasting loses both. */
export function tidyKey(text: string): string {
  const tidy = text.replaceAll('\r\n', '\n').trim()
  return tidy === '' ? '' : `${tidy}\n`
}
