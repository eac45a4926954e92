import { z } from 'zod';
import { quote } from '../problems.ts';
import type { StartTls } from '../types.ts';
import { described, scalar } from './reader.ts';
import type { FieldReader, Located } from './reader.ts';

const about = {
  meaning:
    'How TLS begins on a connection to a `to: tcp://…` that begins without: `postgres`, by the request of PostgreSQL. The program of the person then speaks without TLS up to `latchkey tunnel`, and the proxy with it from there. An application that begins with TLS has `to: tls://…`.',
  default: 'never',
  example: 'postgres',
};

const advice = 'Write `postgres`, or leave it out';

/** `starttls`: what comes before TLS. Empty: nothing, and no TLS. */
export const startTls: FieldReader<Located<StartTls | ''>> = {
  ...scalar(
    { enum: ['postgres', ''], errorMessage: advice, ...described(about) },
    z.string().transform((text, context): StartTls | '' => {
      if (text === 'postgres' || text === '') return text;
      const message = `${quote(text)} is not a protocol that \`starttls\` supports. ${advice}`;
      context.addIssue({ code: 'custom', message, params: { problem: 'startTlsUnusable' } });
      return z.NEVER;
    }),
  ),
  about: { ...about, type: 'text' },
};
