import type { Deployment } from '../environment/deployment.ts';
import type { Finding } from '../finding.ts';
import type { UpstreamFile } from '../upstream-file.ts';
import { lintAdminPlaces } from './admin-places.ts';
import { lintDeviceHeaders, lintServersInFront } from './trusted-proxies.ts';
import { lintForeignHosts } from './foreign-host.ts';
import { lintIdentityHeaders } from './identity-headers.ts';
import { lintKeyFiles } from './key-files.ts';
import type { Lint } from './lint.ts';
import { lintNamesOfPeople } from './names-of-people.ts';
import { lintNeverMatches, lintPathsInPatterns } from './never-matches.ts';
import { lintNeverTogether } from './never-together.ts';
import { lintNoRoute } from './no-route.ts';
import { lintPublicPaths } from './public-paths.ts';
import { lintRulePaths } from './rule-paths.ts';
import { lintCertificates, lintOpenToAll } from './rules.ts';
import { lintScopes } from './scopes.ts';
import { lintProviders, lintReturns } from './sign-in.ts';
import { lintSecrets } from './secrets.ts';
import { lintSshAuthorities } from './ssh-authorities.ts';

const allLints: readonly Lint[] = [
  lintNoRoute,
  lintPublicPaths,
  lintOpenToAll,
  lintAdminPlaces,
  lintScopes,
  lintNeverTogether,
  lintRulePaths,
  lintCertificates,
  lintForeignHosts,
  lintNeverMatches,
  lintPathsInPatterns,
  lintIdentityHeaders,
  lintNamesOfPeople,
  lintSshAuthorities,
  lintProviders,
  lintReturns,
  lintServersInFront,
  lintDeviceHeaders,
  lintKeyFiles,
];

/** What the lints say about a file. One with errors is looked through for secrets only: it has become no routes. */
export function lint(
  { file, text, source, table, keyFilesElsewhere }: UpstreamFile,
  { auth, proxy, upstream: { allowLoss } }: Pick<Deployment, 'auth' | 'proxy' | 'upstream'>,
): Finding[] {
  const secrets = lintSecrets({ file, text, source });
  if (table === undefined) return secrets;
  const subject = { file, text, source, table, keyFilesElsewhere, auth, proxy, allowLoss };
  return [...allLints.flatMap((each) => each(subject)), ...secrets];
}
