import { readQuery } from '@latchkey/admin';
import type { OperatorEndpoint } from '@latchkey/admin';
import {
  explainRequest,
  explanationJson,
  QuestionError,
  readCircumstances,
  readMoment,
  readRequest,
  requesterOf,
  tokenOfAccount,
} from '@latchkey/explain';
import type { ExplainedRequest, Installation, Requester } from '@latchkey/explain';
import { HttpError } from '@latchkey/http';
import type { IncomingMessage } from 'node:http';
import { withoutQuery } from './routes.ts';

/**
 * What would become of a request, by the routes that are in force at this moment. Nobody is signed in by it, nothing is
 * forwarded, and auth is not asked.
 */
export function decisionEndpoint(installation: () => Installation): OperatorEndpoint {
  return {
    methods: 'GET, HEAD',
    action: 'decision',
    async handle(req) {
      const current = installation();
      const { asked, requester } = readQuestion(req, current);
      const answer = await explainRequest(asked, requester, current);
      const { upstream, route } = answer;
      const shown = upstream
        ? { ...answer, upstream: { ...upstream, url: withoutQuery(upstream.url) } }
        : answer;
      return { answer: explanationJson(asked, requester, shown), written: { route: route?.id } };
    },
  };
}

const parameters = {
  url: 'once',
  as: 'once',
  groups: 'many',
  provider: 'once',
  'auth-time': 'once',
  amr: 'many',
  'as-account': 'once',
  method: 'once',
  header: 'many',
  ip: 'once',
  time: 'once',
  device: 'many',
} as const;

type Question = { readonly asked: ExplainedRequest; readonly requester: Requester };

function readQuestion(req: IncomingMessage, installation: Installation): Question {
  const query = readQuery(req, parameters);
  try {
    return questionOf(query, installation);
  } catch (error) {
    if (!(error instanceof QuestionError)) throw error;
    throw new HttpError('bad_request', { detail: `${error.part}: ${error.message}` });
  }
}

function questionOf(
  query: ReturnType<typeof readQuery<keyof typeof parameters>>,
  { table }: Installation,
): Question {
  const { url, as, groups, provider, amr, method, header = [], device } = query;
  const [ip, time, proved, account] = (['ip', 'time', 'auth-time', 'as-account'] as const).map(
    (name) => query[name]?.[0],
  );
  if (url === undefined) throw new HttpError('bad_request', { detail: 'url is missing' });
  if (as === undefined && (groups ?? provider ?? proved ?? amr) !== undefined) {
    const detail = 'groups, provider, auth-time and amr are about a person: add as';
    throw new HttpError('bad_request', { detail });
  }
  if (as !== undefined && account !== undefined) {
    throw new HttpError('bad_request', { detail: 'as and as-account: write one of them' });
  }
  const circumstances = readCircumstances({ ip, time, device }, table);
  const asked = readRequest(url[0], method?.[0] ?? 'GET', header, circumstances);
  const provedAt = readMoment('auth-time', proved);
  const signIn = {
    authTime: provedAt === undefined ? undefined : provedAt / 1000,
    amr: amr && listed(amr),
  };
  return {
    asked: { ...asked, ...(account !== undefined && { token: tokenOfAccount(account, table) }) },
    requester: as && requesterOf(as[0], listed(groups ?? []), provider?.[0], signIn),
  };
}

function listed(values: readonly string[]): string[] {
  return values.flatMap((list) => list.split(',').map((entry) => entry.trim())).filter(Boolean);
}
