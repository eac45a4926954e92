import type { RouteTable, TlsFiles } from '@latchkey/upstreams';
import type { Logger } from 'pino';
import { watchFiles } from '../../files/watch.ts';
import type { Watch } from '../../files/watch.ts';
import type { LiveTable } from '../../upstream-file/live-table.ts';
import { named } from './certificate.ts';
import { readTlsFiles } from './tls-files.ts';
import type { Credentials } from './tls-files.ts';

/** The files in force that connections are secured with. */
export type TlsCredentials = {
  /**
   * What the files of a route hold. It is in memory: no request waits for a file.
   *
   * @returns undefined for a route that names none; `unusable` where there never was anything that could be used
   */
  of(files: TlsFiles): Credentials | 'unusable' | undefined;
  close(): void;
};

type Entry = { current: Credentials | 'unusable'; watch: Watch };

const lookEveryMs = 2_000;

/**
 * Reads the files of all routes, and again when they change or the routes do. One that cannot be used any more leaves in force
 * what was there before.
 */
export function createTlsCredentials(options: {
  table: LiveTable;
  log: Logger;
  everyMs?: number;
}): TlsCredentials {
  const { table, log, everyMs = lookEveryMs } = options;
  let entries = new Map<string, Entry>();
  const ofRoutes = new WeakMap<TlsFiles, Entry>();

  function read(files: TlsFiles, before: Entry['current']): Entry['current'] {
    const { credentials, findings } = readTlsFiles(files);
    if (credentials === undefined) {
      for (const { option, message } of findings) {
        const what = {
          alarm: 'TLS files',
          code: 'LK313',
          page: 'docs/diagnostics.md',
          option,
          path: files[option],
        };
        log.error(what, `${option} ${message}; what was in force before stays`);
      }
      return before;
    }
    const { own } = credentials;
    if (own !== undefined && own.validToDate.getTime() < Date.now()) {
      const path = files.client_cert_file;
      log.warn({ alarm: 'TLS files', path }, `client_cert_file holds one that is over: ${named(own)}`);
    }
    return credentials;
  }

  function open(files: TlsFiles): Entry {
    const watch = watchFiles(Object.values(files), everyMs, function changed() {
      const { current } = entry;
      entry.current = read(files, current);
      if (entry.current !== current) log.info({ files }, 'the files for TLS were read again');
    });
    const entry: Entry = { current: read(files, 'unusable'), watch };
    return entry;
  }

  function follow({ routes }: RouteTable): void {
    const before = entries;
    entries = new Map();
    for (const { tls } of routes) {
      if (Object.keys(tls.files).length === 0) continue;
      const key = JSON.stringify(tls.files);
      const entry = entries.get(key) ?? before.get(key) ?? open(tls.files);
      entries.set(key, entry);
      ofRoutes.set(tls.files, entry);
    }
    for (const [key, { watch }] of before) if (!entries.has(key)) watch.close();
  }

  follow(table.current());
  table.onReplace(follow);

  return {
    of: (files) => ofRoutes.get(files)?.current,
    close() {
      for (const { watch } of entries.values()) watch.close();
    },
  };
}
