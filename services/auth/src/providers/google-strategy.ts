// oxlint-disable no-underscore-dangle -- so passport and node-oauth spell what subclasses may use
import { HttpError } from '@latchkey/http';
import type { Call } from '@latchkey/http';
import type { AttemptSecrets } from '@latchkey/session';
import { randomBytes } from 'node:crypto';
import { callbackify } from 'node:util';
import { Strategy } from 'passport-google-oauth20';
import type { Profile, StrategyOptions, VerifyCallback } from 'passport-google-oauth20';
import { parseJsonObject } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { ask } from './ask.ts';
import { isBearer } from './claims.ts';

/** The invented request that the strategy runs on; `pending` goes in at the callback and comes out at the start. */
export type SignInRequest = {
  readonly query: Readonly<Record<string, string>>;
  pending: AttemptSecrets | undefined;
};

/** What the strategy vouches for: the claims of userinfo and the answer of the token endpoint, both unread. */
export type StrategyUser = { readonly claims: JsonObject; readonly tokens: JsonObject };

type Settings = {
  readonly clientID: string;
  readonly clientSecret: string;
  readonly callbackURL: string;
  readonly scope: string;
  readonly endpoints: { readonly authorization: URL; readonly token: URL; readonly userinfo: URL };
  readonly timeoutMs: number;
};

/** passport's Google strategy with PKCE (S256), state in our hands, and a transport that has an end. */
export class GoogleStrategy extends Strategy {
  constructor({ endpoints, timeoutMs, ...client }: Settings) {
    const options = {
      ...client,
      authorizationURL: endpoints.authorization.href,
      tokenURL: endpoints.token.href,
      userProfileURL: endpoints.userinfo.href,
      pkce: true,
      store: pendingStore,
    };
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the type knows no store that is handed the PKCE verifier, though passport-oauth2 has one of its own
    super(options as unknown as StrategyOptions, vouch);
    // The access token belongs into a header (RFC 6750, section 2.3), not into a URL that ends up in logs.
    this._oauth2.useAuthorizationHeaderforGET(true);
    // node-oauth waits for ever and reads without bound. Everything it sends goes through this one method.
    Object.assign(this._oauth2, { _request: boundedRequest(timeoutMs) });
  }
}

// passport-oauth2 tells what a store wants by its number of parameters: all five and four of them must be there.
const pendingStore = {
  store(
    req: SignInRequest,
    codeVerifier: string,
    _state: unknown,
    _meta: unknown,
    done: (error: null, state: string) => void,
  ): void {
    const state = randomBytes(32).toString('base64url');
    req.pending = { state, codeVerifier };
    done(null, state);
  },
  // The state itself has been compared before the strategy ran; what is left is to hand the verifier over.
  verify(
    req: SignInRequest,
    _state: unknown,
    _meta: unknown,
    done: (error: null, codeVerifier: string | false) => void,
  ): void {
    done(null, req.pending?.codeVerifier ?? false);
  },
};

function vouch(
  _accessToken: string,
  refreshToken: string | undefined,
  answer: object,
  profile: Profile,
  done: VerifyCallback,
): void {
  // node-oauth takes the refresh token out of the answer.
  const tokens: JsonObject = { ...answer, refresh_token: refreshToken };
  const user: StrategyUser = { claims: { ...profile._json }, tokens };
  done(null, user);
}

type RequestDone = (error: Error | null, body: string) => void;

function boundedRequest(timeoutMs: number) {
  const send = callbackify(exchange);

  return function request(
    method: 'GET' | 'POST',
    url: string,
    headers: Record<string, string> | null,
    body: string | null,
    _accessToken: string | null,
    done: RequestDone,
  ): void {
    send({ url: new URL(url), method, headers: headers ?? {}, ...(body && { body }), timeoutMs }, done);
  };
}

async function exchange(question: Call): Promise<string> {
  const { status, body } = await ask(question);
  // node-oauth reads fields of the answer without looking whether it is an object.
  const answer = parseJsonObject(body);
  if (answer === undefined) {
    throw new HttpError('provider_failed', { detail: `no JSON object with status ${status}` });
  }
  // These two fields are how node-oauth reports an answer that says no.
  if (status !== 200) throw Object.assign(new Error('refused'), { statusCode: status, data: body });
  // The one question that is posted is for tokens, and node-oauth takes whatever comes for one.
  if (question.method === 'POST' && !isBearer(answer)) {
    throw new HttpError('provider_failed', { detail: 'no Bearer token came' });
  }
  return body;
}
