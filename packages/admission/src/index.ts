export { admit, authorize, routeFor } from './admit.ts';
export type { AdmissionParts, RoutedRequest } from './admit.ts';
export type { AuthenticatorInput, Authenticator, Identified } from './authenticate.ts';
export { refusalOf } from './conclude.ts';
export { factsOf, ownFacts, visitFacts } from './facts.ts';
export { readIncoming } from './incoming.ts';
export type { Incoming } from './incoming.ts';
export { namedOrigin } from './named-origin.ts';
export type {
  Authorized,
  Decided,
  Forward,
  Outcome,
  Pending,
  Refusal,
  Routed,
  ShowLauncher,
} from './outcome.ts';
export { mayControlOwnPaths } from './service-worker.ts';
export { returnUrlOf } from './return-url.ts';
