export { type Closing, closing } from './closing.ts'
export {
  type Foundation,
  foundationSettings,
  type Material,
  readFoundation,
  readMaterial,
  tellableSettings,
} from './foundation.ts'
export { runAlone, type Service } from './run-alone.ts'
export { readTls, type TlsFiles } from './tls.ts'
