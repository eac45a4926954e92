import type { ProxySettings } from '@latchkey/settings';
import { decodeUpstreamFile, loadUpstreams } from '@latchkey/upstreams';
import type { Diagnostic, RouteTable } from '@latchkey/upstreams';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** The upstream file as a table, or why there is none; one sentence each, with file, line and column. */
export type ReadOutcome = { readonly warnings: readonly string[] } & (
  { readonly table: RouteTable } | { readonly table: undefined; readonly errors: readonly string[] }
);

// More than any upstream file may have; whatever is longer is refused for its length, not read to its end.
const readAtMost = 8 * 1024 * 1024;

/** Reads the upstream file that the settings name, or the text that they hold. Never throws. */
export function readUpstreams(upstream: ProxySettings['upstream']): ReadOutcome {
  const { config, configFile } = upstream;
  if (configFile === undefined) return load('UPSTREAM_CONFIG', config ?? '', upstream);
  const bytes = readBytes(configFile);
  if (typeof bytes === 'string') {
    const error = `UPSTREAM_CONFIGFILE: ${configFile} cannot be read (${bytes}); name a file that this process may read`;
    return { table: undefined, errors: [error], warnings: [] };
  }
  const decoded = decodeUpstreamFile(configFile, bytes);
  if (!decoded.ok) return { table: undefined, errors: decoded.diagnostics.map(sentence), warnings: [] };
  return load(configFile, decoded.text, upstream);
}

function load(file: string, text: string, upstream: ProxySettings['upstream']): ReadOutcome {
  const { table, diagnostics } = loadUpstreams({ ...upstream, file, text });
  const warnings = diagnostics.filter(({ severity }) => severity === 'warning').map(sentence);
  if (table !== undefined) return { table, warnings };
  return {
    table,
    errors: diagnostics.filter(({ severity }) => severity === 'error').map(sentence),
    warnings,
  };
}

function readBytes(path: string): Uint8Array | string {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, 'r');
    if (!fstatSync(descriptor).isFile()) return 'not a file';
    const buffer = Buffer.alloc(Math.min(fstatSync(descriptor).size, readAtMost));
    return buffer.subarray(0, readSync(descriptor, buffer));
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function sentence({ file, line, column, code, message }: Diagnostic): string {
  return `${file}:${line}:${column} ${code} ${message}`;
}
