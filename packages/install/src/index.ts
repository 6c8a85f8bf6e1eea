export { keepCertificates, renewCertificates } from './certificates.ts'
export {
  databaseRoles,
  environmentOf,
  foundationOf,
  type Install,
  makeInstall,
  type ServiceName,
  type Surroundings,
  serviceNames,
} from './install.ts'
export { createSubscriberCredentials } from './nats.ts'
