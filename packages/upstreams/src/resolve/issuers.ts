import { isHostName } from './host.ts';
import { quote } from '../problems.ts';
import type { Report } from '../problems.ts';
import { signatureAlgorithms } from '../shape/issuer.ts';
import type { WrittenIssuer } from '../shape/issuer.ts';
import { readable, readableOf } from '../shape/reader.ts';
import type { Located, Unreadable } from '../shape/reader.ts';
import type { Root } from '../shape/root.ts';
import type { Issuer, IssuerKeys, Position, UpstreamInput } from '../types.ts';

const usualLeewayMs = 30_000;
const longestLeewayMs = 300_000;

/** Says what is wrong with a file of keys; absent where it is on another machine. */
export type LookAtKeys = UpstreamInput['lookAtKeys'];

/** Who may issue tokens. What is wrong is reported. */
export function resolveIssuers(
  written: Root['issuers'],
  lookAtKeys: LookAtKeys,
  report: Report,
): readonly Issuer[] {
  const taken = new Map<string, Position>();
  return readableOf(written).flatMap((one) => {
    const issuer = readable(one.issuer);
    if (issuer === undefined) {
      if (one.issuer === undefined)
        report('issuerIncomplete', one.at, 'Write `issuer`: the value of `iss` in its tokens');
      return [];
    }
    const before = taken.get(issuer.value);
    if (before !== undefined) {
      const message = `${quote(issuer.value)} stands in line ${before.line} already: make one entry of the two`;
      report('issuerTwice', issuer.at, message);
    }
    taken.set(issuer.value, issuer.at);
    return [resolveIssuer(one, issuer, { lookAtKeys, report })];
  });
}

type Checks = { readonly lookAtKeys: LookAtKeys; readonly report: Report };

function resolveIssuer(written: WrittenIssuer, issuer: Located<string>, checks: Checks): Issuer {
  const { report } = checks;
  reportAddress('issuer', issuer, report);
  const audiences = readableOf(written.audiences).map(({ value }) => value);
  if (audiences.length === 0 && isLacking(written.audiences)) {
    const message =
      'Write `audiences`: what tokens for us have in `aud`. A token for somebody else is not for us';
    report('issuerIncomplete', issuer.at, message);
  }
  const algorithms = readableOf(written.algorithms);
  return {
    issuer: issuer.value,
    audiences,
    ...resolveCallers(written, issuer.at, report),
    keys: resolveKeys(written, issuer, checks),
    algorithms: algorithms.length === 0 ? signatureAlgorithms : algorithms,
    leewayMs: resolveLeeway(readable(written.leeway), report),
    claims: {
      subject: nameOf(written.subject_claim) ?? 'sub',
      scopes: namesOf(written.scopes_claim, ['scope', 'scp']),
      groups: nameOf(written.groups_claim),
      client: namesOf(written.client_claim, ['client_id', 'azp']),
    },
  };
}

function isLacking(entries: ReadonlyArray<unknown> | Unreadable | undefined): boolean {
  return entries === undefined || (Array.isArray(entries) && entries.length === 0);
}

// An issuer that may vouch for one address may vouch for all in the world, unless the file says for which.
function resolveCallers(
  { callers, email_domains: written }: WrittenIssuer,
  at: Position,
  report: Report,
): Pick<Issuer, 'callers' | 'emailDomains'> {
  const kind = readable(callers)?.value ?? 'machines';
  const emailDomains = readableOf(written).map(({ value }) => value.trim().toLowerCase());
  if (kind === 'people' && isLacking(written)) {
    report(
      'issuerIncomplete',
      at,
      'Write `email_domains`: the domains whose addresses this issuer may confirm',
    );
  }
  if (kind === 'machines' && emailDomains.length > 0) {
    report('issuerUnusable', at, '`email_domains` is only for `callers: people`: write that, or remove it');
  }
  return { callers: kind, emailDomains };
}

function resolveKeys(
  { jwks_url: url, jwks_file: file }: WrittenIssuer,
  issuer: Located<string>,
  { lookAtKeys, report }: Checks,
): IssuerKeys {
  const [address, path] = [readable(url), readable(file)];
  if (address !== undefined && path !== undefined) {
    report('issuerUnusable', path.at, '`jwks_url` is set, too: keep one of the two');
  }
  if (path !== undefined) {
    const flaw = lookAtKeys?.(path.value, issuer.value);
    if (flaw !== undefined) report('keyFileUnusable', path.at, `\`jwks_file\`: ${quote(path.value)} ${flaw}`);
    return { from: 'file', at: path.value };
  }
  if (address === undefined) return { from: 'discovery', at: issuer.value };
  reportAddress('jwks_url', address, report);
  return { from: 'url', at: address.value };
}

function resolveLeeway(written: Located<number> | undefined, report: Report): number {
  if (written === undefined || written.value === 0) return usualLeewayMs;
  if (written.value > longestLeewayMs) {
    report(
      'issuerUnusable',
      written.at,
      '`leeway` is longer than `5m`: correct the clocks if they differ by more',
    );
  }
  return written.value;
}

function reportAddress(field: string, { value, at }: Located<string>, report: Report): void {
  if (isTrustworthy(value)) return;
  const message = `${quote(value)} is no address for \`${field}\`: write \`https://…\`, without user, \`?\` and \`#\``;
  report('issuerUnusable', at, message);
}

// Keys that come in the clear prove nothing, unless they come from this very machine.
function isTrustworthy(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || /[?#@\s\\]/.test(text)) return false;
  if (url.protocol === 'https:') return isHostName(url.hostname) || url.hostname.startsWith('[');
  return url.protocol === 'http:' && /^(?:127\.0\.0\.1|\[::1\]|(?:.+\.)?localhost)$/.test(url.hostname);
}

function nameOf(claim: Located<string> | Unreadable | undefined): string | undefined {
  return readable(claim)?.value || undefined;
}

function namesOf(
  claim: Located<string> | Unreadable | undefined,
  usual: readonly string[],
): readonly string[] {
  const name = nameOf(claim);
  return name === undefined ? usual : [name];
}
