import { machineFacts, parseSanUri, parseSubject, personFacts } from '@latchkey/identity';
import type { CertifiedFacts, SubjectTemplate, Template } from '@latchkey/identity';
import type { Report } from '../problems.ts';
import { quote } from '../problems.ts';
import { isEmptyMapping } from '../shape/mapping.ts';
import { readable, readableOf, unreadableValue } from '../shape/reader.ts';
import type { Located } from '../shape/reader.ts';
import type { WrittenClientIdentity } from '../shape/client-identity.ts';
import type { Options } from '../shape/options.ts';
import type { ClientIdentity, Position, Route } from '../types.ts';

/** What certificates for people say, and where the authority is that issues them. */
export type ResolvedIdentity = {
  readonly identity: ClientIdentity;
  readonly files: Readonly<Record<'ca_cert_file' | 'ca_key_file', Located<string>>>;
};

type Beside = {
  readonly kind: Route['kind'] | undefined;
  readonly isTcp: boolean;
  /** whether connections to the application use TLS */
  readonly isSecure: boolean;
  /** whether the sessions of several providers are good here */
  readonly severalProviders: boolean;
};

const usualMs = 300_000;
const [shortestMs, longestMs] = [60_000, 86_400_000];

/** Who is named to the application by a certificate, and how. Without anything in it, as without the option, nobody. */
export function resolveClientIdentity(
  options: Options,
  beside: Beside,
  report: Report,
): ResolvedIdentity | undefined {
  const written = readable(options.client_identity);
  if (written === undefined || isEmptyMapping(written)) return undefined;
  for (const why of whyNot(options, beside)) report('clientIdentityBeside', written.at, why);
  const { ca_cert_file: cert, ca_key_file: key, subject } = written;
  const missing = (['ca_cert_file', 'ca_key_file', 'subject'] as const).find((name) =>
    isEmpty(written[name]),
  );
  if (missing !== undefined) {
    report('clientIdentityUnusable', written.at, `\`client_identity\` has no \`${missing}\`: write it`);
  }
  const named = readNames(written, report);
  const lifetimeMs = lifetimeOf(written.lifetime, report);
  const [certFile, keyFile, subjectText] = [readable(cert), readable(key), readable(subject)];
  if (!certFile || !keyFile || !subjectText || named === undefined) return undefined;
  if (beside.severalProviders) reportAmbiguous(named, written.at, report);
  return { identity: { ...named, lifetimeMs }, files: { ca_cert_file: certFile, ca_key_file: keyFile } };
}

// A wait, a question of a server in front and a public path have nobody to make a certificate for.
function whyNot(options: Options, { kind, isTcp, isSecure }: Beside): string[] {
  const isWaitedFor = !isTcp && readable(readable(options.wait_for)?.path)?.value;
  const isPublic =
    !isTcp &&
    (readableOf(options.skip_auth_regex).length > 0 || readable(options.skip_auth_preflight) === true);
  const other = (['client_cert_file', 'client_key_file'] as const).find(
    (name) => readable(options[name])?.value,
  );
  return [
    ...(kind === 'launcher' || isSecure
      ? []
      : [
          '`client_identity` needs TLS: write `to: https://…` or `to: tls://…`, or `starttls: postgres` beside `to: tcp://…`',
        ]),
    ...(kind === 'launcher' ? ['A launcher sends nothing on: write `client_identity: {}`'] : []),
    ...(isPublic
      ? [
          'On public paths there is no person for whom a certificate could be made: remove `skip_auth_regex` and `skip_auth_preflight`, or give them a route of their own',
        ]
      : []),
    ...(isWaitedFor ? ['`wait_for` makes a request without a person: remove it'] : []),
    ...(readable(options.forward_auth) === true
      ? ['With `forward_auth` a server in front opens the connection: remove one of the two']
      : []),
    ...(other === undefined
      ? []
      : [`A connection has only one certificate: remove \`${other}\`, or write \`${other}: ''\``]),
  ];
}

function readNames(
  written: WrittenClientIdentity,
  report: Report,
): Omit<ClientIdentity, 'lifetimeMs'> | undefined {
  const [subject, sanUri, machineSubject] = [
    textOf(written.subject),
    textOf(written.san_uri),
    textOf(written.machine_subject),
  ];
  const person = subject && readSubject('subject', subject, personFacts, report);
  const machine = machineSubject && readSubject('machine_subject', machineSubject, machineFacts, report);
  const uri = sanUri && parseSanUri(sanUri.value, personFacts);
  if (uri !== undefined && 'wrong' in uri) {
    report(
      'clientIdentityUnusable',
      sanUri?.at ?? written.at,
      `\`san_uri\` ${quote(sanUri?.value ?? '')} cannot be used: ${uri.wrong}`,
    );
    return undefined;
  }
  if (subject === undefined || person === undefined) return undefined;
  return {
    person: { subject: person, ...(uri && { sanUri: uri }) },
    ...(machine && { machine: { subject: machine } }),
    written: {
      subject: subject.value,
      ...(sanUri && { sanUri: sanUri.value }),
      ...(machineSubject && { machineSubject: machineSubject.value }),
    },
  };
}

// OpenID Connect Core, section 2: a `sub` is unique within its issuer, and within nothing else.
function reportAmbiguous({ person }: Pick<ClientIdentity, 'person'>, at: Position, report: Report): void {
  const { subject, sanUri = [] } = person;
  for (const said of [subject.flatMap(({ value }) => factsIn(value)), factsIn(sanUri)]) {
    if (!said.includes('sub') || said.includes('idp')) continue;
    const message =
      'Two providers may call two people the same `{sub}`: write `{idp}` beside it, or name one provider in `provider_slug`';
    report('clientIdentityBeside', at, message);
    return;
  }
}

function factsIn(parts: Template): string[] {
  return parts.flatMap((part) => (typeof part === 'string' ? [] : [part.of]));
}

function readSubject(
  option: string,
  { value, at }: Located<string>,
  allowed: ReadonlyArray<keyof CertifiedFacts>,
  report: Report,
): SubjectTemplate | undefined {
  const read = parseSubject(value, allowed);
  // The same name for all would let each be everybody else.
  const isSomebody =
    !('wrong' in read) && read.some(({ value: parts }) => parts.some((part) => typeof part !== 'string'));
  if (isSomebody) return read;
  const why = 'wrong' in read ? read.wrong : 'it says nothing of who it is';
  report('clientIdentityUnusable', at, `\`${option}\` ${quote(value)} cannot be used: ${why}`);
  return undefined;
}

function lifetimeOf(written: WrittenClientIdentity['lifetime'], report: Report): number {
  const lifetime = readable(written);
  if (lifetime === undefined || lifetime.value === 0) return usualMs;
  if (lifetime.value >= shortestMs && lifetime.value <= longestMs) return lifetime.value;
  const message = '`lifetime` is from `1m` to `24h`: clocks differ, and nobody takes a certificate back';
  report('clientIdentityUnusable', lifetime.at, message);
  return usualMs;
}

function isEmpty(written: WrittenClientIdentity['subject']): boolean {
  return written !== unreadableValue && (written === undefined || written.value === '');
}

function textOf(written: WrittenClientIdentity['subject']): Located<string> | undefined {
  const text = readable(written);
  return text?.value === '' ? undefined : text;
}

/** A position where a file of an authority is written. */
export function placeOfAuthority(
  resolved: ResolvedIdentity | undefined,
  option: string,
): Position | undefined {
  return option === 'ca_cert_file' || option === 'ca_key_file' ? resolved?.files[option].at : undefined;
}
