import { generateKeyPair, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import type { Fault } from '../behaviour.ts';
import { readForm } from '../form-body.ts';
import { misbehave } from '../misbehave.ts';
import { readAssertion } from './assertion.ts';
import { isInside, membersOf } from './membership.ts';
import { createDevWorkload } from './workload.ts';
import type { DevWorkload } from './workload.ts';

export type DirectoryEndpoint = 'token' | 'hasMember' | 'member' | 'members' | 'groups';

export type DevDirectoryOptions = {
  /** Milliseconds since the epoch, for the life of assertions and tokens. The system's by default. */
  now?: () => number;
  /** Members of each group at the start. */
  groups?: Record<string, string[]>;
};

export type DevDirectory = {
  /** Under which groups are looked up. */
  url: string;
  /** The text of the service account's file, as Google hands it out. */
  credentials: string;
  /** Where its assertions become access tokens. */
  tokenUrl: string;
  /** A task at AWS that signs for the service account without its key. */
  workload: DevWorkload;
  /** Members of each group by its address: people, and other groups. May be changed at any time. */
  groups: Map<string, Set<string>>;
  /** The domain of the directory: of an account in another one it says no more than who is directly in a group. */
  domain: string;
  /** Groups that everybody of the domain is in, without being named. */
  openToAll: Set<string>;
  /** Whom lists of members leave out, though they are in. */
  unlisted: Set<string>;
  /** Direct members of another domain that are there, but not active. */
  inactive: Set<string>;
  /** Whom the directory does not have any more. Their memberships go with them. */
  deleted: Set<string>;
  /** The scopes that were delegated to the service account. */
  delegated: Set<string>;
  /** In whose name the service account may ask. */
  administrators: Set<string>;
  /** What goes wrong at an endpoint, or whenever a certain group is asked about. */
  faults: Partial<Record<DirectoryEndpoint, Fault>>;
  groupFaults: Map<string, Fault>;
  /** How often each endpoint was asked. May be set back to 0. */
  requests: Record<DirectoryEndpoint, number>;
  /** How many requests were under way at once, at most. */
  mostAtOnce: number;
  /** Takes every access token back. */
  forgetTokens(): void;
  /** Stops listening and drops what is open. */
  close(): Promise<void>;
};

/** What a delegation for the Directory API is usually given. */
const usualScopes = ['user', 'group'].map(
  (what) => `https://www.googleapis.com/auth/admin.directory.${what}.readonly`,
);

// Each of these is enough to ask about members.
const memberScopes = new Set(
  ['group.member.readonly', 'group.member', 'group.readonly', 'group'].map(
    (what) => `https://www.googleapis.com/auth/admin.directory.${what}`,
  ),
);

// And each of these to list the groups of a person.
const groupScopes = new Set(
  ['group.readonly', 'group'].map((what) => `https://www.googleapis.com/auth/admin.directory.${what}`),
);

const base = '/admin/directory/v1';
const mostPerPage = 200;
const clientEmail = 'latchkey@project.iam.example';
const tokenSeconds = 3600;

/**
 * Starts as much of Google's Admin SDK Directory as group look-ups need, with the token endpoint for its service account.
 * Both are as strict as the real ones.
 */
export async function startDevDirectory({
  now = Date.now,
  groups = {},
}: DevDirectoryOptions = {}): Promise<DevDirectory> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const keyId = randomBytes(8).toString('hex');
  const tokens = new Map<string, { scopes: string[]; until: number }>();
  const closing = new AbortController();
  let underWay = 0;

  const server = createServer((request, response) => {
    underWay += 1;
    directory.mostAtOnce = Math.max(directory.mostAtOnce, underWay);
    response.once('close', () => (underWay -= 1));
    answer(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  const tokenUrl = `${origin}/token`;

  const directory: DevDirectory = {
    url: `${origin}${base}`,
    credentials: JSON.stringify({
      type: 'service_account',
      client_email: clientEmail,
      private_key_id: keyId,
      private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
      token_uri: tokenUrl,
    }),
    tokenUrl,
    workload: createDevWorkload({ origin, clientEmail, privateKey, keyId, now, signal: closing.signal }),
    groups: new Map(Object.entries(groups).map(([group, members]) => [group, new Set(members)])),
    domain: 'example.com',
    openToAll: new Set(),
    unlisted: new Set(),
    inactive: new Set(),
    deleted: new Set(),
    delegated: new Set(usualScopes),
    administrators: new Set(['admin@example.com']),
    faults: {},
    groupFaults: new Map(),
    requests: { token: 0, hasMember: 0, member: 0, members: 0, groups: 0 },
    mostAtOnce: 0,
    forgetTokens: () => tokens.clear(),
    async close() {
      closing.abort();
      server.closeAllConnections();
      if (server.listening) await server[Symbol.asyncDispose]();
    },
  };
  return directory;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', origin);
    if (pathname === '/token' && request.method === 'POST') return giveToken(request, response);
    if (await directory.workload.answer(request, response)) return;
    const asked = readQuestion(pathname, searchParams);
    if (asked === undefined || request.method !== 'GET') return refuse(response, 404, 'notFound');
    const { endpoint, group, person } = asked;
    directory.requests[endpoint] += 1;
    const fault = directory.groupFaults.get(group) ?? directory.faults[endpoint];
    if (await misbehave(fault, response, closing.signal)) return;

    const token = tokens.get(/^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '');
    if (token === undefined || token.until < now()) return refuse(response, 401, 'authError');
    const scopes = endpoint === 'groups' ? groupScopes : memberScopes;
    if (!token.scopes.some((scope) => scopes.has(scope))) {
      return refuse(response, 403, 'insufficientPermissions');
    }
    if (endpoint === 'groups') return listGroups(response, person, searchParams);
    if (endpoint === 'members') return listMembers(response, group, searchParams);
    return endpoint === 'hasMember'
      ? answerMembership(response, group, person)
      : showMember(response, group, person);
  }

  function listGroups(response: ServerResponse, person: string, query: URLSearchParams): void {
    if (directory.deleted.has(person))
      return refuse(response, 404, 'notFound', 'Resource Not Found: userKey');
    const mine = [...directory.groups].filter(([, members]) => members.has(person));
    const groups = mine.map(([email]) => ({ email }));
    return sendPage(response, query, { kind: 'admin#directory#groups', name: 'groups', items: groups });
  }

  function listMembers(response: ServerResponse, group: string, query: URLSearchParams): void {
    if (!directory.groups.has(group))
      return refuse(response, 404, 'notFound', 'Resource Not Found: groupKey');
    const nested = query.get('includeDerivedMembership') === 'true';
    const named = membersOf(group, directory.groups, nested).filter(
      (email) => !directory.deleted.has(email) && !directory.unlisted.has(email),
    );
    const members = named.map((email) => ({
      kind: 'admin#directory#member',
      email,
      role: 'MEMBER',
      type: directory.groups.has(email) ? 'GROUP' : 'USER',
      status: directory.inactive.has(email) ? 'SUSPENDED' : 'ACTIVE',
    }));
    const all = directory.openToAll.has(group)
      ? [{ kind: 'admin#directory#member', id: 'C0123', role: 'MEMBER', type: 'CUSTOMER', status: 'ACTIVE' }]
      : [];
    return sendPage(response, query, {
      kind: 'admin#directory#members',
      name: 'members',
      items: [...all, ...members],
    });
  }

  function answerMembership(response: ServerResponse, group: string, person: string): void {
    if (!directory.groups.has(group))
      return refuse(response, 404, 'notFound', 'Resource Not Found: groupKey');
    if (!person.endsWith(`@${directory.domain}`)) {
      return refuse(response, 400, 'invalid', 'Invalid Input: memberKey');
    }
    if (directory.deleted.has(person))
      return refuse(response, 404, 'notFound', 'Resource Not Found: memberKey');
    return send(response, 200, {
      isMember: directory.openToAll.has(group) || isInside(person, group, directory.groups),
    });
  }

  function showMember(response: ServerResponse, group: string, person: string): void {
    if (directory.groups.get(group)?.has(person) !== true) {
      return refuse(response, 404, 'notFound', 'Resource Not Found: memberKey');
    }
    const status = directory.inactive.has(person) ? 'SUSPENDED' : 'ACTIVE';
    return send(response, 200, { kind: 'admin#directory#member', email: person, role: 'MEMBER', status });
  }

  async function giveToken(request: IncomingMessage, response: ServerResponse): Promise<void> {
    directory.requests.token += 1;
    if (await misbehave(directory.faults.token, response, closing.signal)) return;
    const form = await readForm(request);
    if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer') {
      return send(response, 400, { error: 'unsupported_grant_type' });
    }
    const asked = readAssertion(form.get('assertion') ?? '', {
      publicKey,
      keyId,
      issuer: clientEmail,
      audience: tokenUrl,
      now: Math.floor(now() / 1000),
    });
    if (asked === undefined || !directory.administrators.has(asked.subject)) {
      return send(response, 400, { error: 'invalid_grant' });
    }
    if (asked.scopes.some((scope) => !directory.delegated.has(scope))) {
      return send(response, 401, { error: 'unauthorized_client' });
    }
    const token = randomBytes(24).toString('base64url');
    tokens.set(token, { scopes: asked.scopes, until: now() + tokenSeconds * 1000 });
    return send(response, 200, { access_token: token, token_type: 'Bearer', expires_in: tokenSeconds });
  }
}

type Question = { endpoint: Exclude<DirectoryEndpoint, 'token'>; group: string; person: string };

function readQuestion(pathname: string, query: URLSearchParams): Question | undefined {
  const person = query.get('userKey');
  if (pathname === `${base}/groups` && person !== null) return { endpoint: 'groups', group: '', person };
  const listed = /^\/groups\/([^/]+)\/members$/.exec(pathname.replace(base, ''));
  if (listed !== null) {
    return { endpoint: 'members', group: decodeURIComponent(listed[1] ?? ''), person: '' };
  }
  const found = /^\/groups\/([^/]+)\/(hasMember|members)\/([^/]+)$/.exec(pathname.replace(base, ''));
  if (found === null) return undefined;
  const [group = '', , member = ''] = found.slice(1).map(decodeURIComponent);
  return { endpoint: found[2] === 'hasMember' ? 'hasMember' : 'member', group, person: member };
}

type Listed = { kind: string; name: string; items: readonly object[] };

/** A page of a list, in Google's form: what is empty is left out. */
function sendPage(response: ServerResponse, query: URLSearchParams, { kind, name, items }: Listed): void {
  const perPage = Math.min(Number(query.get('maxResults') ?? mostPerPage), mostPerPage);
  const from = Number(query.get('pageToken') ?? 0);
  const listed = items.slice(from, from + perPage);
  const next = from + perPage < items.length ? { nextPageToken: String(from + perPage) } : {};
  send(response, 200, { kind, ...(listed.length > 0 && { [name]: listed }), ...next });
}

function refuse(response: ServerResponse, code: number, reason: string, message = reason): void {
  send(response, code, { error: { code, message, errors: [{ domain: 'global', reason, message }] } });
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
