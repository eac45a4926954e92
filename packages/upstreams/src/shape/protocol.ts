import { z } from 'zod';
import { quote } from '../problems.ts';
import type { UpstreamProtocol } from '../types.ts';
import { described, enumExplained, scalar } from './reader.ts';
import type { FieldReader, Located } from './reader.ts';

const protocols: Readonly<Record<UpstreamProtocol, string>> = {
  http1: 'HTTP/1.1, whatever the browser speaks.',
  h2: 'HTTP/2 over TLS, with `to: https://…`.',
  h2c: 'HTTP/2 without TLS, with `to: http://…` or a Unix socket.',
};

const about = {
  meaning:
    'The protocol towards the application: `http1`, `h2` (HTTP/2 over TLS) or `h2c` (HTTP/2 without TLS, with prior knowledge). gRPC needs `h2` or `h2c`. WebSockets always use HTTP/1.1.',
  default: '`http1`',
  example: 'h2',
};

const advice = 'Write `http1`, `h2` or `h2c`';

/** `protocol`: what is spoken with an application. */
export const protocol: FieldReader<Located<UpstreamProtocol>> = {
  ...scalar(
    {
      enum: Object.keys(protocols),
      errorMessage: advice,
      ...described(about),
      ...enumExplained(Object.values(protocols)),
    },
    z.string().transform((text, context): UpstreamProtocol => {
      if (isProtocol(text)) return text;
      const message = `${quote(text)} is not a protocol. ${advice}`;
      context.addIssue({ code: 'custom', message, params: { problem: 'protocolUnknown' } });
      return z.NEVER;
    }),
  ),
  about: { ...about, type: 'text' },
};

function isProtocol(text: string): text is UpstreamProtocol {
  return Object.hasOwn(protocols, text);
}
