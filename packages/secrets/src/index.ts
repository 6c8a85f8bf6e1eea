export { type Authority, type Certificate, createAuthority, issue, needsRenewal } from './certificate.ts'
export {
  createRootKey,
  type PublicKeys,
  publicKeysOf,
  type ServiceKey,
  serviceKey,
  serviceSeed,
} from './key.ts'
export { type RecordKey, recordKey } from './record-key.ts'
export { open, seal, type Where } from './seal.ts'
