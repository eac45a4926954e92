// A dashboard that asks for a metric that is not there shows an empty panel, and an alarm that does so never rings.
import { describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { accessSync, constants, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { authMetrics } from '@latchkey/auth';
import { proxyMetrics } from '@latchkey/proxy';
import { load } from 'js-yaml';
import { z } from 'zod';
import { namedIn } from './promql.ts';

const folder = join(import.meta.dirname, '../../deploy/observability');
const rulesFile = join(folder, 'rules.yml');

/** What each series is labelled with, by its name as Prometheus has it. */
const series = new Map<string, readonly string[]>([
  // Of the blackbox exporter, and of every Node that prom-client reports about.
  ['probe_ssl_earliest_cert_expiry', []],
  ['process_resident_memory_bytes', []],
  ['process_cpu_seconds_total', []],
]);
for (const { prometheus } of [proxyMetrics, authMetrics]) {
  for (const [name, { kind, labels }] of Object.entries(prometheus)) {
    const of = (suffix: string, ...more: string[]) =>
      series.set(name + suffix, [...labels, ...more, ...(series.get(name + suffix) ?? [])]);
    if (kind !== 'histogram') of('');
    else
      for (const [suffix, ...more] of [['_bucket', 'le'], ['_sum'], ['_count']] as const) of(suffix, ...more);
  }
}

const rules = z
  .object({
    groups: z.array(
      z.object({
        rules: z.array(
          z.object({
            alert: z.string(),
            expr: z.string(),
            annotations: z.object({ summary: z.string(), description: z.string() }),
          }),
        ),
      }),
    ),
  })
  .parse(load(readFileSync(rulesFile, 'utf8')))
  .groups.flatMap((group) => group.rules);

const target = z.object({ expr: z.string(), legendFormat: z.string().optional() });
const dashboards = (['proxy', 'auth'] as const).map((name) => {
  const text = readFileSync(join(folder, `${name}.json`), 'utf8');
  const panel = z.object({ id: z.int(), title: z.string(), targets: z.array(target) });
  const variable = z.object({ name: z.string(), query: z.string() });
  const schema = z.object({
    panels: z.array(panel),
    templating: z.object({ list: z.array(variable) }),
  });
  return { name, text, ...schema.parse(JSON.parse(text)) };
});

const queries = [
  ...rules.map(({ alert, expr, annotations }) => [
    alert,
    expr,
    annotations.summary.replace(/\$labels\.|\s(?=\}\})|(?<=\{\{)\s/g, ''),
  ]),
  ...dashboards.flatMap(({ name, panels }) =>
    panels.flatMap(({ title, targets }) =>
      targets.map(({ expr, legendFormat = '' }) => [`${name}: ${title}`, expr, legendFormat]),
    ),
  ),
] as const;

test.each(queries)('%s asks for what there is', (_, query = '', legend = '') => {
  const { metrics, labels } = namedIn(query);
  expect([...metrics].filter((name) => !series.has(name))).toEqual([]);
  expect(metrics.size).toBeGreaterThan(0);
  // Prometheus adds these two.
  const known = new Set(['job', 'instance', ...[...metrics].flatMap((name) => series.get(name) ?? [])]);
  expect([...labels].filter((label) => !known.has(label))).toEqual([]);
  const shown = [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label);
  expect(shown.filter((label) => !labels.has(label ?? '') && label !== 'instance')).toEqual([]);
});

describe('the reading of a query', () => {
  test('tells metrics from functions, labels, words, numbers and times', () => {
    const { metrics, labels } = namedIn(
      'topk(3, sum by (a, b) (rate(m_total{c=~"x{y", d!="\\"z"}[5m] offset 1h))) / on (e) group_left n > bool 1e3 or vector(0)',
    );
    expect([...metrics]).toEqual(['m_total', 'n']);
    expect([...labels]).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('refuses what it does not know', () => expect(() => namedIn('m #')).toThrow('not understood: #'));
});

test.each(dashboards)(
  '$name: each panel has an id of its own, and the variables that queries use',
  (board) => {
    expect(new Set(board.panels.map(({ id }) => id)).size).toBe(board.panels.length);
    const used = new Set([...board.text.matchAll(/\$\{?(?!__)(\w+)/g)].map(([, name = '']) => name));
    expect(board.templating.list.map(({ name }) => name).toSorted()).toEqual([...used].toSorted());
    for (const { query } of board.templating.list) {
      const [, metric] = /^label_values\((\w+), job\)$/.exec(query) ?? [];
      expect(metric === undefined ? query === 'prometheus' : series.has(metric)).toBe(true);
    }
  },
);

const promtool = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map((path) => join(path, 'promtool'))
  .find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
const withPromtool = promtool === undefined ? test.skip : test;

withPromtool(
  'promtool takes the rules, and they ring when they should (needs promtool)',
  () => {
    const here = mkdtempSync(join(tmpdir(), 'latchkey-rules-'));
    try {
      for (const [name, from] of [
        ['rules.yml', rulesFile],
        ['rules.promtool.yml', join(import.meta.dirname, 'rules.promtool.yml')],
      ] as const) {
        writeFileSync(join(here, name), readFileSync(from));
      }
      const run = (...args: string[]) => execFileSync(promtool ?? '', args, { cwd: here, encoding: 'utf8' });
      expect(run('check', 'rules', 'rules.yml')).toContain(`SUCCESS: ${rules.length} rules found`);
      expect(run('test', 'rules', 'rules.promtool.yml')).toContain('SUCCESS');
    } finally {
      rmSync(here, { recursive: true });
    }
  },
  60_000,
);
