import { z } from 'zod';
import { quote } from '../problems.ts';
import { framingNames, headerName } from './headers.ts';
import { explained, plainScalar, problem } from './reader.ts';
import type { Reader } from './reader.ts';

const advice = 'write the name of a header, or the beginning of names with one `*` at the end: `X-Debug-*`';

/** One entry of `strip_request_headers`: a name, or with `*` at its end all names that begin so. */
export const headerPattern: Reader<string> = plainScalar(
  {
    type: ['string', 'number', 'boolean'],
    pattern: "^[!#$%&'+.^_`|~0-9A-Za-z-]+[*]?$",
    errorMessage: `This is no name of a header: ${advice}`,
    ...explained('One entry: the name of a header, or with `*` at its end all names that begin so.'),
    examples: ['X-Debug', 'X-Debug-*'],
  },
  z
    .string()
    .refine(isPattern, {
      ...problem('headerPattern', (text) => `${quote(text)} is no name of a header: ${advice}`),
      abort: true,
    })
    .refine(
      (text) => !framingNames.has(text.toLowerCase()),
      problem(
        'headerPattern',
        (text) => `${text} belongs to the connection and is never forwarded: remove it`,
      ),
    ),
);

// A star alone would take `Accept` and `Content-Type` off, too, and leave nothing that an application could answer.
function isPattern(text: string): boolean {
  const name = text.endsWith('*') ? text.slice(0, -1) : text;
  return headerName.test(name) && !name.includes('*');
}
