import { quote } from '../problems.ts';
import type { Report } from '../problems.ts';
import type { UpstreamFile } from '../shape/file.ts';
import type { Located } from '../shape/reader.ts';
import type { ExtraRoute, Options, Section } from '../shape/sections.ts';
import type { Service } from '../shape/service.ts';
import type { Launcher, Position } from '../types.ts';
import { mergeOptions, optionsOf } from './options.ts';

/** A route with everything that it has from elsewhere, before anything is made of it. */
export type Draft = {
  service: string;
  /** Where to point when nothing more precise is to blame. */
  at: Position;
  from: Located<string> | undefined;
  to: Located<string> | undefined;
  type: Located<string> | undefined;
  options: Options;
  launcher: Launcher | undefined;
  isExtra: boolean;
};

/** The routes of a file in one cluster: those of the services in file order, then all extra routes. */
export function draftRoutes(file: UpstreamFile, cluster: string, report: Report): Draft[] {
  warnOfUnknownCluster(file, cluster, report);
  const groups = file.services.map((service) => draftService(service, file.defaults, cluster, report));
  return [...groups.flatMap(({ routes }) => routes), ...groups.flatMap(({ extraRoutes }) => extraRoutes)];
}

function warnOfUnknownCluster({ services }: UpstreamFile, cluster: string, report: Report): void {
  const sections = new Set(services.flatMap((service) => [...service.sections.keys()]));
  sections.delete('default');
  const [first] = services;
  if (first === undefined || cluster === '' || sections.size === 0) return;
  if (cluster === 'default' || sections.has(cluster)) return;
  const known = [...sections].map(quote).join(', ');
  report(
    'clusterUnknown',
    first.at,
    `no service has a section ${quote(cluster)}: write one of ${known}, or add the section`,
  );
}

function draftService(
  service: Service,
  defaults: Options | undefined,
  cluster: string,
  report: Report,
): { routes: Draft[]; extraRoutes: Draft[] } {
  const base = service.sections.get('default');
  const own = cluster === 'default' ? undefined : service.sections.get(cluster);
  if (!base && !own) {
    const sections = cluster === '' ? '`default`' : `\`default\` or ${quote(cluster)}`;
    report(
      'sectionMissing',
      service.at,
      `${quote(service.name)} has no section ${sections} and does not exist here`,
    );
    return { routes: [], extraRoutes: [] };
  }

  const options = mergeOptions(defaults, mergeOptions(optionsOf(base), optionsOf(own)));
  const route: Draft = {
    service: service.name,
    at: service.at,
    from: written(own?.from) ?? written(base?.from),
    to: written(own?.to) ?? written(base?.to),
    type: written(own?.type) ?? written(base?.type),
    options: options ?? { at: service.at },
    launcher: service.launcher,
    isExtra: false,
  };
  return { routes: [route], extraRoutes: extraRoutesOf(base, own).map((extra) => draftExtra(extra, route)) };
}

/** The extra routes of a cluster replace those of `default`. */
function extraRoutesOf(base: Section | undefined, own: Section | undefined): readonly ExtraRoute[] {
  return own?.extra_routes ?? base?.extra_routes ?? [];
}

function draftExtra(extra: ExtraRoute, parent: Draft): Draft {
  return {
    service: parent.service,
    at: extra.at,
    from: written(extra.from) ?? parent.from,
    to: written(extra.to) ?? parent.to,
    type: written(extra.type) ?? parent.type,
    options: mergeOptions(parent.options, extra.options) ?? parent.options,
    launcher: undefined,
    isExtra: true,
  };
}

function written(text: Located<string> | undefined): Located<string> | undefined {
  return text && text.value.trim() !== '' ? { ...text, value: text.value.trim() } : undefined;
}
