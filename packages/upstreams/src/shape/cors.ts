import { z } from 'zod';
import { quote } from '../problems.ts';
import { headerName } from './headers.ts';
import { mappingOption } from './mapping.ts';
import { origin } from './origin.ts';
import { explained, list, plainScalar, problem } from './reader.ts';
import type { Reader } from './reader.ts';
import { duration, flag } from './values.ts';

const fields = {
  origins: list(
    {
      meaning:
        'The origins whose pages may call the application, exactly. None: as if `cors` were not written.',
      example: '[https://app.example.com]',
    },
    origin,
  ),
  methods: list(
    {
      meaning: 'The methods that they may use besides GET, HEAD and POST.',
      default: 'the one that is asked for',
      example: '[PUT, DELETE]',
    },
    word('a method', ['PUT', 'DELETE']),
  ),
  headers: list(
    {
      meaning: 'The headers that they may send besides those that any page may.',
      default: 'those that are asked for',
      example: '[Content-Type, X-Requested-With]',
    },
    word('the name of a header', ['Content-Type', 'X-Requested-With']),
  ),
  credentials: flag({
    meaning: 'Whether their calls carry cookies, and with them the session of the person.',
    default: '`false`',
  }),
  max_age: duration(
    {
      meaning: 'How long a browser keeps the answer to a preflight.',
      default: 'what browsers do, five seconds',
      example: '10m',
    },
    ['10m', '2h'],
  ),
};

/** `cors` of a route. */
export const cors = mappingOption(
  'cors',
  'Which pages of other origins may call the application: their preflights are answered by the proxy, and its own refusals are readable to them. Default: none.',
  fields,
  {
    meaning:
      'Which pages of other origins may call the application. The proxy answers their preflights itself, and the pages can read errors of the proxy, such as 401. `origins` are compared exactly. Without `methods` or `headers`, all that a preflight requests are allowed. With `credentials: true`, browsers send the session with calls. `max_age` is how long browsers keep the answer to a preflight.',
    default: 'none',
    type: '`origins`, and if need be `methods`, `headers`, `credentials` and `max_age`',
    example: '{ origins: [https://app.example.com], credentials: true, max_age: 10m }',
  },
);

// `*` would be each and every one, or with credentials, by https://fetch.spec.whatwg.org/#http-new-header-syntax, its own name.
function word(what: string, examples: readonly string[]): Reader<string> {
  const advice = `write ${what}, and no \`*\``;
  return plainScalar(
    {
      type: ['string', 'number', 'boolean'],
      pattern: "^[!#$%&'+.^_`|~0-9A-Za-z-]+$",
      errorMessage: `This cannot stand here: ${advice}`,
      ...explained(`One entry: ${what}.`),
      examples,
    },
    z.string().refine(
      (text) => headerName.test(text) && !text.includes('*'),
      problem('corsWord', (text) => `${quote(text)} cannot stand here: ${advice}`),
    ),
  );
}
