import { decodeUpstreamFile, flawOfKeySet, loadUpstreams } from '@latchkey/upstreams';
import type { Diagnostic, LoadedUpstreams } from '@latchkey/upstreams';
import type { Deployment } from './environment/deployment.ts';
import type { Io } from './io.ts';
import { printable } from './output/terminal.ts';
import { readBytes } from './io.ts';
import { sourceOf } from './source/source.ts';
import type { Source } from './source/source.ts';

/** An upstream file as one environment reads it. `text` is empty where the bytes are no text. */
export type UpstreamFile = LoadedUpstreams & {
  readonly file: string;
  readonly text: string;
  readonly source: Source;
  /** which files with keys of issuers cannot be read on this machine */
  readonly keyFilesElsewhere: readonly string[];
};

/** What the environment has to say, and this command does not know. */
const needsEnvironment: ReadonlySet<string> = new Set(['LK106', 'LK310']);

/** Whether a diagnostic says that the file has no section of the cluster, so that all that is reported is about other rules. */
export function isAboutCluster({ code }: Diagnostic): boolean {
  return code === 'LK405';
}

/** Says so on stderr, for commands that print no diagnostics. */
export function warnOfCluster({ diagnostics }: UpstreamFile, io: Io): void {
  for (const { message, code } of diagnostics.filter(isAboutCluster)) {
    io.stderr(`latchkey: ${printable(message)} (${code})\n`);
  }
}

/** Reads an upstream file as the proxy of this deployment does when it starts. */
export function readUpstreamFile(file: string, { upstream, proxy }: Deployment, io: Io): UpstreamFile {
  const decoded = decodeUpstreamFile(file, readBytes(file, io));
  if (!decoded.ok)
    return {
      file,
      text: '',
      source: sourceOf(''),
      table: undefined,
      diagnostics: decoded.diagnostics,
      keyFilesElsewhere: [],
    };
  const { lookAtKeys, elsewhere } = lookAtKeyFiles(io);
  const loaded = loadUpstreams({ ...upstream, file, text: decoded.text, lookAtKeys });
  if (!proxy && loaded.diagnostics.some(({ code }) => needsEnvironment.has(code))) {
    io.stderr(
      'latchkey: the variables of the proxy are not known here. If a missing value comes from them, add --env-file.\n',
    );
  }
  const source = sourceOf(decoded.text, upstream.templateVariables);
  return { file, text: decoded.text, source, ...loaded, keyFilesElsewhere: elsewhere };
}

/** Looks at files with keys of issuers, and keeps which of them are not on this machine. */
function lookAtKeyFiles(io: Io): {
  readonly lookAtKeys: (path: string) => string | undefined;
  readonly elsewhere: readonly string[];
} {
  const elsewhere: string[] = [];
  return {
    elsewhere,
    lookAtKeys(path) {
      try {
        return flawOfKeySet(new TextDecoder().decode(io.readFile(path)));
      } catch {
        elsewhere.push(path);
        return undefined;
      }
    },
  };
}
