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
    sub: text.optional().describe('the id of the account at its provider'),
    email: text.optional(),
    idp: text.optional().describe('the slug of the provider'),
    session: text.optional().describe('a hash of the session id; absent: all sessions of the account'),
    machine: text.optional().describe('the name of a program, if it is not a person'),
  })
  .describe('the person or program, as far as known');

const change = z.strictObject({
  host: text.describe(
    'the host or the pattern of the route, or a key in the root of the file: `networks.office`',
  ),
  kind: z.enum(['gain', 'loss', 'new', 'removed', 'other']),
  text: text.describe('a sentence, as `latchkey diff` prints it'),
  widens: z.boolean().describe('whether it may let in somebody who had no access before'),
});

const outcome = z
  .enum(['done', 'refused', 'failed'])
  .describe('`failed`: because of a fault, not because of the caller');
const reason = text
  .optional()
  .describe('why it was refused or failed: a code of [errors.md](errors.md), or the reason of a decision');
const whose = { principal: principal.optional() };
const asked = {
  client: text.optional().describe('the IP address of the caller'),
  request: text.optional().describe('the id of the request, the same as in the log'),
};
const program = text.describe('the `client_id` of the program');
const scopes = z.array(text).optional().describe('the scopes that the person approved');
const host = text.optional().describe('the host of the application');
const sessions = count.optional().describe('the number of sessions that auth found');
const operator = text.optional().describe('the name that the operator gave; it is not verified');

function event<const Name extends string, Shape extends z.ZodRawShape>(
  name: Name,
  meaning: string,
  shape: Shape,
) {
  return { meaning, fields: z.strictObject({ event: z.literal(name), ...shape }) };
}

/** Everything that the audit log writes, and what its lines hold. A new event is one entry here. */
export const auditEvents = {
  start: event('start', 'A service starts, and begins a new chain.', {
    version: text.describe('the version of Latchkey'),
    revision: text.optional().describe('the git revision'),
    seal: z.enum(['sha256', 'hmac-sha256']).describe('how `hash` is made: with `AUDIT_KEY` it is an HMAC'),
  }),
  stop: event('stop', 'A service has stopped normally. The chain ends here.', {}),
  lost: event('lost', 'Lines are missing here: they could not be written, and the buffer was full.', {
    lines: count.describe('the number of missing lines'),
  }),
  sign_in: event('sign_in', 'Auth: a person came back from a provider and was signed in, or was not.', {
    outcome,
    reason,
    ...whose,
    idp: text.describe('the slug of the provider'),
    host,
    browser: text.optional().describe('browser and operating system, as far as known'),
    ...asked,
  }),
  session_handed_over: event(
    'session_handed_over',
    'Auth: a host redeemed a one-time code and got a session of its own, or the code was refused.',
    { outcome, reason, ...whose, host, ...asked },
  ),
  tokens: event(
    'tokens',
    'Auth: a program that acts for a person asked for tokens, and got them or did not.',
    {
      outcome,
      reason,
      grant: z
        .enum(['authorization_code', 'device_code', 'refresh_token'])
        .describe('what the program presented. `refresh_token`: it continues an earlier approval'),
      program,
      scopes,
      ...whose,
      host,
      ...asked,
    },
  ),
  tokens_ended: event(
    'tokens_ended',
    'Auth: the tokens that a program got by one approval of a person have ended. The session of the person has not.',
    {
      why: z
        .enum(['given_back', 'reused', 'person'])
        .describe(
          '`given_back`: the program ended them. `reused`: a refresh token that had been replaced was used again, so it may have been stolen. `person`: the person ended them, at `/account`.',
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
    'Proxy: a program presented a token of its issuer, or the secret of its service account, and asked for a token for the application. It got one or did not.',
    {
      outcome,
      reason,
      grant: z
        .enum(['token_exchange', 'jwt_bearer', 'client_credentials'])
        .describe('RFC 8693, RFC 7523, or RFC 6749, section 4.4'),
      scopes: z.array(text).optional().describe('the scopes of the token that it got'),
      ...whose,
      host,
      ...asked,
    },
  ),
  ssh_certificate: event(
    'ssh_certificate',
    'Proxy: a person asked for an SSH certificate, and got it or did not. `key_id` is in the log of sshd, too.',
    {
      outcome,
      reason,
      principals: z
        .array(text)
        .optional()
        .describe('the principals of the certificate: the names under which it is valid'),
      key_id: text.optional(),
      ...whose,
      host,
      route: text.optional(),
      ...asked,
    },
  ),
  sign_out: event(
    'sign_out',
    'Auth: sessions were ended by the person, by a provider (back-channel logout), or by an operator.',
    {
      outcome,
      reason,
      by: z.enum(['person', 'provider', 'operator']),
      ...whose,
      everybody: z.literal(true).optional().describe('all sessions of everybody were ended'),
      sessions,
      operator,
      ...asked,
    },
  ),
  session_ended: event('session_ended', 'Auth ended a session by itself.', {
    why: z
      .enum(['provider_refused', 'person_changed', 'another_sign_in', 'groups_unknown'])
      .describe(
        '`provider_refused`: the provider no longer confirms the person. `person_changed`: the provider now reports another account or another e-mail address. `another_sign_in`: another person signed in with the same browser. `groups_unknown`: the groups can be read only at a new sign-in.',
      ),
    ...whose,
  }),
  access_refused: event(
    'access_refused',
    'Proxy: somebody who is signed in has no access to what they requested.',
    {
      outcome,
      reason,
      rule: text
        .optional()
        .describe('the rule that refused, or all rules of the route if none of them let the person in'),
      policy: text.optional().describe('the name of the rule that refused, if it belongs to a `policy`'),
      ...whose,
      host,
      route: text.optional(),
      ...asked,
    },
  ),
  access_cut: event(
    'access_cut',
    'Proxy: an open WebSocket or TCP connection, or an answer that was still being sent, was ended, because the person no longer has access.',
    {
      reason,
      what: z.enum(['WebSocket', 'connection', 'answer']),
      ...whose,
      host,
      route: text.optional(),
      ...asked,
    },
  ),
  connection_opened: event('connection_opened', 'Proxy: a TCP connection to an application was opened.', {
    ...whose,
    host,
    route: text.optional(),
    ...asked,
  }),
  connection_ended: event(
    'connection_ended',
    'Proxy: a TCP connection to an application has ended. `connection_opened` and this line have the same `request`.',
    {
      why: z
        .enum(['ended', 'idle', 'too_long', 'closed', 'torn'])
        .describe(
          '`ended`: closed by the client or the application. `idle`, `too_long`: closed by the limits in `tcp` of the route. `closed`: closed by the proxy, because it stops, or because the person no longer has access (`access_cut`). `torn`: a connection broke.',
        ),
      seconds: count.describe('how long it was open'),
      bytes_to: count.describe('bytes sent to the application'),
      bytes_from: count.describe('bytes received from the application'),
      ...whose,
      host,
      route: text.optional(),
      ...asked,
    },
  ),
  policy_change: event(
    'policy_change',
    'Proxy: the upstream file was reloaded, or the new version was refused.',
    {
      outcome,
      sha256: text.optional().describe('the first digits of the hash of the file, if it is active now'),
      routes: count.describe('the number of active routes'),
      changes: z.array(change).optional().describe('what changes and for whom; at most 100'),
      errors: z.array(text).optional().describe('why the new version was refused; at most 100'),
      left_out: count.optional().describe('the number of further changes or errors'),
    },
  ),
  operator: event(
    'operator',
    'An operator did something other than ending sessions, such as listing them or changing the level of the log. The log line with the same request id has details.',
    {
      outcome,
      reason,
      action: text,
      level: text.optional().describe('the new level of the log'),
      ...whose,
      operator,
      sessions,
      ...asked,
    },
  ),
  credentials_refused: event(
    'credentials_refused',
    'A request for the proxy or for operators only came without the right secret.',
    { outcome, reason, ...asked },
  ),
};

type Events = typeof auditEvents;

/** What a line of the audit log says. */
export type AuditEntry = Readonly<z.infer<Events[keyof Events]['fields']>>;

const hash = z.string().regex(/^[0-9a-f]{64}$/);

const inFront = {
  audit: z.literal(1).describe('the mark: only lines of the audit log begin with it'),
  time: z.iso.datetime({ precision: 3 }).describe('UTC'),
  service: z.enum(['auth', 'proxy']),
  instance: text.describe('the random id of the chain'),
  seq: z.int().positive().describe('the number of the line in its chain: 1, 2, 3 …'),
  prev: hash.describe('the `hash` of the line before; zeros in the first line'),
};
const behind = {
  hash: hash.describe('the hash of this line, without this field and the comma in front of it'),
};

/** What every line has in common, in front of its own fields and behind them. */
export const auditFrame = { inFront, behind };

const [first, ...rest] = Object.values(auditEvents).map(({ fields }) =>
  z.strictObject({ ...inFront, ...fields.shape, ...behind }),
);
if (first === undefined) throw new Error('no events');

/** A line of the audit log. */
export const auditLine = z.union([first, ...rest]);
