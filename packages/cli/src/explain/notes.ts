import { flawOfAddress } from '@latchkey/access';
import { deviceHeadersOfBalancer, foldName, isAboutDevice, isReserved } from '@latchkey/identity';
import { closest } from '@latchkey/spelling';
import { hostOf } from '@latchkey/upstreams';
import type { Route } from '@latchkey/upstreams';
import { isReturnable } from '../lints/sign-in.ts';
import type { Explained } from './explained.ts';
import { notesOnRoute } from './route-notes.ts';

/** What somebody should know who did not expect this answer, one sentence each. */
export function notesOn(explained: Explained): string[] {
  return noteMakers.flatMap((note) => note(explained));
}

const noteMakers: ReadonlyArray<(explained: Explained) => string[]> = [
  aboutScheme,
  aboutHost,
  aboutPath,
  aboutPreflight,
  aboutSignIn,
  aboutGroups,
  aboutAddress,
  aboutHeaders,
  aboutDevice,
  notesOnRoute,
];

function aboutScheme({ asked, installation: { proxy }, answer }: Explained): string[] {
  if (asked.scheme === 'https' || !answer.route) return [];
  if (proxy?.hasTrustedProxies === false && proxy.secure) {
    return [
      'SERVER_TRUSTED_PROXIES is not set, so the proxy does not see that this came over http, and does not redirect it',
    ];
  }
  if (proxy === undefined) return ['with SESSION_COOKIE_SECURE=false it is not redirected'];
  return [];
}

function aboutHost({
  asked: {
    incoming: { read },
  },
  answer,
  installation: {
    table,
    upstream: { cluster },
  },
  otherClusters,
}: Explained): string[] {
  if (answer.error !== 'unknown_host' || typeof read === 'string') return [];
  const hosts = table.routes.flatMap((route) => hostOf(route)?.host ?? []);
  const meant = closest(read.host, hosts);
  return [
    `the file was read for ${cluster === '' ? 'no cluster, `default` alone' : `the cluster ${JSON.stringify(cluster)}`}`,
    ...(meant === undefined ? [] : [`there is a route for ${meant}`]),
    ...otherClusters.map((cluster) => `with --cluster ${cluster} a route answers for this host`),
  ];
}

function aboutPath({
  asked: {
    incoming: { read },
  },
  answer: { route, rules },
}: Explained): string[] {
  if (typeof read === 'string' || !route || route.publicPaths.length === 0) return [];
  if (read.path === undefined) {
    return [
      'a path with an encoded slash, dot or %, with `//`, `;` or a dot segment can be read in two ways. Without these it may be public',
    ];
  }
  const isPublic = rules.some(({ about, outcome }) => about === 'request' && outcome === 'hit');
  if (!isPublic && read.query !== '' && route.publicPaths.some(({ source }) => /\\\?/.test(source))) {
    return ['patterns are matched against the path without its query'];
  }
  return [];
}

function aboutPreflight({
  asked: {
    method,
    incoming: { headers },
  },
  answer: { route, reason },
}: Explained): string[] {
  if (method !== 'OPTIONS' || !route || reason === 'preflight') return [];
  if (!route.skipAuthPreflight) return ['without skip_auth_preflight, OPTIONS is a request like any other'];
  const missing = ['Origin', 'Access-Control-Request-Method'].filter((name) => !headers[name.toLowerCase()]);
  if (missing.length === 0) return ['a preflight has no body, and changes no protocol'];
  return [`a preflight also has ${missing.join(' and ')}`];
}

function aboutSignIn({
  asked: {
    incoming: { read },
  },
  requester,
  answer,
  installation: { auth },
}: Explained): string[] {
  const { route, reason, error } = answer;
  if (!route || reason === undefined || reason === 'public_path' || reason === 'preflight') return [];
  const notes: string[] = [];
  if (requester && !auth?.accounts && error !== 'account_refused') {
    notes.push('auth may refuse the account before any of this: give its env file, too, with --env-file');
  }
  const domains = auth?.proxyDomains;
  if (domains && typeof read !== 'string' && !isReturnable(read.host, domains)) {
    notes.push(
      `a sign-in that begins here ends with 400 return_address_refused: AUTHORIZE_PROXY_DOMAINS is ${domains.join(', ')}`,
    );
  }
  if (error === 'account_refused') {
    notes.push('an account that auth refuses gets no session, even if the rules of the application match');
  }
  return notes;
}

function aboutGroups({ requester, answer: { route, reason } }: Explained): string[] {
  if (!requester || reason !== 'no_rule_matches' || !route || route.rules.groups.length === 0) return [];
  if (requester.groups.length === 0) return ['without --groups the person is in no group'];
  const near = requester.groups.flatMap((group) => {
    const meant = closest(group, route.rules.groups);
    return meant === undefined
      ? []
      : [`${JSON.stringify(group)} is not ${JSON.stringify(meant)}: groups are compared letter by letter`];
  });
  return near;
}

function aboutAddress({
  requester,
  answer: { route, reason, error },
  installation: { auth },
}: Explained): string[] {
  if (!requester || (reason !== 'no_rule_matches' && error !== 'account_refused')) return [];
  if (flawOfAddress(requester.email) !== undefined) return [];
  const rules = error === 'account_refused' ? auth?.accounts : route?.rules;
  return rules ? nearMisses(requester.email, rules) : [];
}

function nearMisses(
  email: string,
  { emailDomains, emailAddresses }: Pick<Route['rules'], 'emailDomains' | 'emailAddresses'>,
): string[] {
  const domain = email.slice(email.indexOf('@') + 1);
  const above = emailDomains.find((listed) => domain.endsWith(`.${listed}`));
  if (above !== undefined) return [`${above} in a list does not cover ${domain}: write that as well`];
  const meant = closest(domain, emailDomains) ?? addressMeant(email, emailAddresses);
  return meant === undefined ? [] : [`${meant} is in the list, and differs from this by a few letters`];
}

/** Addresses of one domain have most of their letters in common, so the parts are compared by themselves. */
function addressMeant(email: string, listed: readonly string[]): string | undefined {
  const [local = '', domain = ''] = email.split('@');
  return listed.find((address) => {
    const [itsLocal = '', itsDomain = ''] = address.split('@');
    return closest(local, [itsLocal]) !== undefined && closest(domain, [itsDomain]) !== undefined;
  });
}

function aboutHeaders({ asked: { headerNames }, installation: { table } }: Explained): string[] {
  const facts = new Map([...table.root.deviceHeaders].map(([fact, header]) => [header, fact]));
  const notes = headerNames.flatMap((name) => {
    const fact = facts.get(foldName(name));
    if (fact !== undefined) {
      return [`${name} is removed, unless SERVER_TRUSTED_PROXIES say it: write --device ${fact}=… for that`];
    }
    return isReserved(name) ? [`${name} ${whyRemoved(name)}`] : [];
  });
  if (headerNames.some((name) => name.toLowerCase() === 'cookie')) {
    notes.push('cookies are not decrypted here: use --as to say who is signed in');
  }
  return notes;
}

function aboutDevice({ asked: { incoming }, installation: { proxy } }: Explained): string[] {
  const isSaid = incoming.deviceTrust.headers && proxy?.hasTrustedProxies === false;
  return isSaid ? ['SERVER_TRUSTED_PROXIES is not set, so nobody is believed about a device'] : [];
}

function whyRemoved(name: string): string {
  if (deviceHeadersOfBalancer.has(name.toLowerCase()))
    return 'is removed, unless it comes from SERVER_TRUSTED_PROXIES and SERVER_DEVICE_CERTIFICATES is true';
  return isAboutDevice(name)
    ? 'is removed: nobody here verifies the certificate of a device'
    : 'is removed: only the proxy sets it, and trusts only its load balancers';
}
