import { isNull } from '../parse/tree.ts';
import type { YamlEntry, YamlMapping, YamlNode } from '../parse/tree.ts';
import { quote } from '../problems.ts';
import type { Report } from '../problems.ts';
import type { Launcher, Position } from '../types.ts';
import { hasUnresolvedKey, readFields } from './mapping.ts';
import type { Values } from './mapping.ts';
import { options } from './options.ts';
import { unreadableValue, readable } from './reader.ts';
import type { Unreadable } from './reader.ts';
import { misplacedKeys, section } from './sections.ts';
import type { Section } from './sections.ts';
import { flag, text } from './values.ts';

/** One entry of the list of services. A section that holds nothing is there all the same. */
export type Service = {
  /** Undefined where the entry has none that can be read. */
  name: string | undefined;
  at: Position;
  launcher: Launcher | undefined;
  sections: ReadonlyMap<string, Section | Unreadable>;
  /** What was written beside the sections by mistake. It has been reported, and is meant for one of them. */
  misplaced: Section | undefined;
};

/** What stands beside the sections. */
export const serviceFields = {
  service: text(
    {
      meaning: 'The name of the service in logs, metrics and the launcher. Every entry has one.',
      example: 'wiki',
    },
    { pattern: '\\S', errorMessage: 'Write a name', examples: ['wiki'] },
  ),
  title: text(
    { meaning: 'The name of the service on the launcher.', default: 'its name', example: 'Wiki' },
    { examples: ['Wiki'] },
  ),
  description: text({
    meaning: 'A line about the service for the launcher.',
    default: 'none',
    example: 'How we do things',
  }),
  icon: text({
    meaning: 'The address of an icon for the launcher, or a character.',
    default: 'a letter of the title',
    example: 'https://wiki.corp.example.com/favicon.ico',
  }),
  hidden: flag({ meaning: 'Whether the service is left out of the launcher.', default: '`false`' }),
};

export const serviceAdvice = 'Each entry is a service: write `- service: name`, and its sections below it';

/** Reads one service as far as it can be read, and reports all that is wrong with it. */
export function readService(node: YamlNode, report: Report): Service | Unreadable {
  if (node.kind === 'scalar' && node.unresolved) return unreadableValue;
  if (node.kind !== 'mapping') {
    report('notMapping', node.at, serviceAdvice);
    return unreadableValue;
  }
  const fields = readFields(node, serviceFields, report, () => undefined);
  const name = nameOf(node, fields, report);
  const sections = readSections(node, report);
  if (hasUnresolvedKey(node)) return unreadableValue;
  return {
    name,
    at: node.entries.get('service')?.at ?? node.at,
    launcher: launcherOf(fields, name),
    sections,
    misplaced: readMisplaced(node, report),
  };
}

function nameOf(
  node: YamlMapping,
  { service }: Values<typeof serviceFields>,
  report: Report,
): string | undefined {
  if (service === unreadableValue) return undefined;
  const name = service?.value.trim().replaceAll(/\s+/g, '_') ?? '';
  if (name !== '') return name;
  report('serviceMissing', node.at, 'missing `service` parameter: write `service: name` in this entry');
  return undefined;
}

function readSections(node: YamlMapping, report: Report): Map<string, Section | Unreadable> {
  const sections = new Map<string, Section | Unreadable>();
  for (const [key, entry] of node.entries) {
    if (Object.hasOwn(serviceFields, key) || entry.unresolved) continue;
    if (misplacedKeys.has(key)) {
      const message = `${quote(key)} has no effect next to the sections: indent it below \`default:\``;
      report('misplaced', entry.at, message);
    } else {
      sections.set(key, readSection(key, entry, report));
    }
  }
  return sections;
}

function readSection(key: string, { at, value }: YamlEntry, report: Report): Section | Unreadable {
  const isUnresolved = value.kind === 'scalar' && value.unresolved;
  if (value.kind === 'mapping' || isNull(value) || isUnresolved) return section.read(value, report);
  report('notSection', at, `${quote(key)} would be a section: write a mapping, or make it a comment`);
  return unreadableValue;
}

/** The misplaced keys as the section that they should stand in, so that what is wrong with them comes to light as well. */
function readMisplaced(node: YamlMapping, report: Report): Section | undefined {
  if (![...node.entries.keys()].some((key) => misplacedKeys.has(key))) return undefined;
  const below = readFields(node, options.fields, report, () => undefined);
  const beside = readFields(node, section.fields, report, () => undefined);
  return {
    ...beside,
    options: beside.options === unreadableValue ? unreadableValue : { ...below, ...beside.options },
  };
}

function launcherOf(fields: Values<typeof serviceFields>, name: string | undefined): Launcher | undefined {
  const title = readable(fields.title);
  const description = readable(fields.description);
  const icon = readable(fields.icon);
  const hidden = readable(fields.hidden);
  if (!title && !description && !icon && hidden === undefined) return undefined;
  return {
    title: title?.value ?? name ?? '',
    description: description?.value,
    icon: icon?.value,
    hidden: hidden ?? false,
  };
}
