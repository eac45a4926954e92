export { basicCredentials } from './canonical/basic.ts';
export type { BasicCredentials } from './canonical/basic.ts';
export { bearerToken } from './canonical/bearer.ts';
export { hasBody, isForm } from './canonical/body.ts';
export {
  authenticatesConnection,
  isOnAuthenticatedConnection,
} from './canonical/connection-authentication.ts';
export { authorityOf, canonicalAuthority, canonicalHost } from './canonical/host.ts';
export type { Authority, HostName } from './canonical/host.ts';
export { limitedBy } from './canonical/limited-by.ts';
export {
  isFramed,
  isFromOwnPage,
  isPassedOn,
  isPreflight,
  isReadByPerson,
  isReading,
  isSameOrigin,
  isVisit,
  mayBeRedirected,
} from './canonical/navigation.ts';
export { tellsAnotherMethod } from './canonical/method-override.ts';
export { originalRequest } from './canonical/original.ts';
export type { Original } from './canonical/original.ts';
export { hasMorePairs, mostQueryPairs } from './canonical/parameters.ts';
export { canonicalPath } from './canonical/path.ts';
export type { CanonicalPath } from './canonical/path.ts';
export { trustPeers } from './canonical/peers.ts';
export type { Caller, PeerTrust } from './canonical/peers.ts';
export { isNamed, rawValues } from './canonical/raw-headers.ts';
export { canonicalRequest, impliedPorts, withoutImpliedPort } from './canonical/request.ts';
export type { CanonicalRequest, MalformedOriginal, MalformedReason, Received } from './canonical/request.ts';
export { HttpError } from './http-error.ts';
export { ownCopy } from './own-copy.ts';
export { upTo } from './up-to.ts';
export { clientClosedRequest, statusOf, transportSecurity } from './server/answered.ts';
export { useOutgoingProxy } from './server/outgoing.ts';
export { createProxyFor } from './server/proxy-for.ts';
export type { OutgoingProxy, ProxyFor } from './server/proxy-for.ts';
export { call, CallError } from './server/call.ts';
export type { Answer, Call } from './server/call.ts';
export { clockFrom } from './server/clock.ts';
export type { Clock } from './server/clock.ts';
export { createGathering } from './server/gathering.ts';
export { connectionSpecific } from './server/http2/connection-specific.ts';
export { fieldsOf, sendHead } from './server/http2/head.ts';
export { watchEnd } from './server/http2/watch-end.ts';
export { startServer } from './server/life.ts';
export type { Handlers, RunningServer, ServerTimeouts } from './server/life.ts';
export { createPlaces, takeBoth, whenThere } from './server/places.ts';
export type { Places, ReleasePlace, Taking } from './server/places.ts';
export { listenError, refuseToStart, stopOnSignals } from './server/process.ts';
export { createRateLimit } from './server/rate-limit.ts';
export { readJson } from './server/read-json.ts';
export { readText } from './server/read-text.ts';
export { addHeaders, replyHtml, replyJson, replyJwks, replyRedirect, replyText } from './server/reply.ts';
export type { CountTogether, RateLimit } from './server/rate-limit.ts';
export { givenRequestId, newRequestId } from './server/request-id.ts';
export { letWait, StalledError } from './server/stalled.ts';
export { createUnauthenticatedWork } from './server/unauthenticated-work.ts';
export type { UnauthenticatedWork } from './server/unauthenticated-work.ts';
