import type { ErrorCode } from '@latchkey/contract';
import { errors as undiciErrors } from 'undici';
import {
  CertificateError,
  ClientIdentityError,
  CredentialsError,
  isAboutOurCertificate,
} from './tls/certificate.ts';
import { StartTlsError } from './dial/start-tls.ts';
import { malformedDetail } from './malformed.ts';
import { ConnectorAwayError, ConnectorFailedError } from './connectors/failure.ts';
import { OutgoingProxyError } from './dial/outgoing-proxy.ts';

/** Why an application gave no answer that could be passed on. `detail` is for logs. */
export type Failure = {
  readonly code: Extract<
    ErrorCode,
    | 'upstream_unreachable'
    | 'upstream_certificate'
    | 'client_identity'
    | 'upstream_without_tls'
    | 'upstream_malformed'
    | 'upstream_timeout'
    | 'connection_authentication'
    | 'outgoing_proxy_failed'
    | 'connector_away'
    | 'connector_failed'
  >;
  readonly detail: string;
};

/** Something did not come in time. */
export class SlowError extends Error {
  constructor(what: string, ms: number) {
    super(`${what} for ${ms / 1000} s`);
  }
}

export class AuthenticatedConnectionError extends Error {
  constructor() {
    super('the application authenticated a connection that others share');
  }
}

/** A request on a shared connection of HTTP/2 ended with the connection, or was refused before it was processed. */
export class ClosedStreamError extends Error {}

/** What went wrong on the way to an application, or with its answer. */
export function failureOf(error: Error): Failure {
  if (error instanceof AuthenticatedConnectionError) {
    return { code: 'connection_authentication', detail: error.message };
  }
  if (error instanceof OutgoingProxyError) {
    return { code: 'outgoing_proxy_failed', detail: error.message };
  }
  if (error instanceof ConnectorAwayError) return { code: 'connector_away', detail: error.message };
  if (error instanceof ConnectorFailedError) return { code: 'connector_failed', detail: error.message };
  if (error instanceof CertificateError || error instanceof CredentialsError) {
    return { code: 'upstream_certificate', detail: error.message };
  }
  if (error instanceof ClientIdentityError) return { code: 'client_identity', detail: error.message };
  if (error instanceof StartTlsError) return { code: 'upstream_without_tls', detail: error.message };
  if (isAboutOurCertificate(error)) {
    const detail = `the application refuses the certificate that it was shown, or was shown none: ${error.message}`;
    return { code: 'upstream_certificate', detail };
  }
  const malformed = malformedDetail(error);
  if (malformed !== undefined) return { code: 'upstream_malformed', detail: malformed };
  const slow = error instanceof SlowError || error instanceof undiciErrors.ConnectTimeoutError;
  return { code: slow ? 'upstream_timeout' : 'upstream_unreachable', detail: error.message };
}

/** Whether the connection closed before there was an answer, so that another one may do. */
export function isClosedEarly(error: Error): boolean {
  if (malformedDetail(error) !== undefined) return false;
  if (error instanceof ClosedStreamError) return true;
  return error instanceof undiciErrors.SocketError || ('code' in error && error.code === 'ECONNRESET');
}
