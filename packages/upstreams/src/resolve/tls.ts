import { quote } from '../problems.ts';
import type { Report } from '../problems.ts';
import type { Options } from '../shape/options.ts';
import { readable } from '../shape/reader.ts';
import type { Position, TlsFileOption, TlsFiles, TlsOptions, UpstreamInput } from '../types.ts';
import type { Reach } from './reach.ts';

const variables = {
  ca_file: 'UPSTREAM_DEFAULT_CA_FILE',
  client_cert_file: 'UPSTREAM_DEFAULT_CLIENT_CERT_FILE',
  client_key_file: 'UPSTREAM_DEFAULT_CLIENT_KEY_FILE',
} as const;
const fileOptions = ['ca_file', 'client_cert_file', 'client_key_file'] as const;

type Context = Pick<UpstreamInput, 'defaults' | 'lookAtFiles'> & {
  /** where the route stands */
  at: Position;
  reach: Reach | undefined;
};

/** How connections of a route are secured: what the file says, also when it is empty, or else what the environment says. */
export function resolveTls(options: Options, context: Context, report: Report): TlsOptions {
  const { defaults, at, reach } = context;
  const serverName = readable(options.server_name)?.value ?? defaults.tls?.serverName;
  const entries = fileOptions.flatMap((option) => {
    const path = readable(options[option])?.value ?? defaults.tls?.files[option];
    return path === undefined || path === '' ? [] : [[option, path] as const];
  });
  const files: TlsFiles = Object.fromEntries(entries);
  const placeOf = (option: TlsFileOption): Position => readable(options[option])?.at ?? at;

  reportHalf(files, placeOf, report);
  reportIdle(options, reach, report);
  for (const { kind, option, message } of entries.length === 0 ? [] : (context.lookAtFiles?.(files) ?? [])) {
    const source = readable(options[option]) === undefined ? variables[option] : `\`${option}\``;
    const name = kind === 'unusable' ? 'tlsFileUnusable' : 'tlsKeyReadable';
    report(name, placeOf(option), `${source}: ${quote(files[option] ?? '')} ${message}`);
  }
  return { ...(serverName !== undefined && serverName !== '' && { serverName }), files };
}

function reportHalf(files: TlsFiles, placeOf: (option: TlsFileOption) => Position, report: Report): void {
  const { client_cert_file: cert, client_key_file: key } = files;
  if ((cert === undefined) === (key === undefined)) return;
  const [given, missing] =
    key === undefined
      ? (['client_cert_file', 'client_key_file'] as const)
      : (['client_key_file', 'client_cert_file'] as const);
  report(
    'tlsPairIncomplete',
    placeOf(given),
    `\`${given}\` does nothing alone: write \`${missing}\` as well`,
  );
}

// What the environment says is for those routes that it can be for.
function reportIdle(options: Options, reach: Reach | undefined, report: Report): void {
  const target = reach !== undefined && 'target' in reach ? reach.target : undefined;
  if (target === undefined || target.origin.startsWith('https:')) return;
  for (const option of [...fileOptions, 'server_name'] as const) {
    const written = readable(options[option]);
    if (written === undefined || written.value === '') continue;
    const message = `The connection does not use TLS, so \`${option}\` has no effect: write \`to: https://…\`, or take it out`;
    report('tlsWithoutEffect', written.at, message);
  }
}
