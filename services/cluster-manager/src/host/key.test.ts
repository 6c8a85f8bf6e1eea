import { expect, test } from 'vitest'
import { fingerprintOf, readHostKeys } from './key.ts'

// ssh-keygen -lf on this line says so too.
const ed25519 = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl'
const fingerprint = 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU'
const rsa = 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ=='

test('a fingerprint is the one that ssh prints', () => expect(fingerprintOf([ed25519])).toBe(fingerprint))

test('keys are read with and without host pattern and comment, the preferred first, each once', () => {
  const text = `10.0.0.1 ${rsa}\n# a comment\n\n[10.0.0.1]:2222 ${ed25519} root@host\n${ed25519}\n`
  expect(readHostKeys(text)).toEqual([ed25519, rsa])
})

test.each(['', 'nonsense', 'SHA256:abc', 'ssh-ed25519'])('%j holds no key', (text) => {
  expect(readHostKeys(text)).toEqual([])
  expect(fingerprintOf(readHostKeys(text))).toBe('')
})
