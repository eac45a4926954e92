export {
  introspectionForm,
  introspectionPath,
  introspectionResponse,
  readIntrospectionForm,
} from './introspection.ts';
export type { IntrospectionRequest, IntrospectionResponse } from './introspection.ts';
export { readTokenForm, tokenForm, tokenPath, tokenResponse } from './token.ts';
export type { CodeRedemption, TokenResponse } from './token.ts';
export {
  healthPath,
  isHealthCheck,
  ownEndpoints,
  ownPaths,
  renderEndpointReference,
} from './own-endpoints.ts';
export type { OwnEndpoint, OwnEndpointName } from './own-endpoints.ts';
