import { quote } from '../problems.ts';
import type { Report } from '../problems.ts';
import type { FileContents } from '../shape/file.ts';
import type { Options } from '../shape/options.ts';
import { unreadableValue, readable, readableOf } from '../shape/reader.ts';
import type { Located, Unreadable } from '../shape/reader.ts';
import type { ExtraRoute, Section } from '../shape/sections.ts';
import type { Service } from '../shape/service.ts';
import type { Launcher, Position } from '../types.ts';
import { mergeOptions, optionsOf } from './options.ts';

/** A text that is read, that is written and unreadable, or that is not written. */
export type Written = Located<string> | Unreadable | undefined;

/** A route with everything that it has from elsewhere, before anything is made of it. */
export type Draft = {
  /** Empty where the service has no name. */
  service: string;
  /** Where to point when nothing more precise is to blame. */
  at: Position;
  from: Written;
  to: Written;
  type: Written;
  options: Options;
  launcher: Launcher | undefined;
  /** What an extra route says itself, and the route of its service, from which it has the rest. */
  extra: { own: ExtraRoute; parent: Draft; hasFrom: boolean } | undefined;
};

/** A section that is read, that is written and unreadable, or that is not written. */
type Layer = Section | Unreadable | undefined;

/** The routes of a file in one cluster: those of the services in file order, then all extra routes. */
export function draftRoutes(file: FileContents, cluster: string, report: Report): Draft[] {
  const groups = readableOf(file.services).map((service) => draftService(service, file, cluster, report));
  return [...groups.flatMap(({ routes }) => routes), ...groups.flatMap(({ extraRoutes }) => extraRoutes)];
}

function draftService(
  service: Service,
  { defaults }: FileContents,
  cluster: string,
  report: Report,
): { routes: Draft[]; extraRoutes: Draft[] } {
  const { name = '', at, launcher, sections, misplaced } = service;
  const base = sections.get('default');
  const own = cluster === 'default' ? undefined : sections.get(cluster);
  if (!base && !own) {
    const known = cluster === '' ? '`default`' : `\`default\` or ${quote(cluster)}`;
    const message = `${quote(name)} has no section ${known} and does not exist here`;
    if (name !== '' && !misplaced) report('sectionMissing', at, message);
    return { routes: [], extraRoutes: [] };
  }

  const layers: readonly Layer[] = [misplaced, base, own];
  const route: Draft = {
    service: name,
    at,
    from: lastWritten(layers, 'from'),
    to: lastWritten(layers, 'to'),
    type: lastWritten(layers, 'type'),
    options: mergeOptions([defaults, ...layers.map(optionsOf)], at),
    launcher,
    extra: undefined,
  };
  return {
    routes: [route],
    extraRoutes: extraRoutesOf(layers).map((extra) => draftExtra(extra, route)),
  };
}

/** The extra routes of a cluster replace those of `default`. */
function extraRoutesOf(layers: readonly Layer[]): readonly ExtraRoute[] {
  const last = layers.findLast((layer) => layer === unreadableValue || layer?.extra_routes !== undefined);
  return readableOf(readable(last)?.extra_routes);
}

function draftExtra(own: ExtraRoute, parent: Draft): Draft {
  const from = lastWritten([own], 'from');
  return {
    service: parent.service,
    at: own.at,
    from: from ?? parent.from,
    to: lastWritten([own], 'to') ?? parent.to,
    type: lastWritten([own], 'type') ?? parent.type,
    options: mergeOptions([parent.options, own.options], parent.options.at),
    launcher: undefined,
    extra: { own, parent, hasFrom: from !== undefined },
  };
}

/** What the last layer that has `key` says; an unreadable layer may have it. */
function lastWritten(
  layers: ReadonlyArray<ExtraRoute | Unreadable | undefined>,
  key: 'from' | 'to' | 'type',
): Written {
  return layers.reduce<Written>((below, layer) => {
    if (layer === unreadableValue) return unreadableValue;
    const value = layer?.[key];
    if (!value || value === unreadableValue) return value ?? below;
    const text = value.value.trim();
    return text === '' ? below : { value: text, at: value.at };
  }, undefined);
}
