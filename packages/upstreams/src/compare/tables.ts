import type { WrittenRule } from '@latchkey/access';
import { hostOf } from '../match/loss.ts';
import type { Route, RouteMatch, RouteTable } from '../types.ts';
import {
  describeDuration,
  describeRules,
  describeTarget,
  describeIdentity,
  describeTls,
} from './describe.ts';
import { compareAccess } from './access.ts';
import type { Change } from './change.ts';
import { compareRoots } from './root.ts';
import { readsTags, rulesOf } from './rules.ts';

type Served = { route: Route; destination: string };

/**
 * What changes for people and programs when `after` takes the place of `before`: host by host, then pattern by pattern, then
 * what the root of the file says for all of them.
 */
export function compareTables(before: RouteTable, after: RouteTable): Change[] {
  return [...compareHosts(before, after), ...comparePatterns(before, after), ...compareRoots(before, after)];
}

/** Compares what answers, so that a host that moves from a pattern to a route of its own is the same host still. */
function compareHosts(before: RouteTable, after: RouteTable): Change[] {
  const asked = new Map<string, { host: string; port: number | undefined }>();
  for (const route of [...after.routes, ...before.routes]) {
    const own = hostOf(route);
    if (own) asked.set(own.port === undefined ? own.host : `${own.host}:${own.port}`, own);
  }
  return [...asked].flatMap(([name, { host, port }]) => {
    const serve = (table: RouteTable): Served | undefined => {
      const match = table.match(host, port);
      return match && { route: match.route, destination: destinationOf(match) };
    };
    return compareServed(name, serve(before), serve(after));
  });
}

function comparePatterns(before: RouteTable, after: RouteTable): Change[] {
  const [old, current] = [patternsOf(before), patternsOf(after)];
  const changes = [...new Set([...current.keys(), ...old.keys()])].flatMap((pattern) =>
    compareServed(pattern, old.get(pattern), current.get(pattern)).map((change) =>
      // Which hosts a new pattern takes from older ones cannot be seen from the patterns.
      change.kind === 'new' && old.size > 0
        ? { ...change, text: `${change.text}; it may take hosts from other patterns`, widens: true }
        : change,
    ),
  );
  const kept = [...old.keys()].filter((pattern) => current.has(pattern));
  const now = [...current.keys()].filter((pattern) => old.has(pattern));
  const first = now.find((pattern, at) => kept[at] !== pattern);
  const moved = first === undefined ? undefined : current.get(first);
  if (first === undefined || !moved) return changes;
  const text = 'patterns are tried in another order, so a host that two of them match may get other rules';
  return [...changes, { kind: 'other', host: first, text, widens: true, route: moved.route }];
}

function patternsOf({ routes }: RouteTable): Map<string, Served> {
  const patterns = routes.filter((route) => route.kind === 'rewrite');
  return new Map(patterns.map((route) => [route.from, { route, destination: route.to ?? '' }]));
}

function compareServed(host: string, before: Served | undefined, after: Served | undefined): Change[] {
  if (after === undefined) return before ? [removed(host, before)] : [];
  if (before === undefined) return [added(host, after)];
  const { route } = after;
  const { gains, losses } = compareAccess(before.route, route);
  return [
    ...gains.map((text): Change => ({ kind: 'gain', host, text, widens: true, route })),
    ...losses.map((text): Change => ({ kind: 'loss', host, text, widens: false, route })),
    ...policyChanges(host, before.route, route),
    ...differences(before, after).map((text): Change => ({
      kind: 'other',
      host,
      text,
      widens: false,
      route,
    })),
  ];
}

// Whom an expression lets in cannot be seen from it, so that any change may be for somebody's good.
function policyChanges(host: string, before: Route, route: Route): Change[] {
  const [old, now] = [describedRules(before), describedRules(route)];
  const texts = [
    ...[...now].filter((rule) => !old.has(rule)).map((rule) => `new rule ${rule}`),
    ...[...old].filter((rule) => !now.has(rule)).map((rule) => `no longer rule ${rule}`),
    ...readersOfTags(before, route),
  ];
  return texts.map((text) => ({
    kind: 'other',
    host,
    text: `${text}: who gains or loses by it is unknown`,
    widens: true,
    route,
  }));
}

/** The guardrail is among them. A rule that lets in is another one than the same in the guardrail, which does not. */
function describedRules(route: Route): ReadonlySet<string> {
  const { gates, waysIn } = rulesOf(route);
  return new Set([
    ...gates.map(describeRule),
    ...waysIn.map((rule) => `${describeRule(rule)}, which lets in`),
  ]);
}

function describeRule({ name, effect, expression }: WrittenRule): string {
  return `${name} (${effect}_if ${expression})`;
}

function readersOfTags(before: Route, route: Route): string[] {
  if (tagsOf(before).join() === tagsOf(route).join()) return [];
  const { gates, waysIn } = rulesOf(route);
  return [...gates, ...waysIn]
    .filter(readsTags)
    .map(({ name }) => `rule ${name} reads the tags, which are others now`);
}

function tagsOf({ tags }: Route): readonly string[] {
  return tags.toSorted();
}

function differences(before: Served, after: Served): string[] {
  const texts: string[] = [];
  if (before.destination !== after.destination) {
    texts.push(`leads to ${after.destination}, before to ${before.destination}`);
  }
  const switches = [
    ['passAccessToken', 'the application gets the access token of the person'],
    ['forwardAuth', 'a server in front may ask about requests that it forwards by itself'],
    ['allowRootServiceWorker', 'the application may have a service worker for its whole host'],
    ['tlsSkipVerify', 'the certificate of the application is not checked'],
    ['skipRequestSigning', 'requests are not signed'],
    ['preserveHost', 'the application is sent the host that was asked for'],
    ['preserveLocation', 'redirects of the application to its own address are left as they are'],
  ] as const;
  for (const [option, meaning] of switches) {
    if (before.route[option] !== after.route[option])
      texts.push(`${after.route[option] ? 'now' : 'no longer'}: ${meaning}`);
  }
  const lists = [
    ['scopes that every token needs', ({ bearer }: Route) => bearer?.requiredScopes ?? []],
    ['what callers may show', ({ bearer }: Route) => (bearer ? ['sessions', 'tokens'] : ['sessions'])],
    ['what becomes of a token', ({ bearer }: Route) => (bearer?.passesOn ? ['the application gets it'] : [])],
    ['longest time since the sign-in at the provider', ({ maxAuthAgeMs }: Route) => limit(maxAuthAgeMs)],
    ['longest time without use', ({ idleTimeoutMs }: Route) => limit(idleTimeoutMs)],
    ['origins whose pages may call it', ({ cors }: Route) => cors?.origins ?? []],
    ['origins whose pages may open WebSockets', ({ allowedOrigins }: Route) => allowedOrigins],
    ['headers that are stripped from requests', ({ stripRequestHeaders }: Route) => stripRequestHeaders],
    ['tags', tagsOf],
    ['connector', ({ via }: Route) => (via === undefined ? [] : [via])],
    ['what a start waits for', ({ waitFor }: Route) => (waitFor ? [waitFor.path] : [])],
    ['longest time of a connection', ({ tcp }: Route) => limit(tcp?.longestMs)],
    ['longest time of a connection without a byte', ({ tcp }: Route) => limit(tcp?.idleMs)],
    ['names in SSH certificates', ({ sshCertificate }: Route) => sshCertificate?.principals ?? []],
    [
      'what requests are signed for at AWS',
      ({ awsSigv4 }: Route) => (awsSigv4 ? [awsSigv4.service, awsSigv4.region] : []),
    ],
    ['protocol of the application', ({ protocol }: Route) => [protocol]],
    ['TLS options for the application', ({ tls }: Route) => describeTls(tls)],
    ['how TLS begins', ({ startTls }: Route) => (startTls ? [startTls] : [])],
    ['what a certificate says of who asks', describeIdentity],
  ] as const;
  for (const [meaning, of] of lists) {
    const [old, now] = [of(before.route).join(', '), of(after.route).join(', ')];
    if (old !== now) texts.push(`${meaning}: ${now || 'none'}, before ${old || 'none'}`);
  }
  return texts;
}

function limit(ms: number | undefined): readonly string[] {
  return ms === undefined ? [] : [describeDuration(ms)];
}

function added(host: string, { route, destination }: Served): Change {
  const open =
    route.publicPaths.length > 0 ? `, and without sign-in on ${route.publicPaths.length} patterns` : '';
  const text = `leads to ${destination}, open to ${describeRules(route.rules)}${open}`;
  return { kind: 'new', host, text, widens: false, route };
}

function removed(host: string, { route }: Served): Change {
  return {
    kind: 'removed',
    host,
    text: `before open to ${describeRules(route.rules)}`,
    widens: false,
    route,
  };
}

function destinationOf({ route, target }: RouteMatch): string {
  if (route.kind === 'launcher') return 'the launcher';
  return target ? describeTarget(target) : 'no address';
}
