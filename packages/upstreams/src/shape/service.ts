import type { z } from 'zod';
import { isNull } from '../parse/tree.ts';
import type { YamlMapping, YamlNode } from '../parse/tree.ts';
import { quote } from '../problems.ts';
import type { Report } from '../problems.ts';
import type { Launcher, Position } from '../types.ts';
import { keysOf, mapping, readNode } from './reader.ts';
import { MISPLACED, sectionSchema } from './sections.ts';
import type { Section } from './sections.ts';
import { flag, text } from './values.ts';

/** One entry of the list of services. A section that holds nothing is there all the same. */
export type Service = {
  name: string;
  at: Position;
  launcher: Launcher | undefined;
  sections: ReadonlyMap<string, Section>;
};

/** What stands beside the sections. */
export const serviceSchema = mapping('A service.', {
  service: text('The name under which the service appears in logs and metrics.', { examples: ['wiki'] }),
  title: text('What the launcher calls it. Default: the name of the service.').optional(),
  description: text('A line about it for the launcher.').optional(),
  icon: text('The address of an icon, or a character, for the launcher.').optional(),
  hidden: flag('Keeps it out of the launcher.').optional(),
});

const FIELDS: ReadonlySet<string> = new Set(keysOf(serviceSchema));

/** Reads one service, or reports all that is wrong with it. */
export function readService(node: YamlNode, report: Report): Service | undefined {
  if (node.kind !== 'mapping') {
    report(
      'notMapping',
      node.at,
      'Each entry is a service: write `- service: name`, and its sections below it',
    );
    return undefined;
  }
  const named = node.entries.get('service');
  if (!named || isBlank(named.value)) {
    report('serviceMissing', node.at, 'missing `service` parameter: write `service: name` in this entry');
    return undefined;
  }
  const fields = readNode(serviceSchema, node, report);
  const sections = readSections(node, report);
  if (!fields || !sections) return undefined;

  const name = fields.service.value.trim().replaceAll(/\s+/g, '_');
  return { name, at: named.at, launcher: launcherOf(fields, name), sections };
}

function isBlank(node: YamlNode): boolean {
  return isNull(node) || (node.kind === 'scalar' && node.text.trim() === '');
}

function readSections(node: YamlMapping, report: Report): Map<string, Section> | undefined {
  const sections = new Map<string, Section>();
  let complete = true;
  for (const [key, { at, value }] of node.entries) {
    if (FIELDS.has(key)) continue;
    const section = readSection(key, at, value, report);
    if (section) sections.set(key, section);
    else complete = false;
  }
  return complete ? sections : undefined;
}

function readSection(key: string, at: Position, value: YamlNode, report: Report): Section | undefined {
  if (MISPLACED.has(key)) {
    report('misplaced', at, `${quote(key)} has no effect beside the sections: indent it below \`default:\``);
    return undefined;
  }
  if (value.kind !== 'mapping' && !isNull(value)) {
    report('notSection', at, `${quote(key)} would be a section: write a mapping, or make it a comment`);
    return undefined;
  }
  return readNode(sectionSchema, value, report);
}

function launcherOf(fields: z.output<typeof serviceSchema>, name: string): Launcher | undefined {
  const { title, description, icon, hidden } = fields;
  if (!title && !description && !icon && hidden === undefined) return undefined;
  return {
    title: title?.value ?? name,
    description: description?.value,
    icon: icon?.value,
    hidden: hidden ?? false,
  };
}
