import { replaceFile } from '@latchkey/files';
import type { ProxySettings } from '@latchkey/settings';
import { lstat, stat } from 'node:fs/promises';
import type { Logger } from 'pino';

/** Takes the bytes that have come in force. It ends when they are written, or when the log says why they are not. */
export type LiveCopy = (bytes: Uint8Array) => Promise<void>;

/**
 * Makes what keeps a copy of the upstream file in force where the settings name a path for it. Nobody waits for it, so
 * that a disk that hangs or is full stops no reload; while one copy is written, the newest of the next ones waits.
 */
export function createLiveCopy(
  { liveCopy: path, configFile }: Pick<ProxySettings['upstream'], 'liveCopy' | 'configFile'>,
  log: Logger,
): LiveCopy | undefined {
  if (path === undefined) return undefined;
  const target = path;
  let waiting: Uint8Array | undefined;
  let writing: Promise<void> | undefined;

  async function writeWaiting(): Promise<void> {
    while (waiting !== undefined) {
      const bytes = waiting;
      waiting = undefined;
      // oxlint-disable-next-line no-await-in-loop -- one after the other is what it is for
      await write(bytes);
    }
    writing = undefined;
  }

  async function write(bytes: Uint8Array): Promise<void> {
    try {
      await refuseWhatIsNoCopy(target, configFile);
      await replaceFile(target, bytes);
      log.info({ path: target }, 'the upstream file in force was copied');
    } catch (error) {
      log.warn(
        { alarm: 'live copy', path: target, reason: reasonOf(error) },
        'the upstream file in force could not be copied',
      );
    }
  }

  return function keep(bytes) {
    waiting = bytes;
    writing ??= writeWaiting();
    return writing;
  };
}

// A rename replaces whatever is there. In the place of the file itself it would be read again, and copied again, for ever.
async function refuseWhatIsNoCopy(path: string, source: string | undefined): Promise<void> {
  const there = await lstat(path).catch(() => undefined);
  if (there === undefined) return;
  if (!there.isFile()) throw new Error('what is there is no file');
  const own = source === undefined ? undefined : await stat(source);
  if (own?.ino === there.ino && own.dev === there.dev) throw new Error('that is the upstream file itself');
}

function reasonOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'code' in error) return String(error.code);
  return error instanceof Error ? error.message : 'unknown';
}
