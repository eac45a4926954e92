import { quote } from '../problems.ts';
import type { Report } from '../problems.ts';
import type { Options } from '../shape/options.ts';
import { readable } from '../shape/reader.ts';
import type { Position, StartTls, TlsFileOption, TlsFiles, TlsOptions, UpstreamInput } from '../types.ts';
import { placeOfAuthority } from './client-identity.ts';
import type { ResolvedIdentity } from './client-identity.ts';
import type { Reach } from './reach.ts';

const variables = {
  ca_file: 'UPSTREAM_DEFAULT_CA_FILE',
  client_cert_file: 'UPSTREAM_DEFAULT_CLIENT_CERT_FILE',
  client_key_file: 'UPSTREAM_DEFAULT_CLIENT_KEY_FILE',
} as const;
const fileOptions = ['ca_file', 'client_cert_file', 'client_key_file'] as const;

const findingNames = {
  unusable: 'tlsFileUnusable',
  readable: 'tlsKeyReadable',
  ends_soon: 'authorityEndsSoon',
  over: 'certificateOver',
} as const;

type Context = Pick<UpstreamInput, 'defaults' | 'lookAtFiles'> & {
  /** where the route stands */
  at: Position;
  reach: Reach | undefined;
  startTls: StartTls | undefined;
  identity: ResolvedIdentity | undefined;
};

/** How connections of a route are secured: what the file says, also when it is empty, or else what the environment says. */
export function resolveTls(options: Options, context: Context, report: Report): TlsOptions {
  const { defaults, at, reach, startTls, identity } = context;
  const serverName = readable(options.server_name)?.value ?? defaults.tls?.serverName;
  const written = fileOptions.map((option) => {
    // A certificate that is made for who asks takes the place of the one that the environment has for all.
    const usual = identity === undefined || option === 'ca_file' ? defaults.tls?.files[option] : undefined;
    return [option, readable(options[option])?.value ?? usual] as const;
  });
  const authority = Object.entries(identity?.files ?? {}).map(
    ([option, { value }]) => [option, value] as const,
  );
  const entries = [...written, ...authority].filter(([, path]) => path !== undefined && path !== '');
  const files: TlsFiles = Object.fromEntries(entries);
  const placeOf = (option: TlsFileOption): Position =>
    placeOfAuthority(identity, option) ?? (isOwn(option) ? readable(options[option])?.at : undefined) ?? at;

  reportHalf(files, placeOf, report);
  if (startTls === undefined) reportIdle(options, reach, report);
  for (const { kind, option, message } of entries.length === 0 ? [] : (context.lookAtFiles?.(files) ?? [])) {
    const isUsual = isOwn(option) && readable(options[option]) === undefined;
    const source = isUsual ? variables[option] : `\`${option}\``;
    report(findingNames[kind], placeOf(option), `${source}: ${quote(files[option] ?? '')} ${message}`);
  }
  return { ...(serverName !== undefined && serverName !== '' && { serverName }), files };
}

function isOwn(option: TlsFileOption): option is (typeof fileOptions)[number] {
  return option !== 'ca_cert_file' && option !== 'ca_key_file';
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
    `\`${given}\` has no effect alone: write \`${missing}\` as well`,
  );
}

// What the environment says is for those routes that it can be for.
function reportIdle(options: Options, reach: Reach | undefined, report: Report): void {
  const target = reach !== undefined && 'target' in reach ? reach.target : undefined;
  if (target === undefined || /^(?:https|tls):/.test(target.origin)) return;
  for (const option of [...fileOptions, 'server_name'] as const) {
    const written = readable(options[option]);
    if (written === undefined || written.value === '') continue;
    const message = `The connection does not use TLS, so \`${option}\` has no effect: write \`to: https://…\`, or remove it`;
    report('tlsWithoutEffect', written.at, message);
  }
}
