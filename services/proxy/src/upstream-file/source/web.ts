import { readWhole } from './read-whole.ts';
import { SourceError } from './source.ts';
import type { Source } from './source.ts';

/** A file at an address of the web, asked for anew only when its ETag, or else its date, is another one (RFC 9110, section 13.1). */
export function webSource(url: URL, authorization?: string): Source {
  return {
    // A query may hold the right to read it.
    name: `${url.origin}${url.pathname}`,
    async fetch(tag, signal) {
      const condition = tag === undefined ? {} : conditionOf(tag);
      const { status, headers, bytes } = await readWhole(url, {
        method: 'GET',
        headers: {
          accept: 'application/yaml, text/plain, */*;q=0.5',
          ...condition,
          ...(authorization !== undefined && { authorization }),
        },
        signal,
      });
      if (status === 304 && tag !== undefined) return 'unchanged';
      if (status !== 200) throw refusal(status);
      const { etag, 'last-modified': modified } = headers;
      const written = modified === undefined ? Number.NaN : Date.parse(modified);
      return {
        bytes,
        tag: etag ?? modified,
        version: etag ?? modified ?? 'without a name',
        ...(!Number.isNaN(written) && { written: new Date(written) }),
      };
    },
  };
}

function conditionOf(tag: string): Record<string, string> {
  return tag.endsWith('"') ? { 'if-none-match': tag } : { 'if-modified-since': tag };
}

function refusal(status: number): SourceError {
  if (status === 401 || status === 403) {
    const message = `may not be read (${status}): check UPSTREAM_CONFIG_URL_AUTHORIZATION`;
    return new SourceError(message, { lack: 'missing' });
  }
  if (status === 404 || status === 410)
    return new SourceError(`is not there (${status})`, { lack: 'missing' });
  // A server that may redirect us says which file is in force.
  if (status >= 300 && status < 400) {
    const message = `leads elsewhere (${status}): write the address where the file is`;
    return new SourceError(message, { lack: 'lasting' });
  }
  return new SourceError(`was not given, status ${status}`);
}
