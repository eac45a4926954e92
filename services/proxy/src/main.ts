import { createLog, refuseToStart, stopOnSignals } from '@latchkey/http';
import { loadProxySettings } from '@latchkey/settings';
import { loadUpstreams } from '@latchkey/upstreams';
import type { Diagnostic } from '@latchkey/upstreams';
import { readFileSync } from 'node:fs';
import { startProxy } from './app.ts';

const loaded = loadProxySettings(process.env);
if (!loaded.ok) refuseToStart('proxy', loaded.errors);
const { settings, warnings } = loaded;
const log = createLog({ service: 'proxy', level: settings.logging.level });
for (const warning of warnings) log.warn(warning);

const file = settings.upstream.configFile;
const { table, diagnostics } = loadUpstreams({
  ...settings.upstream,
  file: file ?? 'UPSTREAM_CONFIGFILE',
  text: file === undefined ? '' : readUpstreamFile(file),
});
if (table === undefined) refuseToStart('proxy', diagnostics.filter(isError).map(sentence));
for (const warning of diagnostics) log.warn({ code: warning.code }, sentence(warning));
if (file === undefined) log.warn('UPSTREAM_CONFIGFILE is not set: every host is answered with 421');

try {
  const server = await startProxy({ settings, table, log });
  log.info({ port: server.port, routes: table.routes.length }, 'ready');
  stopOnSignals(server, log);
} catch (error) {
  refuseToStart('proxy', [error instanceof Error ? error.message : 'unknown error']);
}

function readUpstreamFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    return refuseToStart('proxy', [
      `UPSTREAM_CONFIGFILE: ${path} cannot be read (${why}); name a readable file`,
    ]);
  }
}

function isError(diagnostic: Diagnostic): boolean {
  return diagnostic.severity === 'error';
}

function sentence({ file, line, column, code, message }: Diagnostic): string {
  return `${file}:${line}:${column} ${code} ${message}`;
}
