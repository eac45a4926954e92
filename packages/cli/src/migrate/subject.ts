import type { Problem } from '@latchkey/settings';
import type { Deployment } from '../environment/deployment.ts';
import { entriesOf } from '../environment/services.ts';
import { authStartUp, proxyStartUp, remarkFinding, startUpFindings } from '../environment/start-up.ts';
import type { StartUp } from '../environment/start-up.ts';
import type { FindingKind } from '../finding.ts';
import { lints } from '../lints/table.ts';
import type { UpstreamFile } from '../upstream-file.ts';
import type { MigrationSubject, RulePlace } from './rule.ts';

/** Puts together what the rules look through. */
export function migrationSubject(
  { file, source, diagnostics }: UpstreamFile,
  { upstream, entries }: Deployment,
): MigrationSubject {
  const [ofProxy, ofAuth] = [entriesOf('proxy', entries), entriesOf('auth', entries)];
  const services: StartUp[] = [
    ...(ofProxy ? [proxyStartUp(ofProxy)] : []),
    ...(ofAuth ? [authStartUp(ofAuth)] : []),
  ];
  const placesOf = ({ code }: FindingKind): RulePlace[] =>
    services.flatMap((own) =>
      startUpFindings(own)
        .filter((finding) => finding.code === code)
        .map(({ file, line, column, message }) => ({ file, line, column, about: message })),
    );
  return {
    file,
    cluster: upstream.cluster,
    source,
    diagnostics,
    entries,
    defaultProvider: upstream.defaults.provider,
    refused: placesOf(lints.settingRefused),
    keptElsewhere: placesOf(lints.settingElsewhere),
    deprecated: services.flatMap((own) => warningsAbout(namesWith(['deprecated', 'removed'], own), own)),
    withoutEffectYet: services.flatMap((own) => warningsAbout(namesWith(['not_built'], own), own)),
  };
}

function namesWith(codes: readonly Problem['code'][], { warnings }: StartUp): ReadonlySet<string> {
  return new Set(warnings.flatMap(({ code, variable }) => (codes.includes(code) ? variable : [])));
}

function warningsAbout(names: ReadonlySet<string>, own: StartUp): RulePlace[] {
  return own.warnings
    .filter(({ variable }) => names.has(variable))
    .map((problem) => {
      const { file, line, column, message } = remarkFinding({ code: '', severity: 'notice' }, problem, own);
      return { file, line, column, about: message };
    });
}
