import type { Deployment } from '../environment/deployment.ts';
import { environmentOf } from '../environment/env-file.ts';
import { entriesOf } from '../environment/services.ts';
import { settingFinding, startUpFindings, startUpOf } from '../environment/start-up.ts';
import type { ServiceEntries } from '../environment/start-up.ts';
import type { FindingKind } from '../finding.ts';
import { lints } from '../lints/table.ts';
import type { UpstreamFile } from '../upstream-file.ts';
import type { MigrationSubject, Place } from './rule.ts';

/** Puts together what the rules look through. */
export function migrationSubject(
  { file, source, diagnostics }: UpstreamFile,
  { upstream, entries }: Deployment,
): MigrationSubject {
  const services = (['proxy', 'auth'] as const).flatMap((service) => {
    const own = entriesOf(service, entries);
    if (!own) return [];
    const said = startUpOf(service, environmentOf(own));
    const findings = startUpFindings(service, own);
    return [{ own: { entries: own, olderNames: said.olderNames }, said, findings }];
  });
  const placesOf = ({ code }: FindingKind): Place[] =>
    services.flatMap(({ findings }) =>
      findings
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
    deprecated: services.flatMap(({ own, said }) => said.deprecated.map((line) => placeOf(line, own))),
    withoutEffectYet: services.flatMap(({ own, said }) =>
      said.warnings.filter((line) => /: has no effect yet\b/.test(line)).map((line) => placeOf(line, own)),
    ),
  };
}

function placeOf(about: string, own: ServiceEntries): Place {
  const { file, line, column } = settingFinding({ code: '', severity: 'notice' }, about, own);
  return { file, line, column, about };
}
