import { expect, test } from '@jest/globals';
import { errors } from '@latchkey/contract';
import type { Decision, WrittenRule } from '@latchkey/access';
import type { ErrorCode } from '@latchkey/contract';
import { canonicalHost } from '@latchkey/http';
import { createLog } from '@latchkey/telemetry';
import type { Span } from '@latchkey/telemetry';
import { aRequest, aRoute } from '@latchkey/testing';
import * as fc from 'fast-check';
import { requestLines } from './log-lines.ts';

// What a caller may write, and what JSON, a line or UTF-16 could break at.
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom('"', '\\', '\n', '\r', '\0', '\u2028', '\ud800', '\udc00', 'ü', ',', '}'),
  }),
);
const perhaps = fc.option(text, { nil: undefined });

const host = fc
  .oneof(
    fc.domain(),
    fc.ipV4(),
    fc.ipV6().map((address) => `[${address}]`),
  )
  .map(canonicalHost)
  .filter((canonical) => canonical !== undefined);

const codes = Object.keys(errors).filter((code): code is ErrorCode => code in errors);

const person = fc.record(
  {
    kind: fc.constant('person'),
    email: text,
    groups: fc.constant(undefined),
    client: text,
    scopes: fc.array(text),
  },
  { requiredKeys: ['kind', 'email', 'groups'] },
);

test('whatever a request says, its line is one line of JSON that says it', () => {
  fc.assert(
    fc.property(
      fc.record({
        id: text,
        traceId: perhaps,
        amznTraceId: perhaps,
        host,
        rawPath: text,
        client: text,
        principal: person,
        policy: perhaps,
        error: fc.option(fc.constantFrom(...codes), { nil: undefined }),
        detail: perhaps,
        method: text,
        route: text,
      }),
      fc.integer({ min: 100, max: 599 }),
      fc.double({ min: 0, max: 1e9, noNaN: true }),
      (said, status, ms) => {
        const written: string[] = [];
        const log = createLog({
          service: 'proxy',
          level: 'info',
          destination: { write: (line) => void written.push(line) },
        });
        const { id, amznTraceId, principal, error, detail, method } = said;
        const record = {
          id,
          amznTraceId,
          span: said.traceId === undefined ? undefined : aSpan(said.traceId),
          request: aRequest({ host: said.host, rawPath: said.rawPath, client: said.client }),
          route: aRoute({ id: said.route }),
          principal,
          decision: decidedBy(said.policy),
          error,
          detail,
        };
        requestLines(log, 'all')({ kind: 'request', record, method, status, ms });

        expect(written).toHaveLength(1);
        expect(written[0]?.indexOf('\n')).toBe((written[0]?.length ?? 0) - 1);
        expect(JSON.parse(written[0] ?? '')).toEqual({
          level: error === undefined ? 'info' : errors[error].level,
          time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as unknown,
          service: 'proxy',
          id,
          method,
          status,
          duration: Math.round(ms * 10) / 10,
          trace_id: said.traceId,
          amzn_trace_id: amznTraceId,
          host: said.host,
          path: said.rawPath,
          client: said.client,
          route: said.route,
          reason: 'allowed_by_rule',
          policy: said.policy,
          user: principal.email,
          client_id: principal.client,
          scope: principal.scopes?.join(' '),
          error,
          detail,
          msg: 'request',
        });
      },
    ),
  );
});

function aSpan(traceId: string): Span {
  const span: Span = {
    traceId,
    isSampled: true,
    headers: () => ({}),
    begin: () => span,
    end: () => undefined,
  };
  return span;
}

function decidedBy(policy: string | undefined): Decision {
  const written = policy === undefined ? undefined : { ...aRule, name: policy };
  return { allow: true, reason: 'allowed_by_rule', rule: policy, written };
}

const aRule: Omit<WrittenRule, 'name'> = {
  effect: 'allow',
  expression: 'true',
  reads: [],
  groups: [],
  networks: [],
  decide: () => true,
  facts: [],
};
