import { principalProblem } from '@latchkey/identity';
import { quote } from '../problems.ts';
import type { Report } from '../problems.ts';
import type { Options } from '../shape/options.ts';
import { isEmptyMapping } from '../shape/mapping.ts';
import { readable, readableOf, unreadableValue } from '../shape/reader.ts';
import type { SshCertificate, UpstreamInput } from '../types.ts';

type Context = Pick<UpstreamInput, 'lookAtSshKey'> & { readonly isTcp: boolean };

// What sshd takes (SSHKEY_CERT_MAX_PRINCIPALS) is more than anybody needs.
const mostPrincipals = 32;

/** How people get certificates for sshd. Without anything in it, as without the option, they get none. */
export function resolveSshCertificate(
  { ssh_certificate: option }: Options,
  { isTcp, lookAtSshKey }: Context,
  report: Report,
): SshCertificate | undefined {
  const written = readable(option);
  if (written === undefined || isEmptyMapping(written)) return undefined;
  const file = readable(written.ca_key_file);
  const principals = readableOf(written.principals);
  // A value that is there and cannot be read has been reported already.
  const isMissing = {
    ca_key_file: written.ca_key_file === undefined || file?.value === '',
    principals: principals.length === 0 && written.principals !== unreadableValue,
  };
  for (const name of ['ca_key_file', 'principals'] as const) {
    if (!isMissing[name]) continue;
    report('sshCertificateUnusable', written.at, `\`ssh_certificate\` has no \`${name}\`: write it`);
  }
  if (!isTcp) {
    const message =
      '`ssh_certificate` has no effect without `to: tcp://…`: write it, as in `to: tcp://bastion.internal:22`';
    report('sshCertificateUnusable', written.at, message);
  }
  if (principals.length > mostPrincipals) {
    report(
      'sshCertificateUnusable',
      written.at,
      `\`principals\` has more than ${mostPrincipals} entries: keep fewer`,
    );
  }
  for (const { value, at } of principals) {
    const problem = principalProblem(value);
    if (problem !== undefined) {
      report('sshCertificateUnusable', at, `${quote(value)} cannot be a principal: ${problem}`);
    }
  }
  for (const { kind, message } of (file && lookAtSshKey?.(file.value)) ?? []) {
    const name = kind === 'unusable' ? 'sshKeyUnusable' : 'sshKeyReadable';
    report(name, file?.at ?? written.at, `\`ca_key_file\`: ${quote(file?.value ?? '')} ${message}`);
  }
  const [first, ...others] = principals.map(({ value }) => value);
  return file === undefined || first === undefined
    ? undefined
    : { keyFile: file.value, principals: [first, ...others] };
}
