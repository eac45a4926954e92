import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { diagnosticKinds } from './diagnostics.ts';
import { renderDiagnosticsReference, renderUpstreamReference, renderUpstreamSchema } from './index.ts';

function docs(name: string): string {
  return readFileSync(path.join(import.meta.dirname, '../../../docs', name), 'utf8');
}

describe('the generated documents are those of this code', () => {
  test('docs/diagnostics.md, up to what the command adds', () => {
    expect(docs('diagnostics.md').startsWith(renderDiagnosticsReference())).toBe(true);
  });

  test('docs/upstreams.md', () => {
    expect(docs('upstreams.md')).toBe(renderUpstreamReference());
  });

  test('docs/upstreams.schema.json', () => {
    expect(docs('upstreams.schema.json')).toBe(renderUpstreamSchema());
  });
});

describe('the table of diagnostics', () => {
  test('gives every code once and has a heading for it', () => {
    const codes = Object.values(diagnosticKinds).map((kind) => kind.code);
    expect(new Set(codes).size).toBe(codes.length);
    for (const code of codes) expect(renderDiagnosticsReference()).toContain(`\n## ${code}: `);
  });

  test('every code has a test that brings it about', () => {
    const files = [
      'parse/parse',
      'parse/bad-text',
      'shape/shape',
      'shape/assertion',
      'resolve/inheritance',
      'resolve/rules',
      'resolve/simple',
      'resolve/rewrite',
      'resolve/tls',
      'resolve/protocol',
      'resolve/wait-for',
      'resolve/aws-sigv4',
      'resolve/tcp',
      'resolve/ssh-certificate',
      'resolve/client-identity',
      'resolve/service-accounts',
      'resolve/issuers',
      'resolve/bearer',
      'resolve/connectors',
      'resolve/device-headers',
      'resolve/policy',
      'match/table',
    ];
    const tests = files
      .map((file) => readFileSync(path.join(import.meta.dirname, `${file}.test.ts`), 'utf8'))
      .join('\n');
    const untested = Object.values(diagnosticKinds).filter((kind) => !tests.includes(kind.code));
    expect(untested).toEqual([]);
  });
});
