import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { allowedSchema, judge, reportSchema } from './judge.ts';

const advisory = 'GHSA-aaaa-bbbb-cccc';
const url = `https://github.com/advisories/${advisory}`;

// As pnpm 12 writes it about an answer of the registry.
function reportOf(severity: string) {
  return reportSchema.parse({
    advisories: {
      '1234567': {
        findings: [{ version: '1.0.10', paths: ['.>express>qs'] }],
        github_advisory_id: advisory,
        module_name: 'qs',
        severity,
        title: 'Reads too much',
        url,
        vulnerable_versions: '<9.9.9',
      },
    },
    metadata: { vulnerabilities: { high: 1 } },
  });
}

const allowedUntil = (until: string) => [
  { advisory, reason: 'Only its command line has the fault, and nothing here runs it.', until },
];

describe('an advisory about a package that is installed', () => {
  test.each(['high', 'critical'])('fails where it is %s, and is named with its address', (severity) => {
    expect(judge(reportOf(severity), [], '2026-11-26')).toEqual([
      `${severity}: qs <9.9.9: Reads too much (${url})`,
    ]);
  });

  test.each(['info', 'low', 'moderate'])('does not fail where it is %s', (severity) => {
    expect(judge(reportOf(severity), [], '2026-11-26')).toEqual([]);
  });

  test('is allowed to the end of the day that is written down for it', () => {
    expect(judge(reportOf('high'), allowedUntil('2026-11-26'), '2026-11-26')).toEqual([]);
    const over = [`${advisory} was allowed until 2026-11-25: upgrade, or argue anew`];
    expect(judge(reportOf('high'), allowedUntil('2026-11-25'), '2026-11-26')).toEqual(over);
    expect(judge(undefined, allowedUntil('2026-11-25'), '2026-11-26')).toEqual(over);
  });
});

test('each entry of the list says what, why and until when', () => {
  expect(() =>
    allowedSchema.parse(JSON.parse(readFileSync(join(import.meta.dirname, 'allowed.json'), 'utf8'))),
  ).not.toThrow();
  for (const wrong of [{ until: '' }, { until: '2026-13-01' }, { reason: 'later' }, { advisory: 'qs' }]) {
    expect(allowedSchema.safeParse([{ ...allowedUntil('2026-11-26')[0], ...wrong }]).success).toBe(false);
  }
});
