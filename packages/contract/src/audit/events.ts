import { z } from 'zod';
import { digest } from '../whose.ts';

/** A session in the audit log: two lines about one session have the same, and nobody can end or use a session by it. */
export function auditedSession(sid: string): string {
  return digest(['session in the audit log', sid]);
}

/** In characters: what is longer is cut. */
export const longestText = 1_000;

const text = z.string().max(longestText);
const count = z.int().nonnegative();

const principal = z
  .strictObject({
    sub: text.optional().describe('the account at its provider'),
    email: text.optional(),
    idp: text.optional().describe('the slug of the provider'),
    session: text.optional().describe('a hash of the name of the session; absent: all of the account'),
    machine: text.optional().describe('the name of a program, in place of a person'),
  })
  .describe('whom it is about, as far as that is known');

const change = z.strictObject({
  host: text.describe('the host, the pattern, or what of the root of the file: `networks.office`'),
  kind: z.enum(['gain', 'loss', 'new', 'removed', 'other']),
  text: text.describe('in words, as `latchkey diff` has them'),
  widens: z.boolean().describe('whether somebody may get in who could not before'),
});

const outcome = z.enum(['done', 'refused', 'failed']).describe('`failed`: for a fault, not for who asked');
const reason = text
  .optional()
  .describe('why not: a code of [errors.md](errors.md), or the reason of a decision');
const whose = { principal: principal.optional() };
const asked = {
  client: text.optional().describe('the address that it came from'),
  request: text.optional().describe('the id of the request, as in the log'),
};
const program = text.describe('the `client_id` of the program');
const scopes = z.array(text).optional().describe('what was approved');
const host = text.optional().describe('the host of the application');
const sessions = count.optional().describe('how many sessions were known');
const operator = text.optional().describe('who they say they are; nobody has checked it');

function event<const Name extends string, Shape extends z.ZodRawShape>(
  name: Name,
  meaning: string,
  shape: Shape,
) {
  return { meaning, fields: z.strictObject({ event: z.literal(name), ...shape }) };
}

/** Everything that the audit log writes, and what its lines hold. A new event is one entry here. */
export const auditEvents = {
  start: event('start', 'A service starts, and a chain with it.', {
    version: text.describe('of Latchkey'),
    revision: text.optional().describe('of git'),
    seal: z.enum(['sha256', 'hmac-sha256']).describe('what `hash` is: with `AUDIT_KEY` an HMAC'),
  }),
  stop: event('stop', 'A service has stopped as it should. Nothing follows in this chain.', {}),
  lost: event('lost', 'Lines that could not be written are missing here, for want of room.', {
    lines: count.describe('how many'),
  }),
  sign_in: event('sign_in', 'Auth: somebody came back from a provider, and is signed in or is not.', {
    outcome,
    reason,
    ...whose,
    idp: text.describe('the slug of the provider'),
    host,
    browser: text.optional().describe('browser and system, as far as they are known'),
    ...asked,
  }),
  session_handed_over: event(
    'session_handed_over',
    'Auth: a one-time code was redeemed, and a host has a session of its own now; or the code was refused.',
    { outcome, reason, ...whose, host, ...asked },
  ),
  tokens: event('tokens', 'Auth: a program that acts for a person got tokens, or was refused.', {
    outcome,
    reason,
    grant: z
      .enum(['authorization_code', 'device_code', 'refresh_token'])
      .describe('what it has shown for them: `refresh_token` is the same approval as before'),
    program,
    scopes,
    ...whose,
    host,
    ...asked,
  }),
  tokens_ended: event(
    'tokens_ended',
    'Auth: all that a program was given on one approval has ended, although the session of its person has not.',
    {
      why: z
        .enum(['given_back', 'reused', 'person'])
        .describe(
          '`given_back`: by the program itself. `reused`: a refresh token that was replaced came back, so it may be in two hands. `person`: by its person, at `/account`.',
        ),
      program,
      scopes,
      ...whose,
      host,
      ...asked,
    },
  ),
  workload_token: event(
    'workload_token',
    'Proxy: a program has shown a token of its issuer, or the secret of its service account, and got a token of the application for it, or was refused.',
    {
      outcome,
      reason,
      grant: z
        .enum(['token_exchange', 'jwt_bearer', 'client_credentials'])
        .describe('RFC 8693, RFC 7523, or RFC 6749, section 4.4'),
      scopes: z.array(text).optional().describe('those of the token'),
      ...whose,
      host,
      ...asked,
    },
  ),
  ssh_certificate: event(
    'ssh_certificate',
    'Proxy: a person asked for a certificate for SSH, and got it or did not. The log of sshd has its `key_id`.',
    {
      outcome,
      reason,
      principals: z.array(text).optional().describe('as whom it can be used'),
      key_id: text.optional(),
      ...whose,
      host,
      route: text.optional(),
      ...asked,
    },
  ),
  sign_out: event(
    'sign_out',
    'Auth: sessions were ended by their person, by the word of a provider, or by an operator.',
    {
      outcome,
      reason,
      by: z.enum(['person', 'provider', 'operator']),
      ...whose,
      everybody: z.literal(true).optional().describe('all sessions of all people'),
      sessions,
      operator,
      ...asked,
    },
  ),
  session_ended: event('session_ended', 'Auth ended a session by itself.', {
    why: z
      .enum(['provider_refused', 'person_changed', 'another_sign_in', 'groups_unknown'])
      .describe(
        '`provider_refused`: the provider vouches for it no more. `person_changed`: it vouches for somebody else, or for another address. `another_sign_in`: somebody else signed in in that browser. `groups_unknown`: only a new sign-in can tell the groups.',
      ),
    ...whose,
  }),
  access_refused: event(
    'access_refused',
    'Proxy: somebody who is signed in may not do what they asked for.',
    {
      outcome,
      reason,
      rule: text.optional().describe('the rules that did not let them in, or the one that refused'),
      policy: text.optional().describe('the name of that one, where it is of a `policy`'),
      ...whose,
      host,
      route: text.optional(),
      ...asked,
    },
  ),
  access_cut: event(
    'access_cut',
    'Proxy: an open WebSocket or TCP connection, or an answer that was still being sent, was ended because it would be refused by now.',
    {
      reason,
      what: z.enum(['WebSocket', 'connection', 'answer']),
      ...whose,
      host,
      route: text.optional(),
      ...asked,
    },
  ),
  connection_opened: event('connection_opened', 'Proxy: a TCP connection to an application is open.', {
    ...whose,
    host,
    route: text.optional(),
    ...asked,
  }),
  connection_ended: event('connection_ended', 'Proxy: it is over. Both lines have the same `request`.', {
    why: z
      .enum(['ended', 'idle', 'too_long', 'closed', 'torn'])
      .describe(
        '`ended`: by its two ends. `idle`, `too_long`: by `tcp` of the route. `closed`: by the proxy, which stops or would refuse it by now (`access_cut`). `torn`: one of its ends, or the way between them, broke.',
      ),
    seconds: count,
    bytes_to: count.describe('to the application'),
    bytes_from: count.describe('from the application'),
    ...whose,
    host,
    route: text.optional(),
    ...asked,
  }),
  policy_change: event('policy_change', 'Proxy: the upstream file was read again.', {
    outcome,
    sha256: text.optional().describe('the beginning of the hash of the file, where it is in force now'),
    routes: count.describe('how many are in force'),
    changes: z.array(change).optional().describe('for whom it changes what; at most 100'),
    errors: z.array(text).optional().describe('why it was refused; at most 100'),
    left_out: count.optional().describe('changes or errors that are not among these'),
  }),
  operator: event(
    'operator',
    'An operator asked for something else than the end of sessions. The line of the log with the same id says more.',
    {
      outcome,
      reason,
      action: text,
      level: text.optional().describe('of the log, which was changed to it'),
      ...whose,
      operator,
      sessions,
      ...asked,
    },
  ),
  credentials_refused: event(
    'credentials_refused',
    'Somebody without the right secret asked what only the proxy or operators may ask.',
    { outcome, reason, ...asked },
  ),
};

type Events = typeof auditEvents;

/** What there is to tell. */
export type AuditEntry = Readonly<z.infer<Events[keyof Events]['fields']>>;

const hash = z.string().regex(/^[0-9a-f]{64}$/);

const inFront = {
  audit: z.literal(1).describe('the mark: no other line begins with it'),
  time: z.iso.datetime({ precision: 3 }).describe('UTC'),
  service: z.enum(['auth', 'proxy']),
  instance: text.describe('of this chain; random'),
  seq: z.int().positive().describe('from 1 on, without a gap'),
  prev: hash.describe('the `hash` of the line before; zeros in the first'),
};
const behind = { hash: hash.describe('of this line, up to the comma in front of this field') };

/** What every line has in common, in front of its own fields and behind them. */
export const auditFrame = { inFront, behind };

const [first, ...rest] = Object.values(auditEvents).map(({ fields }) =>
  z.strictObject({ ...inFront, ...fields.shape, ...behind }),
);
if (first === undefined) throw new Error('no events');

/** A line of the audit log. */
export const auditLine = z.union([first, ...rest]);
