import { readBytes } from '@latchkey/files';
import type { ProxySettings } from '@latchkey/settings';
import { decodeUpstreamFile, loadUpstreams } from '@latchkey/upstreams';
import type { Diagnostic, RouteTable, SshKeyFinding, TlsFileFinding, TlsFiles } from '@latchkey/upstreams';
import { createHash } from 'node:crypto';
import { flawOfKeyFile } from '../authn/issuers/key-file.ts';
import { readTlsFiles } from '../transport/tls/tls-files.ts';
import { findingsOfAuthority } from '../endpoints/ssh-certificate/authority.ts';

/** Which text a table was made from. */
export type Version = {
  /** the beginning of what `sha256sum` says of the file */
  readonly sha256: string;
  /** when the file was last written to; absent for a text that the settings hold */
  readonly written?: Date;
  /** what its source calls it */
  readonly version?: string;
};

/** The upstream file as a table, or why there is none; one sentence each, with file, line and column. */
export type ReadOutcome = { readonly warnings: readonly string[] } & (
  | { readonly table: RouteTable; readonly version: Version; readonly bytes: Uint8Array }
  | { readonly table: undefined; readonly errors: readonly string[]; readonly version?: Version }
);

/** More than any upstream file may have; whatever is longer is refused for its length, not read to its end. */
export const readAtMost = 8 * 1024 * 1024;

type LoadOptions = {
  readonly upstream: ProxySettings['upstream'];
  /**
   * The routes until now, where there are any. What their files for TLS held stays in force when one of them cannot be used any
   * more, so that is no reason to refuse a new upstream file: it may be the one that locks somebody out.
   */
  readonly inForce?: RouteTable | undefined;
};

/** The upstream file that the settings name on this machine, or the text that they hold. Never throws. */
export function readUpstreams(upstream: ProxySettings['upstream'], inForce?: RouteTable): ReadOutcome {
  const { config, configFile } = upstream;
  if (configFile === undefined) {
    const text = config ?? '';
    return load('UPSTREAM_CONFIG', text, { bytes: Buffer.from(text) }, { upstream, inForce });
  }
  const read = readBytes(configFile, readAtMost);
  if (typeof read === 'string') {
    const error = `UPSTREAM_CONFIGFILE: ${configFile} cannot be read (${read}); name a file that this process may read`;
    return { table: undefined, errors: [error], warnings: [] };
  }
  return readContent(configFile, read, { upstream, inForce });
}

/** An upstream file of which the bytes are there already; its name is for messages. Never throws. */
export function readContent(name: string, content: Content, options: LoadOptions): ReadOutcome {
  const decoded = decodeUpstreamFile(name, content.bytes);
  if (decoded.ok) return load(name, decoded.text, content, options);
  const errors = decoded.diagnostics.map(sentence);
  return { table: undefined, errors, warnings: [], version: versionOf(content) };
}

type Content = { readonly bytes: Uint8Array } & Omit<Version, 'sha256'>;

function load(file: string, text: string, content: Content, { upstream, inForce }: LoadOptions): ReadOutcome {
  const stale: string[] = [];
  const lookAtFiles = createLook(inForce, (warning) => stale.push(warning));
  const lookAtKeys = createLookAtKeys(inForce, (warning) => stale.push(warning));
  const lookAtSshKey = createLookAtSshKeys(inForce, (warning) => stale.push(warning));
  const { table, diagnostics } = loadUpstreams({
    ...upstream,
    file,
    text,
    lookAtFiles,
    lookAtKeys,
    lookAtSshKey,
  });
  const warnings = [...diagnostics.filter(({ severity }) => severity === 'warning').map(sentence), ...stale];
  const version = versionOf(content);
  if (table !== undefined) return { table, version, bytes: content.bytes, warnings };
  const errors = diagnostics.filter(({ severity }) => severity === 'error').map(sentence);
  return { table, errors, warnings, version };
}

function versionOf({ bytes, written, version }: Content): Version {
  return {
    sha256: hashOf(bytes),
    ...(written !== undefined && { written }),
    ...(version !== undefined && { version }),
  };
}

// Many routes name the same files.
function createLook(
  inForce: RouteTable | undefined,
  warn: (warning: string) => void,
): (files: TlsFiles) => readonly TlsFileFinding[] {
  const inUse = new Set(inForce?.routes.map(({ tls }) => JSON.stringify(tls.files)));
  const found = new Map<string, readonly TlsFileFinding[]>();
  return function look(files) {
    const key = JSON.stringify(files);
    const before = found.get(key);
    if (before !== undefined) return before;
    const { findings } = readTlsFiles(files);
    const [stale, current] = partition(findings, ({ kind }) => kind === 'unusable' && inUse.has(key));
    for (const { option, message } of stale) {
      warn(`LK313 ${option}: ${JSON.stringify(files[option])} ${message}; the old one stays in force`);
    }
    found.set(key, current);
    return current;
  };
}

// Keys that were read before count for a while longer.
function createLookAtKeys(
  inForce: RouteTable | undefined,
  warn: (warning: string) => void,
): (path: string, issuer: string) => string | undefined {
  const inUse = new Map(inForce?.root.issuers.map(({ issuer, keys }) => [issuer, keys]));
  return function look(path, issuer) {
    const flaw = flawOfKeyFile(path);
    const before = inUse.get(issuer);
    if (flaw === undefined || before?.from !== 'file' || before.at !== path) return flaw;
    warn(
      `LK521 jwks_file: ${JSON.stringify(path)} ${flaw}; keys that were read before count for three hours`,
    );
    return undefined;
  };
}

// Certificates are refused until the file is mended, and that is no reason to refuse a new upstream file either.
function createLookAtSshKeys(
  inForce: RouteTable | undefined,
  warn: (warning: string) => void,
): (path: string) => readonly SshKeyFinding[] {
  const inUse = new Set(inForce?.routes.map(({ sshCertificate }) => sshCertificate?.keyFile));
  return function look(path) {
    const isStale = ({ kind }: SshKeyFinding) => kind === 'unusable' && inUse.has(path);
    const [stale, reported] = partition(findingsOfAuthority(path), isStale);
    for (const { message } of stale) warn(`LK651 ca_key_file: ${JSON.stringify(path)} ${message}`);
    return reported;
  };
}

function partition<T>(all: readonly T[], isFirst: (one: T) => boolean): [T[], T[]] {
  return [all.filter(isFirst), all.filter((one) => !isFirst(one))];
}

// Enough to tell the versions of one file apart, and short enough to compare by eye.
function hashOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 12);
}

function sentence({ file, line, column, code, message }: Diagnostic): string {
  return `${file}:${line}:${column} ${code} ${message}`;
}
