import { HttpError } from '@latchkey/http';
import type { IncomingMessage } from 'node:http';

/** The parameters of a query string or of a form. */
export type Parameters = {
  /**
   * The value of a parameter that may be given once.
   *
   * @throws HttpError `bad_request` when it is repeated: whoever reads the other one decides about something else
   *   (RFC 6749, section 3.1)
   */
  one(name: string): string | undefined;
  /** Every value of a parameter, in order. */
  all(name: string): string[];
};

/** Reads the parameters in the query of a request. */
export function queryParameters(req: IncomingMessage): Parameters {
  return parameters(queryOf(req));
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

function parameters(text: string): Parameters {
  const values = new URLSearchParams(text);
  return {
    one(name) {
      const [value, ...more] = values.getAll(name);
      if (more.length > 0) throw new HttpError('bad_request', { detail: 'a parameter is repeated' });
      return value;
    },
    all: (name) => values.getAll(name),
  };
}
