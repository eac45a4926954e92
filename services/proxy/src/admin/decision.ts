import { readQuery } from '@latchkey/admin';
import type { OperatorEndpoint } from '@latchkey/admin';
import { explainRequest, explanationJson, QuestionError, readRequest, requesterOf } from '@latchkey/explain';
import type { AskedRequest, Installation, Requester } from '@latchkey/explain';
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
    async tell(req) {
      const { asked, requester } = readQuestion(req);
      const answer = await explainRequest(asked, requester, installation());
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
  method: 'once',
  header: 'many',
} as const;

function readQuestion(req: IncomingMessage): { asked: AskedRequest; requester: Requester } {
  const { url, as, groups, provider, method, header = [] } = readQuery(req, parameters);
  if (url === undefined) throw new HttpError('bad_request', { detail: 'url is missing' });
  if (as === undefined && (groups ?? provider) !== undefined) {
    throw new HttpError('bad_request', { detail: 'groups and provider are about somebody: add as' });
  }
  const inGroups = (groups ?? []).flatMap((list) => list.split(',').map((group) => group.trim()));
  return {
    asked: readAsked(url[0], method?.[0] ?? 'GET', header),
    requester: as && requesterOf(as[0], inGroups.filter(Boolean), provider?.[0]),
  };
}

function readAsked(url: string, method: string, headers: readonly string[]): AskedRequest {
  try {
    return readRequest(url, method, headers);
  } catch (error) {
    if (!(error instanceof QuestionError)) throw error;
    throw new HttpError('bad_request', { detail: `${error.part}: ${error.message}` });
  }
}
