import { z } from 'zod';
import { quote } from '../problems.ts';
import { explained, plainScalar, problem } from './reader.ts';
import type { Reader } from './reader.ts';

const advice = 'write scheme and host, and a port if it is not the default one: `https://app.example.com`';

/**
 * The origin of pages, as browsers write it. Neither `*` nor a pattern, so that a reader of the file sees who is meant, and
 * never `null`: that is the origin of every sandboxed frame and every file on a disk.
 */
export const origin: Reader<string> = plainScalar(
  {
    type: ['string', 'number', 'boolean'],
    pattern: '^[Hh][Tt][Tt][Pp][Ss]?://[^/?#@\\s*]+$',
    errorMessage: `This is no origin: ${advice}`,
    ...explained('One entry: the origin of pages, exactly. `*` and `null` are none.'),
    examples: ['https://app.example.com'],
  },
  z.string().transform((text, context): string => {
    const written = originOf(text);
    if (written !== undefined) return written;
    const { error, params } = problem('originUnusable', `${quote(text)} is no origin: ${advice}`);
    context.addIssue({ code: 'custom', message: error({ input: text }), params });
    return z.NEVER;
  }),
);

// What a browser would not send back letter by letter stands for more than an origin: a path, a user, a star.
function originOf(text: string): string | undefined {
  if (!/^https?:\/\/[^/?#@\\\s*]+$/i.test(text)) return undefined;
  const url = URL.parse(text);
  return url === null || url.hostname === '' ? undefined : url.origin;
}
