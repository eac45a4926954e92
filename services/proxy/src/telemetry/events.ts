import type { Mismatch } from '../handshake/compare.ts';
import type { ErrorCode } from '@latchkey/contract';
import type { WhyNot } from '../ongoing.ts';
import type { Ending } from '@latchkey/tcp-tunnel';
import type { Span } from '@latchkey/telemetry';
import type { RequestRecord } from './request-record.ts';

/**
 * What happens in the proxy that is written down or counted. Each moment is emitted once; log lines, StatsD and Prometheus
 * listen to the same. Durations are milliseconds.
 */
export type ProxyEvent =
  /** a request is answered, or its client closed the connection (499); a WebSocket as soon as its handshake is answered */
  | {
      readonly kind: 'request';
      readonly record: RequestRecord;
      readonly method: string;
      readonly status: number;
      readonly ms: number;
    }
  /** a request may pass and is about to be forwarded: so long did we keep it */
  | {
      readonly kind: 'admitted';
      readonly isPublic: boolean;
      readonly ms: number;
      /** the session that it passes with: how long ago auth vouched for it, and whether that has to do because auth cannot be asked */
      readonly session?: { readonly ageMs: number; readonly isInGrace: boolean } | undefined;
      readonly span?: Span | undefined;
    }
  /** a program has shown a token of its service account that counts */
  | { readonly kind: 'service_account'; readonly account: string }
  /** a program has shown a token of its issuer, or the secret of its account, for a token of ours, and got it or was refused */
  | {
      readonly kind: 'workload_token';
      readonly outcome: 'done' | ErrorCode;
      readonly grant: 'token_exchange' | 'jwt_bearer' | 'client_credentials';
      readonly scopes: readonly string[] | undefined;
      readonly record: RequestRecord;
    }
  /** a person asked for a certificate for SSH, and got it or did not */
  | {
      readonly kind: 'ssh_certificate';
      readonly outcome: 'done' | ErrorCode;
      readonly certified?: { readonly keyId: string; readonly principals: readonly string[] } | undefined;
      readonly record: RequestRecord;
    }
  /** a WebSocket is open from now on, until the other of the two */
  | { readonly kind: 'tunnel_opened' }
  | { readonly kind: 'tunnel_closed' }
  /** a TCP connection to an application is open, and later it is over: so much was sent to the application and came from it */
  | { readonly kind: 'tcp_opened'; readonly record: RequestRecord }
  | {
      readonly kind: 'tcp_ended';
      readonly record: RequestRecord;
      readonly ending: Ending;
      readonly ms: number;
      readonly bytesTo: number;
      readonly bytesFrom: number;
    }
  /** an open WebSocket or TCP connection, whose handshake is written down already, or an answer that is still being sent, is ended by us, after so long */
  | {
      readonly kind: 'cut';
      readonly what: 'WebSocket' | 'connection' | 'answer';
      readonly record: RequestRecord;
      /** would it be asked for now, this is why it would be refused */
      readonly reason?: WhyNot;
      /** or what else is the matter with it */
      readonly detail?: string;
      readonly ms: number;
    }
  /** auth was asked about a session */
  | { readonly kind: 'question'; readonly outcome: QuestionOutcome; readonly ms: number }
  /** a question that another request had just asked already */
  | { readonly kind: 'question_shared' }
  /** auth could not be asked about a session, and a request passes with it all the same */
  | { readonly kind: 'grace'; readonly detail: string }
  /** the first of those moments: from now on sessions stand that nobody vouches for */
  | { readonly kind: 'grace_began'; readonly detail: string }
  /** auth answers again, and for a while no session has needed its grace period */
  | { readonly kind: 'grace_over'; readonly ms: number }
  /** a connector was not let in */
  | { readonly kind: 'connector_refused'; readonly reason: ConnectorRefusal }
  /** so many spans could not be delivered, and nobody will see them */
  | { readonly kind: 'spans_lost'; readonly spans: number }
  /** an issuer was asked for its keys */
  | { readonly kind: 'keys_asked'; readonly issuer: string; readonly outcome: 'answered' | 'unanswered' }
  /** STS was asked who works in a role of AWS */
  | { readonly kind: 'sts_asked'; readonly outcome: 'proved' | 'refused' | 'unanswered' }
  /** so many scopes of a token are no part of a header name, and the application does not get them */
  | { readonly kind: 'scopes_left_out'; readonly scopes: number }
  /** auth goes by something else than the proxy does */
  | { readonly kind: 'mismatch_began'; readonly mismatch: Mismatch; readonly isReady: boolean }
  /** and no longer */
  | { readonly kind: 'mismatch_over'; readonly what: Mismatch['what'] };

/** What is wrong with what a connector shows; `unproved`: STS cannot be asked about its role of AWS. */
export type ConnectorRefusal = 'token' | 'unproved' | 'name' | 'version';

/** How a question about a session ended: it stands, it is over, or there was no usable answer. */
export type QuestionOutcome = 'active' | 'inactive' | 'unanswered';
