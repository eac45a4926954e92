import { auditedSession } from '@latchkey/contract';
import type { AuditEntry } from '@latchkey/contract';
import type { Delegation } from '@latchkey/session';
import { endingOf } from '@latchkey/telemetry';
import type { RequestLine } from '@latchkey/telemetry';
import type { AuthEvent, OperatorAction, Whose } from './events.ts';

/** What of an event belongs into the audit log. */
export function auditOf(event: AuthEvent): readonly AuditEntry[] {
  switch (event.kind) {
    case 'sign_in': {
      const { provider: idp, outcome, browser, line, whose } = event;
      const { application: host } = line;
      const entry = { ...endingOf(outcome), ...principalOf({ ...whose, idp }), idp, host, browser };
      return [{ event: 'sign_in', ...entry, ...askedIn(line) }];
    }
    case 'handed_over': {
      const { outcome, whose, host, line } = event;
      const entry = { ...endingOf(outcome), ...principalOf(whose), host };
      return [{ event: 'session_handed_over', ...entry, ...askedIn(line) }];
    }
    case 'tokens': {
      const { grant, client: program, outcome, delegation, line } = event;
      return [
        {
          event: 'tokens',
          grant,
          program,
          ...endingOf(outcome),
          ...delegated(delegation, line),
          ...askedIn(line),
        },
      ];
    }
    case 'tokens_ended': {
      const { why, delegation, line } = event;
      const { client: program } = delegation;
      return [{ event: 'tokens_ended', why, program, ...delegated(delegation, line), ...askedIn(line) }];
    }
    case 'sign_out':
      return event.ended.map((whose) => ({
        event: 'sign_out',
        outcome: 'done',
        by: 'person',
        ...principalOf(whose),
        ...askedIn(event.line),
      }));
    case 'provider_sign_out': {
      const { provider: idp, outcome, sessions, line } = event;
      if (outcome === 'unknown') return [];
      const entry = { ...endingOf(outcome), ...principalOf({ idp, email: line.user }), sessions };
      return [{ event: 'sign_out', by: 'provider', ...entry, ...askedIn(line) }];
    }
    case 'session_ended':
      return [{ event: 'session_ended', why: event.why, ...principalOf(event.whose) }];
    case 'operator':
      return [operatorEntry(event)];
    case 'request': {
      const { failed, line } = event.locals;
      if (failed !== 'client_refused' && failed !== 'operator_refused') return [];
      return [{ event: 'credentials_refused', ...endingOf(failed), ...askedIn(line) }];
    }
    case 'backoff':
    case 'call':
    case 'group_lookup':
    case 'group_unanswered':
    case 'question':
    case 'refresh_shared':
    case 'roster':
    case 'spans_lost':
    case 'store':
  }
  return [];
}

type PrincipalEntry = Extract<AuditEntry, { event: 'session_ended' }>;

function operatorEntry({ line, action, wish, claim: operator, outcome }: OperatorAction): AuditEntry {
  const { email, sid, all: everybody } = wish;
  const { sessions, error } = outcome;
  const entry = {
    ...endingOf(error),
    ...principalOf({ email, sid }),
    operator,
    sessions: typeof sessions === 'number' ? sessions : undefined,
    ...askedIn(line),
  };
  if (action === 'list') return { event: 'operator', action, ...entry };
  return { event: 'sign_out', by: 'operator', everybody, ...entry };
}

function principalOf({ sub, email, idp, sid }: Whose = {}): Pick<PrincipalEntry, 'principal'> {
  if (sub === undefined && email === undefined && sid === undefined) return {};
  return { principal: { sub, email, idp, session: sid && auditedSession(sid) } };
}

type Delegated = Pick<Delegation, 'resource' | 'scopes'> & { readonly session: Whose };

function delegated(delegation: Delegated | undefined, { user: email }: RequestLine) {
  if (delegation === undefined) return principalOf({ email });
  const { session, resource, scopes } = delegation;
  return { ...principalOf(session), host: new URL(resource).host, scopes: [...scopes] };
}

function askedIn({ client, id: request }: RequestLine) {
  return { client, request };
}
