export { demoAccounts, type Account } from './accounts.ts';
export type { Behaviour, EndpointName, Fault } from './behaviour.ts';
export type { DevClient } from './configuration.ts';
export { startDevIdp, type DevIdp, type DevIdpOptions } from './dev-idp.ts';
