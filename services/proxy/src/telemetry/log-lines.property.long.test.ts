import { expect, test } from '@jest/globals';
import { createLog } from '@latchkey/telemetry';
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

test('whatever a request says, its line is one line of JSON that says it', () => {
  fc.assert(
    fc.property(
      fc.record({
        id: text,
        rawPath: text,
        client: text,
        email: text,
        detail: text,
        method: text,
        route: text,
      }),
      fc.integer({ min: 100, max: 599 }),
      fc.double({ min: 0, max: 1e9, noNaN: true }),
      ({ id, rawPath, client, email, detail, method, route }, status, ms) => {
        const written: string[] = [];
        const log = createLog({
          service: 'proxy',
          level: 'info',
          destination: { write: (line) => void written.push(line) },
        });
        const principal = { kind: 'person', email, groups: undefined } as const;
        const request = aRequest({ rawPath, client });
        const decision = { allow: true, reason: 'signed_in', rule: undefined, written: undefined } as const;
        const record = { id, request, route: aRoute({ id: route }), principal, decision, detail };
        requestLines(log, 'all')({ kind: 'request', record, method, status, ms });

        expect(written).toHaveLength(1);
        expect(written[0]?.indexOf('\n')).toBe((written[0]?.length ?? 0) - 1);
        expect(JSON.parse(written[0] ?? '')).toEqual({
          level: 'info',
          time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as unknown,
          service: 'proxy',
          id,
          method,
          status,
          duration: Math.round(ms * 10) / 10,
          host: request.host,
          path: rawPath,
          client,
          route,
          reason: 'signed_in',
          user: email,
          detail,
          msg: 'request',
        });
      },
    ),
  );
});
