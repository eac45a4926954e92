export {
  adminRevocationPath,
  adminSessionList,
  adminSessionsPath,
  operatorClaim,
  operatorClaimHeader,
  revocationAnswer,
  revocationRequest,
} from './admin.ts';
export type { AdminSession, AdminSessionList, RevocationAnswer, RevocationRequest } from './admin.ts';
export { auditMark, chainBegin, nextLine } from './audit/chain.ts';
export type { ChainEnd } from './audit/chain.ts';
export { auditedSession, auditEvents, auditLine } from './audit/events.ts';
export type { AuditEntry } from './audit/events.ts';
export { logLines, principalLine, renderLogSchema, requestLine } from './log-lines.ts';
export type { PrincipalLine, RequestLine } from './log-lines.ts';
export { independentCheck, renderAuditReference, renderAuditSchema } from './audit/reference.ts';
export { createVerifier, TooBroken } from './audit/verify.ts';
export type { Checked, CheckedChain, ChainFault } from './audit/verify.ts';
export {
  authorizationServerPaths,
  commandLineClient,
  deviceGrantType,
  clientCredentialsGrantType,
  jwtBearerGrantType,
  tokenExchangeGrantType,
} from './authorization-server.ts';
export {
  connectorName,
  connectPath,
  nameHeader,
  personHeader,
  reasonHeader,
  requestHeader,
  subprotocol,
  targetHeader,
  targetText,
  taskHeader,
  tasksHeader,
  awayStatus,
  notListedStatus,
} from './connector.ts';
export type { ConnectorTarget } from './connector.ts';
export { errorJson } from './errors/body.ts';
export type { ErrorBody } from './errors/body.ts';
export type { ErrorLevel } from './errors/entry.ts';
export { renderErrorReference } from './errors/reference.ts';
export { errors, isErrorCode } from './errors/table.ts';
export type { ErrorCode } from './errors/table.ts';
export { contractVersion, handshakeFacts, handshakePath } from './handshake.ts';
export type { HandshakeFacts } from './handshake.ts';
export {
  introspectionForm,
  introspectionPath,
  introspectionResponse,
  readIntrospectionForm,
} from './introspection.ts';
export type { IntrospectionRequest, IntrospectionResponse } from './introspection.ts';
export {
  readRevocationsForm,
  revocationsAtOnce,
  revocationsForm,
  revocationsHeldMs,
  revocationsPath,
  revocationsResponse,
} from './revocations.ts';
export type { Revocation, RevocationsResponse } from './revocations.ts';
export { digest, everybody, nameOfAccount, nameOfEmail } from './whose.ts';
export { provedWithinParameter } from './proved-within.ts';
export { numberIn } from './form.ts';
export { readTokenForm, tokenForm, tokenPath, tokenResponse } from './token.ts';
export type { CodeRedemption, TokenResponse } from './token.ts';
export {
  healthPath,
  grpcHealthPath,
  isHealthCheck,
  isOwnPath,
  ownEndpointAt,
  ownEndpoints,
  ownPaths,
  isOwnPathWith,
  renderEndpointReference,
} from './own-endpoints.ts';
export type { OwnEndpoint, OwnEndpointName } from './own-endpoints.ts';
