export { demoAccounts, type Account } from './accounts.ts';
export { wellBehaved, type Behaviour, type EndpointName, type Fault } from './behaviour.ts';
export type { DevClient } from './configuration.ts';
export { startDevIdp, type DevIdp, type DevIdpOptions } from './dev-idp.ts';
export {
  startDevDirectory,
  type DevDirectory,
  type DevDirectoryOptions,
  type DirectoryEndpoint,
} from './directory/dev-directory.ts';
export type { DevWorkload } from './directory/workload.ts';
