import type { UpstreamSource } from '@latchkey/settings';
import { parameterSource, secretSource } from './named.ts';
import { s3Object } from './s3.ts';
import { SourceError } from './source.ts';
import type { Fetched, Source } from './source.ts';
import { webSource } from './web.ts';

/** How long anything may take that is asked of a source. */
export const answerWithinMs = 10_000;

/** A source that always answers in time. */
export type OpenSource = Pick<Source, 'name'> & { fetch(tag?: string): Promise<Fetched | 'unchanged'> };

/** The source that the settings name. Nothing is asked of it yet. */
export function openSource(settings: UpstreamSource): OpenSource {
  const source = sourceOf(settings);
  return {
    name: source.name,
    async fetch(tag) {
      const found = await inTime((signal) => source.fetch(tag, signal));
      return found === 'unchanged' ? found : dated(found);
    },
  };
}

// "An origin server with a clock MUST NOT generate a Last-Modified date that is later than the server's time" (RFC 9110,
// section 8.8.2.1). One that does would keep every later version from becoming the last good one.
function dated({ written, ...fetched }: Fetched): Fetched {
  if (written === undefined) return fetched;
  return { ...fetched, written: new Date(Math.min(written.getTime(), Date.now())) };
}

function sourceOf({ address, authorization }: UpstreamSource): Source {
  if (address.kind === 's3') return s3Object(address);
  if (address.kind === 'web') return webSource(address.url, authorization);
  return address.kind === 'ssm' ? parameterSource(address.name) : secretSource(address.name);
}

/**
 * Waits for an answer, and no longer than it may take, whatever does not listen to the signal: finding credentials does not.
 *
 * @throws SourceError
 */
export async function inTime<T>(ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const late = new AbortController();
  const over = Promise.withResolvers<never>();
  const timer = setTimeout(function end() {
    over.reject(new SourceError(`did not answer within ${answerWithinMs / 1000} s`));
    late.abort();
  }, answerWithinMs);
  try {
    return await Promise.race([ask(late.signal), over.promise]);
  } finally {
    clearTimeout(timer);
  }
}
