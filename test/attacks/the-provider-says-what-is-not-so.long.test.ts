// A provider is wrong, or somebody answers in its place: an ID token for another client, of another sign-in or of last week,
// userinfo about somebody else, half an answer, or none. Nobody is signed in by it, the person and the operator learn
// which kind of trouble it is, and nothing that opens a door is shown to either. (Names in brackets are those of the
// conformance suite of OpenID Connect.)
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { errors } from '@latchkey/contract';
import type { Behaviour } from '@latchkey/dev-idp';
import { begun, callbackUrl, claimsFor, compact, rsaKey } from '../fixtures/forger.ts';
import { valuesOf } from '../fixtures/recorder.ts';
import type { StackInUse } from '../fixtures/use-stack.ts';
import { useStack } from '../fixtures/use-stack.ts';

type Answer = NonNullable<NonNullable<Behaviour['faults']['token']>['answer']>;
type Fields = Record<string, unknown>;
/** `in`: signed in, as the person that userinfo is about. */
type Outcome =
  | 'in'
  | 'provider_failed'
  | 'provider_unavailable'
  | 'email_unverified'
  | 'attempt_unknown'
  | 'provider_refused';

/** What is not as it should be; all else is. */
type Lie = {
  readonly what: string;
  readonly idToken?: Fields;
  readonly idTokenText?: string | undefined;
  readonly token?: Fields | Answer | 'hang up';
  readonly userinfo?: Fields | Answer | 'hang up';
  readonly callback?: Record<string, string | undefined>;
  readonly google: Outcome;
  readonly oidc: Outcome;
};

const seconds = Math.floor(Date.now() / 1000);
const key = rsaKey('r1');
const stranger = rsaKey('r1');
const secrets = ['a-code', 'the-access-token', 'the-refresh-token', 'a secret of the provider'];

// Google’s strategy looks at no ID token: who it is, userinfo says, asked over TLS with the access token that the code gave.
const aboutTheIdToken: Omit<Lie, 'google' | 'oidc'>[] = [
  { what: 'is of another issuer (invalid-iss)', idToken: { iss: 'https://evil.example' } },
  { what: 'is of no issuer (missing-iss)', idToken: { iss: undefined } },
  { what: 'is for another client (invalid-aud)', idToken: { aud: 'another' } },
  { what: 'is for no client (missing-aud)', idToken: { aud: undefined } },
  { what: 'is for others, too (invalid-secondary-aud)', idToken: { aud: ['latchkey', 'another'] } },
  { what: 'was made for another (azp)', idToken: { aud: ['latchkey', 'another'], azp: 'another' } },
  { what: 'is over (invalid-exp)', idToken: { exp: seconds - 3_600 } },
  { what: 'is never over (missing-exp)', idToken: { exp: undefined } },
  { what: 'is over at a time that is none', idToken: { exp: 'tomorrow' } },
  { what: 'is of no time (missing-iat)', idToken: { iat: undefined } },
  { what: 'is good tomorrow (nbf)', idToken: { nbf: seconds + 86_400 } },
  { what: 'is about nobody (missing-sub)', idToken: { sub: undefined } },
  { what: 'is about nobody by name', idToken: { sub: '' } },
  { what: 'is about a number', idToken: { sub: 2 } },
  { what: 'is about a name without end', idToken: { sub: 'x'.repeat(256) } },
  { what: 'is of another sign-in (nonce-invalid)', idToken: { nonce: 'another' } },
  { what: 'is of no sign-in (invalid-missing-nonce)', idToken: { nonce: undefined } },
  { what: 'is about another person than userinfo (userinfo-invalid-sub)', idToken: { sub: 'demo-1' } },
  { what: 'is not there', idTokenText: undefined },
  { what: 'is no token', idTokenText: 'x.y' },
  { what: 'is encrypted', idTokenText: 'a.b.c.d.e' },
  {
    what: 'has no signature (idtoken-sig-none)',
    idTokenText: compact({ alg: 'none' }, { sub: 'demo-1' }, () => ''),
  },
  {
    what: 'is signed by a stranger',
    idTokenText: compact({ alg: 'RS256', kid: 'r1' }, { sub: 'demo-1' }, stranger.sign),
  },
];

const lies: Lie[] = [
  ...aboutTheIdToken.map(
    (lie) =>
      ({ ...lie, what: `an ID token that ${lie.what}`, google: 'in', oidc: 'provider_failed' }) as const,
  ),
  {
    what: 'an ID token with a list of one client (valid-aud-as-array)',
    idToken: { aud: ['latchkey'] },
    google: 'in',
    oidc: 'in',
  },
  {
    what: 'another case of Bearer (token-type-case-insensitivity)',
    token: { token_type: 'bEaReR' },
    google: 'in',
    oidc: 'in',
  },
  {
    what: 'no word of when the access token is over',
    token: { expires_in: undefined },
    google: 'in',
    oidc: 'in',
  },

  {
    what: 'userinfo about nobody',
    userinfo: { sub: undefined },
    google: 'provider_failed',
    oidc: 'provider_failed',
  },
  {
    what: 'userinfo about a number',
    userinfo: { sub: 2 },
    google: 'provider_failed',
    oidc: 'provider_failed',
  },
  {
    what: 'userinfo about a name without end',
    userinfo: { sub: 'x'.repeat(300) },
    google: 'provider_failed',
    oidc: 'provider_failed',
  },
  {
    what: 'an address that is not verified',
    userinfo: { email_verified: false },
    google: 'email_unverified',
    oidc: 'email_unverified',
  },
  {
    what: 'an address that is verified in words',
    userinfo: { email_verified: 'true' },
    google: 'email_unverified',
    oidc: 'email_unverified',
  },
  {
    what: 'userinfo that wants another token',
    userinfo: { status: 401, body: { error: 'invalid_token' } },
    google: 'provider_failed',
    oidc: 'provider_failed',
  },
  {
    what: 'userinfo as a page',
    userinfo: { status: 200, body: '<h1>Sign in to the network</h1>' },
    google: 'provider_failed',
    oidc: 'provider_failed',
  },
  {
    what: 'userinfo elsewhere',
    userinfo: { status: 302, body: '', headers: { location: 'https://evil.example/' } },
    google: 'provider_failed',
    oidc: 'provider_failed',
  },
  {
    what: 'userinfo without end',
    userinfo: { name: 'x'.repeat(2_000_000) },
    google: 'provider_failed',
    oidc: 'provider_failed',
  },
  {
    what: 'userinfo as a signed token',
    userinfo: { status: 200, body: 'a.b.c', headers: { 'content-type': 'application/jwt' } },
    google: 'provider_failed',
    oidc: 'provider_failed',
  },
  {
    what: 'no userinfo, as it is broken',
    userinfo: { status: 500, body: 'x' },
    google: 'provider_unavailable',
    oidc: 'provider_unavailable',
  },
  {
    what: 'no userinfo, as it hangs up',
    userinfo: 'hang up',
    google: 'provider_unavailable',
    oidc: 'provider_unavailable',
  },

  {
    what: 'no to the code',
    token: { status: 400, body: { error: 'invalid_grant', error_description: 'a-code' } },
    google: 'provider_failed',
    oidc: 'provider_failed',
  },
  {
    what: 'no to the client',
    token: { status: 401, body: { error: 'invalid_client' } },
    google: 'provider_failed',
    oidc: 'provider_failed',
  },
  {
    what: 'tokens as a page',
    token: { status: 200, body: '<h1>Sign in to the network</h1>' },
    google: 'provider_failed',
    oidc: 'provider_failed',
  },
  {
    what: 'tokens elsewhere',
    token: { status: 307, body: '', headers: { location: 'https://evil.example/' } },
    google: 'provider_failed',
    oidc: 'provider_failed',
  },
  {
    what: 'no access token',
    token: { access_token: undefined },
    google: 'provider_failed',
    oidc: 'provider_failed',
  },
  {
    what: 'an access token that is none',
    token: { access_token: { a: 1 } },
    google: 'provider_failed',
    oidc: 'provider_failed',
  },
  {
    what: 'an access token that is used in a way of its own',
    token: { token_type: 'mac' },
    google: 'provider_failed',
    oidc: 'provider_failed',
  },
  {
    what: 'tokens without end',
    token: { x: 'x'.repeat(2_000_000) },
    google: 'provider_failed',
    oidc: 'provider_failed',
  },
  {
    what: 'too much to do',
    token: { status: 429, body: 'x' },
    google: 'provider_unavailable',
    oidc: 'provider_unavailable',
  },
  {
    what: 'no tokens, as it hangs up',
    token: 'hang up',
    google: 'provider_unavailable',
    oidc: 'provider_unavailable',
  },

  {
    what: 'no state (state-missing)',
    callback: { state: undefined },
    google: 'attempt_unknown',
    oidc: 'attempt_unknown',
  },
  {
    what: 'another state (state-invalid)',
    callback: { state: 'x'.repeat(43) },
    google: 'attempt_unknown',
    oidc: 'attempt_unknown',
  },
  { what: 'no code', callback: { code: undefined }, google: 'provider_failed', oidc: 'provider_failed' },
  {
    what: 'a code and a refusal',
    callback: { error: 'access_denied' },
    google: 'provider_refused',
    oidc: 'provider_refused',
  },
  {
    what: 'a refusal in words of its own',
    callback: { error: '<script>', code: undefined },
    google: 'provider_failed',
    oidc: 'provider_failed',
  },
  {
    what: 'the answer of another issuer',
    callback: { iss: 'https://evil.example' },
    google: 'provider_failed',
    oidc: 'provider_failed',
  },
];

/** Has the provider tell the truth in all but one thing. */
function tell({ stack }: StackInUse, started: URL, lie: Lie): string {
  const header = { alg: 'RS256', kid: 'r1' };
  const claims = claimsFor(stack, started, lie.idToken);
  const id_token = 'idTokenText' in lie ? lie.idTokenText : compact(header, claims, key.sign);
  const bearer = {
    access_token: 'the-access-token',
    refresh_token: 'the-refresh-token',
    token_type: 'Bearer',
    expires_in: 3600,
  };
  const person = { sub: 'demo-2', email: 'engineer@example.com', email_verified: true, name: 'Engineer' };
  stack.idp.behaviour.faults = {
    jwks: { answer: { status: 200, body: { keys: [key.jwk] } } },
    token: faultOf({ ...bearer, id_token }, lie.token),
    userinfo: faultOf(person, lie.userinfo),
  };
  const url = new URL(callbackUrl(stack, started));
  for (const [name, value] of Object.entries(lie.callback ?? {})) {
    if (value === undefined) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  return url.href;
}

function faultOf(truth: Fields, lie: Fields | Answer | 'hang up' | undefined) {
  if (lie === 'hang up') return { hangUp: true };
  if (lie !== undefined && 'status' in lie) return { answer: lie as Answer };
  return { answer: { status: 200, body: { ...truth, ...lie } } };
}

describe.each(['google', 'oidc'] as const)('a provider of type %s', (providerType) => {
  const use = useStack({ providerType });
  beforeEach(() => {
    use.stack.log.length = 0;
  });
  afterEach(() => {
    use.stack.idp.behaviour.faults = {};
  });

  test.each(lies)('that gives $what', async (lie) => {
    const { stack } = use;
    const browser = use.browser();
    const started = await begun(stack, browser);
    stack.log.length = 0;
    const answer = await browser.visit(tell(use, started, lie));
    const expected = lie[providerType];

    if (expected === 'in') {
      expect([answer.status, answer.url]).toEqual([200, stack.url('hello')]);
      // Whatever the ID token says.
      const [entry = { rawHeaders: [] }] = stack.app.received;
      expect(valuesOf(entry, 'X-Forwarded-Email')).toEqual(['engineer@example.com']);
      return;
    }
    expect(answer.status).toBe(errors[expected].status);
    expect(browser.cookie(stack.authUrl(), '_sso_proxy')).toBeUndefined();
    expect((await browser.fetch(stack.url('hello'))).status).toBe(401);
    expect(stack.app.received).toEqual([]);

    const lines = stack.log.filter(({ path }) => path === '/google/callback');
    expect(lines).toContainEqual(
      expect.objectContaining({ msg: 'request', status: answer.status, error: expected }),
    );
    // Who is refused for who they are has a line in the audit log besides.
    const audited = lines.flatMap(({ audit, reason }) => (audit === 'denied' ? [reason] : []));
    expect(audited).toEqual(expected === 'email_unverified' ? [expected] : []);
    const shown = JSON.stringify(stack.log) + answer.hops.map(({ body }) => body).join('');
    const state = started.searchParams.get('state') ?? '';
    expect([...secrets, state].filter((secret) => shown.includes(secret))).toEqual([]);
  });
});
