import { watchFiles } from '@latchkey/files';
import type { Watch } from '@latchkey/files';
import type { RouteTable, TlsFileFinding, TlsFiles } from '@latchkey/upstreams';
import type { Logger } from 'pino';
import type { LiveTable } from '../../upstream-file/live-table.ts';
import { readTlsFiles } from './tls-files.ts';
import type { TlsCredentials, TlsFilesRead } from './tls-files.ts';

/** The files in force that connections are secured with. */
export type LiveTlsCredentials = {
  /**
   * What the files of a route hold. It is in memory: no request waits for a file.
   *
   * @returns undefined for a route that names none; `unusable` where there never was anything that could be used
   */
  of(files: TlsFiles): TlsCredentials | 'unusable' | undefined;
  close(): void;
};

type Entry = { readonly files: TlsFiles; current: TlsCredentials | 'unusable'; readonly watch: Watch };

const lookEveryMs = 2_000;
const remindEveryMs = 86_400_000;

const codes = { unusable: 'LK313', readable: 'LK314', ends_soon: 'LK642', over: 'LK317' } as const;

/**
 * Reads the files of all routes, and again when they change or the routes do. One that cannot be used any more leaves in force
 * what was there before.
 */
export function createLiveTlsCredentials(options: {
  table: LiveTable;
  log: Logger;
  everyMs?: number;
}): LiveTlsCredentials {
  const { table, log, everyMs = lookEveryMs } = options;
  let entries = new Map<string, Entry>();
  const ofRoutes = new WeakMap<TlsFiles, Entry>();

  function say(files: TlsFiles, { kind, option, message }: TlsFileFinding): void {
    const code = codes[kind];
    const what = { alarm: 'TLS files', code, page: 'docs/diagnostics.md', option, path: files[option] };
    if (kind === 'unusable') log.error(what, `${option} ${message}; the old one stays in force`);
    else log.warn(what, `${option} ${message}`);
  }

  // Where they are named, the upstream file has been checked with what can be said of them at first.
  function readFirst(files: TlsFiles): Entry['current'] {
    const { credentials, findings } = readTlsFiles(files);
    return take(files, { credentials, findings: findings.filter(isUnusable) }, 'unusable');
  }

  function take(
    files: TlsFiles,
    { credentials, findings }: TlsFilesRead,
    before: Entry['current'],
  ): Entry['current'] {
    for (const finding of findings) say(files, finding);
    return credentials ?? before;
  }

  function open(files: TlsFiles): Entry {
    const watch = watchFiles(Object.values(files), everyMs, function changed() {
      const { current } = entry;
      entry.current = take(files, readTlsFiles(files), current);
      if (entry.current !== current) log.info({ files }, 'the files for TLS were read again');
    });
    const entry: Entry = { files, current: readFirst(files), watch };
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

  // An authority that was good for months when the upstream file was read is over one day, and nobody gets in.
  const reminder = setInterval(function remind() {
    for (const { files } of entries.values()) {
      for (const finding of readTlsFiles(files).findings) if (!isUnusable(finding)) say(files, finding);
    }
  }, remindEveryMs).unref();

  return {
    of: (files) => ofRoutes.get(files)?.current,
    close() {
      clearInterval(reminder);
      for (const { watch } of entries.values()) watch.close();
    },
  };
}

function isUnusable({ kind }: TlsFileFinding): boolean {
  return kind === 'unusable';
}
