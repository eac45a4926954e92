import { decodeUpstreamFile, loadUpstreams } from '@latchkey/upstreams';
import type { Diagnostic, LoadedUpstreams, UpstreamInput } from '@latchkey/upstreams';
import type { Deployment } from './environment/deployment.ts';
import type { Io } from './io.ts';
import { printable } from './output/printable.ts';
import { readBytes } from './read-text.ts';
import { sourceOf } from './source/source.ts';
import type { Source } from './source/source.ts';

/** An upstream file as one environment reads it. `text` is empty where the bytes are no text. */
export type UpstreamFile = LoadedUpstreams & { file: string; text: string; source: Source };

/** What the environment has to say, and this command was not told. */
const NEEDS_ENVIRONMENT: ReadonlySet<string> = new Set(['LK106', 'LK310']);

/** Whether a diagnostic says that the file has no section of the cluster, so that all one is told is about other rules. */
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
    return { file, text: '', source: sourceOf(''), table: undefined, diagnostics: decoded.diagnostics };
  const loaded = loadPastPlaceholders({ ...upstream, file, text: decoded.text });
  if (!proxy && loaded.diagnostics.some(({ code }) => NEEDS_ENVIRONMENT.has(code))) {
    io.stderr(
      'latchkey: the variables of the proxy are not known here; if they say what is missing, add --env-file.\n',
    );
  }
  const source = sourceOf(decoded.text, upstream.templateVariables);
  return { file, text: decoded.text, source, ...loaded };
}

/**
 * A placeholder without a value keeps the file from being read at all, and so hides what else is wrong with it. To tell all
 * at once, the rest is looked at with stand-ins; lines that hold one say nothing of use. There is no table of such a file.
 */
function loadPastPlaceholders(input: UpstreamInput): LoadedUpstreams {
  const loaded = loadUpstreams(input);
  const unresolved = loaded.diagnostics.filter(({ code }) => code === 'LK106');
  if (unresolved.length === 0) return loaded;
  const names = new Set([...input.text.matchAll(/\{\{([^{}\r\n]*)\}\}/g)].map(([, name = '']) => name));
  const standIns = Object.fromEntries([...names].map((name, at) => [name, String(at + 1)]));
  const templateVariables = { ...standIns, ...input.templateVariables };
  const { diagnostics } = loadUpstreams({ ...input, templateVariables });
  const lines = new Set(unresolved.map(({ line }) => line));
  const others = diagnostics.filter(({ line }) => !lines.has(line));
  return { table: undefined, diagnostics: [...loaded.diagnostics, ...others] };
}
