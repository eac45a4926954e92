import { expect, test } from '@jest/globals';
import { chainBegin, nextLine } from '@latchkey/contract';
import { aRoute } from '@latchkey/testing';
import { auditOfRefusal } from './audit-of-reload.ts';

test('a refusal with many long mistakes is a line that collectors take in one piece, and says how many are left out', () => {
  const errors = Array.from({ length: 300 }, (_, at) => `upstreams.yml:${at}: ${'é'.repeat(900)}`);
  const entry = auditOfRefusal({ routes: [aRoute()] }, errors);
  const about = { time: '2027-01-01T00:00:00.000Z', service: 'proxy', instance: 'a' };
  const { line } = nextLine(chainBegin, about, entry);
  expect(Buffer.byteLength(line)).toBeLessThan(16 * 1024);
  const { errors: shown, left_out: left } = JSON.parse(line) as { errors: string[]; left_out: number };
  expect(shown.length + left).toBe(300);
  expect(shown[0]).toBe(errors[0]);
});
