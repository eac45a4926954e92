import type { Deployment } from '../environment/deployment.ts';
import { environmentOf } from '../environment/env-file.ts';
import { entriesOf } from '../environment/services.ts';
import { settingFinding, startUpOf } from '../environment/start-up.ts';
import type { UpstreamFile } from '../upstream-file.ts';
import type { MigrationSubject, Place } from './rule.ts';

/** Puts together what the rules look through. */
export function migrationSubject(
  { file, source, diagnostics }: UpstreamFile,
  { upstream, entries }: Deployment,
): MigrationSubject {
  const services = (['proxy', 'auth'] as const).flatMap((service) => {
    const own = entriesOf(service, entries);
    return own ? [{ own, said: startUpOf(service, environmentOf(own)) }] : [];
  });
  return {
    file,
    cluster: upstream.cluster,
    source,
    diagnostics,
    entries,
    defaultProvider: upstream.defaults.provider,
    refused: services.flatMap(({ own, said }) => said.errors.filter(isNew).map((line) => placeOf(line, own))),
    deprecated: services.flatMap(({ own, said }) => said.deprecated.map((line) => placeOf(line, own))),
    withoutEffectYet: services.flatMap(({ own, said }) =>
      said.warnings.filter((line) => /: has no effect yet\b/.test(line)).map((line) => placeOf(line, own)),
    ),
  };
}

/** What is not set had to be set before as well, and may come from elsewhere. */
function isNew(message: string): boolean {
  return !/^\w+: not set/.test(message);
}

function placeOf(about: string, entries: Deployment['entries']): Place {
  const { file, line, column } = settingFinding({ code: '', severity: 'notice' }, about, entries);
  return { file, line, column, about };
}
