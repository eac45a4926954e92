import { hasMorePairs, HttpError, mostQueryPairs } from '@latchkey/http';
import type { IncomingMessage } from 'node:http';

/** The parameters of a query string or of a form. */
export type Parameters = {
  /**
   * The value of a parameter that may be given once.
   *
   * @throws HttpError `bad_request` when it is repeated: a reader of the other one decides about something else
   *   (RFC 6749, section 3.1)
   */
  one(name: string): string | undefined;
  /** Every value of a parameter, in order. */
  all(name: string): readonly string[];
};

/**
 * Reads the parameters in the query of a request.
 *
 * @throws HttpError `bad_request` when there are too many
 */
export function queryParameters(req: IncomingMessage): Parameters {
  const query = queryOf(req);
  refuseMany(query, mostQueryPairs);
  return parameters(query);
}

/** Reads the parameters in a form's body, as the form parser left it; a body of another kind has none. */
export function formParameters(body: unknown): Parameters {
  return parameters(typeof body === 'string' ? body : '');
}

/** The query of a request with its `?`, or empty. */
export function queryOf(req: IncomingMessage): string {
  const target = req.url ?? '';
  const questionMark = target.indexOf('?');
  return questionMark < 0 ? '' : target.slice(questionMark);
}

/**
 * Counts pairs before anything is made of them.
 *
 * @throws HttpError `bad_request` when there are too many
 */
export function refuseMany(text: string, most: number): void {
  if (hasMorePairs(text, most)) throw new HttpError('bad_request', { detail: 'too many parameters' });
}

// Read once, however many parameters are asked for, and only where one is.
function parameters(text: string): Parameters {
  let read: ReadonlyMap<string, readonly string[]> | undefined;
  const all = (name: string) => (read ??= grouped(text)).get(name) ?? [];
  return {
    one(name) {
      const [value, second] = all(name);
      if (second !== undefined) throw new HttpError('bad_request', { detail: 'a parameter is repeated' });
      return value;
    },
    all,
  };
}

function grouped(text: string): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(text)) {
    const earlier = values.get(name);
    if (earlier === undefined) values.set(name, [value]);
    else earlier.push(value);
  }
  return values;
}
