import {
  decide as decideAccess,
  decideForAnyone,
  flawOfAddress,
  reasons,
  traceRules,
} from '@latchkey/access';
import type { Person, Reason, RuleOutcome } from '@latchkey/access';
import {
  authorityOf,
  errors,
  healthPath,
  isPreflight,
  isSameOrigin,
  mayBeRedirected,
  ownPaths,
} from '@latchkey/http';
import type { CanonicalRequest, ErrorCode } from '@latchkey/http';
import { servesPort } from '@latchkey/upstreams';
import type { Route, RouteMatch, RouteTable } from '@latchkey/upstreams';
import type { Deployment } from '../environment/deployment.ts';
import type { AskedRequest } from './request.ts';
import type { Asker } from './asker.ts';
import { signInOf } from './sign-in.ts';
import type { SignIn, SignInStep } from './sign-in.ts';
import { forwardedTo } from './upstream.ts';
import type { Forwarded } from './upstream.ts';

/** What requests are decided with. */
export type Installation = Pick<Deployment, 'proxy' | 'auth' | 'upstream'> & { table: RouteTable };

/** What would become of a request, and why. */
export type Verdict = {
  /** Whether it gets what it asks for, from the application or from the proxy itself. */
  allow: boolean;
  /** What happens, in words. */
  outcome: string;
  route?: Route;
  reason?: Reason;
  /** The error that it would be answered with. */
  error?: ErrorCode;
  /** The status of an answer of ours; without one the application answers. */
  status?: number;
  /** Where a request over plain HTTP is sent first; the rest is about that address. */
  redirect?: string;
  /** What has to hold before there is a session. Empty where none is needed, or where no env file says. */
  signIn: readonly SignInStep[];
  /** Every rule of the route in the order in which they are asked. */
  rules: readonly RuleOutcome[];
  /** What the application is sent. */
  upstream?: Forwarded;
};

type Decided = {
  allow: boolean;
  reason: Reason;
  signIn: SignIn;
  rules: readonly RuleOutcome[];
  /** Whom the application is told about. */
  person: Person | undefined;
};

const NO_SIGN_IN: SignIn = { steps: [], refusal: undefined };

/** Decides about a request as the proxy does, stage by stage and with the same functions. */
export function decideAbout(asked: AskedRequest, asker: Asker, installation: Installation): Verdict {
  const { read } = asked;
  if (typeof read === 'string') return refused('bad_request', `The proxy cannot read it: ${read}.`);
  if (read.rawPath === healthPath) {
    return answered('it is the health check of the proxy, under every host and before all rules.');
  }
  const match = installation.table.match(read.host, read.port);
  if (!match) return refused('unknown_host', `No route answers for ${read.host}.`);
  const { proxy } = installation;
  if (proxy && !servesPort(match, read.port, proxy.publicPorts)) {
    const why = `Port ${read.port} is neither in \`from\` nor in SERVER_PUBLIC_PORTS.`;
    return { ...refused('unknown_host', why), route: match.route };
  }

  const redirect = httpsAddressOf(asked, read, installation);
  const verdict = ownPaths.has(read.rawPath)
    ? answered('this address is its own on every host, and the application is not asked.')
    : passTheGate(asked, read, asker, match, installation);
  return { ...verdict, route: match.route, ...(redirect !== undefined && { redirect }) };
}

function passTheGate(
  asked: AskedRequest,
  read: CanonicalRequest,
  asker: Asker,
  { route, target }: RouteMatch,
  { proxy, auth }: Installation,
): Verdict {
  const decided = decide(asked, read, asker, route, auth);
  const { reason, rules, person } = decided;
  const facts = { reason, rules, signIn: decided.signIn.steps };
  if (!decided.allow) return { ...refusedByRules(asked, asker, route, decided), ...facts };
  if (route.kind === 'launcher' && person) {
    const outcome = `allowed: ${reasons[reason]} The proxy shows the launcher.`;
    return { allow: true, outcome, status: 200, ...facts };
  }
  if (!target)
    return { ...refused('upstream_unreachable', '`to` gives no address for this host.'), ...facts };
  const upstream = forwardedTo(read, target, route, person);
  if (!upstream) {
    const why = 'With its dots the path would climb out of the path of `to`.';
    return { ...refused('bad_request', why), ...facts };
  }
  const origin = `${proxy?.secure === false ? asked.scheme : 'https'}://${authorityOf(read)}`;
  if (asked.isHandshake && person && !isSameOrigin(asked.headers, origin)) {
    const why = `The page that opens a WebSocket has to be one of ${origin}.`;
    return { ...refused('cross_site_request', why), ...facts };
  }
  return { allow: true, outcome: `allowed: ${reasons[reason]}`, ...facts, upstream };
}

/** First without looking who asks, as the gate does: what is public needs no session. */
function decide(
  { method, headers }: AskedRequest,
  { path }: CanonicalRequest,
  asker: Asker,
  route: Route,
  auth: Installation['auth'],
): Decided {
  const question = { path, preflight: isPreflight(method, headers) };
  const { policy } = route;
  const open = decideForAnyone(policy, question);
  const ofVisitor = traceRules({ kind: 'visitor', why: 'no_session' }, policy, question);
  if (open) return { ...open, signIn: NO_SIGN_IN, rules: ofVisitor, person: undefined };
  const signIn = signInOf(asker, route, auth);
  if (!asker || signIn.refusal) {
    const reason = signIn.refusal === 'other_provider' ? 'session_other_provider' : 'no_session';
    const rules = ofVisitor.map(asOfVisitor);
    return { allow: false, reason, signIn, rules, person: undefined };
  }
  const person: Person = { kind: 'person', email: asker.email, groups: asker.groups };
  const { allow, reason } = decideAccess(person, policy, question);
  return { allow, reason, signIn, rules: traceRules(person, policy, question), person };
}

/** Rules about people come after the session, which there is none of. */
function asOfVisitor(rule: RuleOutcome): RuleOutcome {
  return rule.about === 'principal' ? { ...rule, outcome: 'not reached' } : rule;
}

function refusedByRules(
  { method, headers }: AskedRequest,
  asker: Asker,
  { providerSlug }: Route,
  { reason, signIn: { refusal } }: Decided,
): Verdict {
  if (refusal === 'provider_unknown') {
    return refused('not_found', `At the sign-in: auth has no provider ${JSON.stringify(providerSlug)}.`);
  }
  if (refusal === 'account_refused') {
    const flaw = (asker && flawOfAddress(asker.email)) ?? `auth does not let ${asker?.email} in.`;
    return refused('account_refused', `At the sign-in: ${flaw}`);
  }
  const why = reasons[reason];
  if (asker && refusal === undefined) return refused('access_denied', why);
  if (mayBeRedirected(method, headers)) {
    const outcome = `not allowed yet: 302 to the sign-in with ${providerSlug}. ${why}`;
    return { allow: false, outcome, status: 302, signIn: [], rules: [] };
  }
  return refused('not_signed_in', `${why} It is no page visit, so it is told and not redirected.`);
}

function refused(error: ErrorCode, why: string): Verdict {
  const { status } = errors[error];
  return {
    allow: false,
    outcome: `not allowed: ${status} ${error}. ${why}`,
    error,
    status,
    signIn: [],
    rules: [],
  };
}

function answered(why: string): Verdict {
  return { allow: true, outcome: `the proxy answers itself: ${why}`, signIn: [], rules: [] };
}

/** Where browsers are sent that come over plain HTTP, as far as the proxy can know that they do. */
function httpsAddressOf(
  { scheme }: AskedRequest,
  read: CanonicalRequest,
  { proxy }: Installation,
): string | undefined {
  if (scheme === 'https' || proxy?.secure === false || proxy?.hasTrustedProxies === false) return undefined;
  return `https://${authorityOf(read)}${read.target}`;
}
