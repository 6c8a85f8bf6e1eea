/** A bootstrap token: `id.secret` is what a joining node shows. */
export type BootstrapToken = { id: string; secret: string }

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789'
const SECRET_LENGTH = 16

/** The secret half of a new token out of random bytes: 16 characters of 36 are 82 bits. */
export function newTokenSecret(random: (bytes: number) => Uint8Array): string {
  return letters(SECRET_LENGTH, random)
}

/** The Secret by which Kubernetes knows a token. */
export function tokenSecret({ id, secret }: BootstrapToken, expiresAt: Date) {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: TOKEN_TYPE,
    metadata: { name: tokenName(id), namespace: 'kube-system' },
    stringData: {
      'token-id': id,
      'token-secret': secret,
      // Kubernetes reads seconds only.
      expiration: `${expiresAt.toISOString().slice(0, 19)}Z`,
      'usage-bootstrap-authentication': 'true',
      'usage-bootstrap-signing': 'true',
      'auth-extra-groups': 'system:bootstrappers:kubeadm:default-node-token',
      description: 'Made by Slipway for one join.',
    },
  }
}

/** The name of the Secret of a token. */
export function tokenName(id: string): string {
  return `bootstrap-token-${id}`
}

export const TOKEN_TYPE = 'bootstrap.kubernetes.io/token'

/** Takes only bytes below a multiple of 36, so that every letter is as likely. */
function letters(length: number, random: (bytes: number) => Uint8Array): string {
  const limit = 256 - (256 % ALPHABET.length)
  let text = ''
  while (text.length < length) {
    for (const byte of random(length)) {
      if (byte < limit && text.length < length) text += ALPHABET[byte % ALPHABET.length]
    }
  }
  return text
}
