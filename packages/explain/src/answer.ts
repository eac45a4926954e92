import { flawOfAddress, isByRule, noDeviceTrust, reasons, traceRules } from '@latchkey/access';
import type { Principal, Reason, RuleOutcome } from '@latchkey/access';
import { admit, factsOf } from '@latchkey/admission';
import type { Decided, Identified, Incoming, Outcome, AdmissionParts } from '@latchkey/admission';
import { errors, isOwnPathWith } from '@latchkey/contract';
import type { ErrorCode } from '@latchkey/contract';
import { authorityOf } from '@latchkey/http';
import type { CanonicalRequest } from '@latchkey/http';
import type { Route } from '@latchkey/upstreams';
import type { Installation } from './installation.ts';
import type { ExplainedRequest, Requester } from './request.ts';
import { signInOf } from './sign-in.ts';
import type { SignIn, SignInStep } from './sign-in.ts';
import { callerWith } from './token.ts';
import { forwardedAs } from './upstream.ts';
import type { Forwarded } from './upstream.ts';

/** What would become of a request, and why. */
export type Explanation = {
  /** Whether it gets what it asks for, from the application or from the proxy itself. */
  readonly allow: boolean;
  /** What happens, in words. */
  readonly outcome: string;
  readonly route?: Route | undefined;
  readonly reason?: Reason | undefined;
  /** The error that it would be answered with. */
  readonly error?: ErrorCode;
  /** The status of an answer of ours; without one the application answers. */
  readonly status?: number;
  /** Where a request over plain HTTP is sent first; the rest is about that address. */
  readonly redirect?: string;
  /** What has to hold before there is a session. Empty where none is needed, or where no env file says. */
  readonly signIn: readonly SignInStep[];
  /** Every rule of the route in the order in which they are asked. */
  readonly rules: readonly RuleOutcome[];
  /** What the application is sent. */
  readonly upstream?: Forwarded;
};

type Consequence = Pick<Explanation, 'allow' | 'outcome' | 'error' | 'status' | 'upstream'>;

/** Has a request decided about as the proxy has it, by the same function, and says what comes of it. */
export async function explainRequest(
  asked: ExplainedRequest,
  requester: Requester,
  installation: Installation,
): Promise<Explanation> {
  const parts = partsOf(asked, requester, installation);
  const incoming = asSeenBy(installation, asked.incoming);
  const first = await outcomeOf(incoming, parts);
  const redirect = first.kind === 'redirect' ? first.location : undefined;
  const outcome = redirect === undefined ? first : await outcomeOf(overHttps(incoming), parts);
  const signIn = signInFor(outcome, requester, installation);
  return {
    ...consequenceOf(outcome, signIn, requester, parts),
    route: outcome.route,
    reason: outcome.decision?.reason,
    signIn: signIn.steps,
    rules: rulesOf(outcome, asked),
    ...(redirect !== undefined && { redirect }),
  };
}

async function outcomeOf(incoming: Incoming, parts: Parts): Promise<Outcome<Requester>> {
  const admitted = admit(incoming, parts);
  return admitted.kind === 'pending' ? admitted.outcome : admitted;
}

/** The admission, and whether an application gets an assertion. */
type Parts = AdmissionParts<Requester> & { readonly assertions: boolean };

function partsOf(asked: ExplainedRequest, requester: Requester, { proxy, auth, table }: Installation): Parts {
  const { secure = true, assertions = false } = proxy ?? {};
  return {
    match: (host, port) => table.match(host, port),
    publicPorts: proxy?.publicPorts,
    secure,
    scheme: ({ forwardedProto }) => (secure ? 'https' : (forwardedProto ?? proxy?.scheme ?? asked.scheme)),
    isOwnPath: isOwnPathWith({ assertions }),
    assertions,
    authenticators: [
      ({ route }) => callerWith(asked.token, requester, route),
      ({ route }) => sessionOf(requester, route, signInOf(requester, route, auth)),
    ],
    now: () => asked.at,
  };
}

/** Who asks, in place of their cookie. */
function sessionOf(
  requester: Requester,
  { providerSlugs }: Route,
  { refusal }: SignIn,
): Identified<Requester> | undefined {
  if (requester === undefined) return undefined;
  if (refusal === undefined) {
    const { email, groups, authTime, amr, provider: idp = providerSlugs[0] } = requester;
    const principal = {
      kind: 'person',
      email,
      groups,
      idp,
      ...(authTime !== undefined && { authTime }),
      ...(amr !== undefined && { amr }),
    } as const;
    return { kind: 'person', principal, session: requester };
  }
  const why = refusal === 'other_provider' ? 'session_other_provider' : 'no_session';
  return { kind: 'visitor', principal: { kind: 'visitor', why } };
}

/** The proxy knows how a browser came, and from which device, only where somebody whom it trusts says so. */
function asSeenBy({ proxy }: Installation, incoming: Incoming): Incoming {
  if (proxy?.hasTrustedProxies !== false) return incoming;
  return { ...withProto(incoming, undefined), deviceTrust: noDeviceTrust };
}

function overHttps(incoming: Incoming): Incoming {
  return withProto(incoming, 'https');
}

function withProto(incoming: Incoming, forwardedProto: CanonicalRequest['forwardedProto']): Incoming {
  const { read } = incoming;
  return typeof read === 'string' ? incoming : { ...incoming, read: { ...read, forwardedProto } };
}

/** What stands between a person and a session, where one is asked for. */
function signInFor(
  { route, decision, identified }: Outcome<Requester>,
  requester: Requester,
  { auth }: Installation,
): SignIn {
  const hasToken = identified?.kind === 'machine' || identified?.kind === 'program';
  const isAsked = decision !== undefined && !hasToken && !isOpen({ decision, identified });
  return isAsked && route ? signInOf(requester, route, auth) : { steps: [], refusal: undefined };
}

function isOpen({ decision, identified }: Pick<Decided<Requester>, 'decision' | 'identified'>): boolean {
  return decision.allow && identified.kind === 'visitor';
}

function rulesOf(outcome: Outcome<Requester>, { incoming, at }: ExplainedRequest): readonly RuleOutcome[] {
  if (outcome.decision === undefined) return [];
  const { request, route, decision, identified } = outcome;
  const facts = factsOf(request, incoming, route.policy, { now: () => at });
  const principal: Principal = identified.principal;
  const rules = traceRules(principal, route.policy, facts);
  // Rules about people come after the session, which there is none of.
  if (principal.kind !== 'visitor' || decision.allow || isByRule(decision.reason)) return rules;
  return rules.map((rule) => (rule.about === 'principal' ? { ...rule, outcome: 'not reached' } : rule));
}

function consequenceOf(
  outcome: Outcome<Requester>,
  signIn: SignIn,
  requester: Requester,
  parts: Parts,
): Consequence {
  switch (outcome.kind) {
    case 'health_check':
      return answered('it is the health check of the proxy, under every host and before all rules.');
    case 'malformed':
      return outcome.decision === undefined
        ? refused('bad_request', `The proxy cannot read it: ${outcome.detail}.`)
        : refused('bad_request', 'With its dots the path would leave the path of `to`.');
    case 'unknown_host': {
      const { host, port } = outcome.request;
      return outcome.route === undefined
        ? refused('unknown_host', `No route answers for ${host}.`)
        : refused('unknown_host', `Port ${port} is neither in \`from\` nor in SERVER_PUBLIC_PORTS.`);
    }
    case 'redirect':
      return { allow: true, outcome: `308 to ${outcome.location}`, status: 308 };
    case 'own_endpoint':
      return answered('this address is its own on every host, and the application is not asked.');
    case 'preflight':
      return answered(
        'it is the preflight of an origin that `cors` names, and the application is not asked.',
      );
    case 'retired_worker': {
      const why = 'with a service worker that ends itself, as allow_root_service_worker is not set';
      return { allow: false, outcome: `not allowed: the proxy answers itself, ${why}.`, status: 200 };
    }
    case 'sign_in':
    case 'sign_in_aside':
    case 'challenge':
    case 'person_changed':
      return askedToSignIn(outcome, signIn, requester);
    case 'deny':
      return denied(outcome, parts);
    case 'unavailable':
      return outcome.error === 'session_unverified'
        ? refused(outcome.error, reasons[outcome.decision.reason])
        : refused(outcome.error, '`to` gives no address for this host.');
    case 'not_a_web_page': {
      const why = reasons[outcome.decision.reason];
      const what = 'It is no web page: latchkey tunnel opens it, and a browser gets 404.';
      return { allow: true, outcome: `allowed: ${why} ${what}`, status: 404 };
    }
    case 'launcher': {
      const why = reasons[outcome.decision.reason];
      return { allow: true, outcome: `allowed: ${why} The proxy shows the launcher.`, status: 200 };
    }
    case 'forward':
      break;
  }
  const why = reasons[outcome.decision.reason];
  return { allow: true, outcome: `allowed: ${why}`, upstream: forwardedAs(outcome, parts.assertions) };
}

function askedToSignIn(
  { kind, route: { providerSlugs }, decision }: Decided<Requester> & { readonly kind: string },
  { refusal }: SignIn,
  requester: Requester,
): Consequence {
  if (refusal === 'provider_unknown') {
    return refused('not_found', `At the sign-in: auth has no provider ${JSON.stringify(providerSlugs[0])}.`);
  }
  if (refusal === 'account_refused') {
    const flaw = (requester && flawOfAddress(requester.email)) ?? `auth does not let ${requester?.email} in.`;
    return refused('account_refused', `At the sign-in: ${flaw}`);
  }
  const why = reasons[decision.reason];
  if (kind === 'sign_in') {
    const outcome = `not allowed yet: 302 to the sign-in with ${providerSlugs.join(' or ')}. ${why}`;
    return { allow: false, outcome, status: 302 };
  }
  if (kind === 'sign_in_aside') {
    return refused(
      'not_signed_in',
      `${why} The page asks to sign in in a new tab: the address is too long to come back to.`,
    );
  }
  return refused('not_signed_in', `${why} It is not a page visit, so the answer is 401 and not a redirect.`);
}

function denied(outcome: Extract<Outcome<Requester>, { kind: 'deny' }>, parts: Parts): Consequence {
  const { error, request, route, decision } = outcome;
  if (error === 'access_denied' || error === 'insufficient_scope')
    return refused(error, reasons[decision.reason]);
  if (error === 'request_denied' || error === 'not_found') {
    const rule = decision.rule === undefined ? '' : ` (${decision.rule})`;
    return refused(error, `${reasons[decision.reason]}${rule}`);
  }
  if (error === 'cross_site_request') {
    const origin = `${parts.scheme(request)}://${authorityOf(request)}`;
    return refused(
      error,
      `The page that opens a WebSocket has to be one of ${[origin, ...route.allowedOrigins].join(' or ')}.`,
    );
  }
  const why = 'Its Authorization is one of the connection, which is shared where nobody is signed in.';
  return refused(error, why);
}

function refused(error: ErrorCode, why: string): Consequence {
  const { status } = errors[error];
  return { allow: false, outcome: `not allowed: ${status} ${error}. ${why}`, error, status };
}

function answered(why: string): Consequence {
  return { allow: true, outcome: `the proxy answers itself: ${why}` };
}
