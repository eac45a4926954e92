import { findingOf } from '../finding.ts';
import type { Finding } from '../finding.ts';
import { quotedId } from './lint.ts';
import type { LintSubject } from './lint.ts';
import { lints } from './table.ts';

const listOptions = [
  ['groups', 'allowed_groups', 'UPSTREAM_DEFAULT_GROUPS'],
  ['emailDomains', 'allowed_email_domains', 'UPSTREAM_DEFAULT_EMAIL_DOMAINS'],
  ['emailAddresses', 'allowed_email_addresses', 'UPSTREAM_DEFAULT_EMAIL_ADDRESSES'],
] as const;

/** Routes that let in everybody who can sign in. */
export function lintOpenToAll({ file, source, table }: LintSubject): Finding[] {
  return table.routes.flatMap((route) =>
    listOptions
      .filter(([kind]) => route.rules[kind].length === 1 && route.rules[kind][0] === '*')
      .map(([, option, variable]) => {
        const written = source.optionPlaces(route, option).length > 0;
        const what = written ? `\`${option}\`` : variable;
        const message = `${what} is "*", so ${quotedId(route)} is open to everybody who can sign in: name the groups, domains or addresses that may pass`;
        return findingOf(lints.openToAll, { file, ...source.placeOf(route, option, '*') }, message);
      }),
  );
}

/** Routes that forward to any server that answers. */
export function lintCertificates({ file, source, table }: LintSubject): Finding[] {
  return table.routes
    .filter((route) => route.tlsSkipVerify)
    .map((route) => {
      const message = `The certificate of the application of ${quotedId(route)} is not checked: remove \`tls_skip_verify\``;
      return findingOf(
        lints.certificateUnchecked,
        { file, ...source.placeOf(route, 'tls_skip_verify') },
        message,
      );
    });
}
