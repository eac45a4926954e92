import {
  adminRevocationPath,
  adminSessionList,
  adminSessionsPath,
  operatorClaim,
  operatorClaimHeader,
  revocationAnswer,
} from '@latchkey/contract';
import type { AdminSession, RevocationAnswer, RevocationRequest } from '@latchkey/contract';
import { CallError } from '@latchkey/http';
import type { Answer } from '@latchkey/http';
import { readSecret } from '../io.ts';
import type { Io } from '../io.ts';
import { UsageError } from '../exit.ts';
import { parsedJson } from '../parsed-json.ts';

/** The sessions that auth knows of, and whether all its tasks know the same. */
export type FoundSessions = { readonly sessions: readonly AdminSession[]; readonly shared: boolean };

/** What an operator can ask of auth. @throws NotAnswered */
export type Operator = {
  list(email: string | undefined): Promise<FoundSessions>;
  revoke(wish: RevocationRequest): Promise<RevocationAnswer>;
};

/** Auth did not do what was asked: why, and what to do about it. */
export class NotAnswered extends Error {}

// Auth gives the grants of ended sessions back to their providers before it answers.
const timeoutMs = 60_000;
// Auth remembers fewer: more than this many pieces are those of a list that changes all the time.
const mostPages = 100;

/** Finds auth and its secret, and asks there. Throws UsageError. */
export function createOperator(
  { auth, claim }: { readonly auth: string | undefined; readonly claim: string | undefined },
  io: Io,
): Operator {
  const base = baseOf(auth ?? io.env['PROVIDER_URL_INTERNAL']);
  const name = claim ?? io.env['USER'] ?? io.env['USERNAME'];
  if (claim !== undefined && !operatorClaim.test(claim)) {
    throw new UsageError('--operator: write up to 100 characters of ASCII');
  }
  const headers = {
    authorization: `Bearer ${secretOf(io)}`,
    accept: 'application/json',
    ...(name !== undefined && operatorClaim.test(name) && { [operatorClaimHeader]: name }),
  };

  async function ask(path: string, body?: RevocationRequest): Promise<unknown> {
    const json = body && { 'content-type': 'application/json' };
    const sent = body && { body: JSON.stringify(body) };
    const method = body === undefined ? 'GET' : 'POST';
    const url = new URL(path, base);
    const call = { url, method, headers: { ...headers, ...json }, ...sent, timeoutMs } as const;
    const answer = await io.call(call).catch((error: unknown) => {
      if (!(error instanceof CallError)) throw error;
      throw new NotAnswered(
        `${base.origin} does not answer (${error.reason}): is it the internal port of auth?`,
      );
    });
    return contentOf(answer);
  }

  return {
    async list(email) {
      const bySid = new Map<string, AdminSession>();
      let after: string | undefined;
      let isShared = false;
      for (let pages = 0; pages < mostPages; pages++) {
        const query = new URLSearchParams({ ...(email && { email }), ...(after && { after }) }).toString();
        const page = read(adminSessionList, await ask(`${adminSessionsPath}${query && `?${query}`}`));
        for (const session of page.sessions) bySid.set(session.sid, session);
        isShared = page.shared;
        after = page.next;
        if (after === undefined) break;
      }
      return { sessions: [...bySid.values()], shared: isShared };
    },
    revoke: async (wish) => read(revocationAnswer, await ask(adminRevocationPath, wish)),
  };
}

function baseOf(given: string | undefined): URL {
  const example = 'write it like --auth http://auth.internal:4181';
  if (given === undefined) throw new UsageError(`--auth is missing: ${example}`);
  const url = URL.parse(given);
  if (url === null || !/^https?:$/.test(url.protocol) || url.pathname !== '/' || url.username !== '') {
    throw new UsageError(`${JSON.stringify(given)} is not the address of auth: ${example}`);
  }
  return url;
}

function secretOf(io: Io): string {
  // While it is being changed there are several, and auth takes each.
  const [first = ''] = (readSecret('ADMIN_SECRET', io) ?? '').split(',', 1);
  const secret = first.trim();
  if (secret === '')
    throw new UsageError('set ADMIN_SECRET or ADMIN_SECRET_FILE to the secret that auth has');
  if (!/^[\x21-\x7e]+$/.test(secret))
    throw new UsageError('ADMIN_SECRET: got a value with blanks or letters outside ASCII');
  return secret;
}

const advice: ReadonlyMap<unknown, string> = new Map([
  ['operator_refused', 'auth does not accept this secret: give the ADMIN_SECRET of auth'],
  [
    'session_unknown',
    'auth has no such session: it may have ended; `latchkey sessions list` shows all sessions',
  ],
  ['too_many_requests', 'too many wrong secrets came from this address: wait a minute'],
  ['store_unavailable', 'auth cannot reach its store (REDIS_URL): try again in a moment'],
  ['bad_request', 'auth does not understand this request: it may have another version than this command'],
  [
    'not_found',
    'there is no /admin at this address: auth has it only with ADMIN_SECRET, and on its SERVER_INTERNAL_PORT',
  ],
]);

function contentOf({ status, body }: Answer): unknown {
  const content = parsedJson(body);
  if (status === 200) return content;
  const code =
    typeof content === 'object' && content !== null && 'error' in content ? content.error : undefined;
  throw new NotAnswered(
    advice.get(code) ?? `unexpected answer with status ${status}: is it the internal port of auth?`,
  );
}

function read<T>(schema: { safeParse(data: unknown): { data?: T | undefined } }, content: unknown): T {
  const { data } = schema.safeParse(content);
  if (data === undefined)
    throw new NotAnswered(
      'the answer cannot be read: is this auth, and does it have the same version as this command?',
    );
  return data;
}
