import { isNull } from '../parse/tree.ts';
import type { YamlNode } from '../parse/tree.ts';
import type { Report } from '../problems.ts';
import { readNode } from './reader.ts';
import { optionsSchema } from './sections.ts';
import type { Options } from './sections.ts';
import { readService } from './service.ts';
import type { Service } from './service.ts';
import { reportUnknownKeys } from './unknown-keys.ts';

/** What a file says: options for all services, and the services, without those that could not be read. */
export type UpstreamFile = { defaults: Options | undefined; services: readonly Service[] };

const ROOT_ADVICE = 'The file is a list of services: begin each one with `- service: name`, with the dash';

/** Tree to file. Everything that does not fit is reported. */
export function readFile(root: YamlNode | undefined, report: Report): UpstreamFile {
  if (!root || isNull(root)) {
    report(
      'noService',
      root?.at ?? { line: 1, column: 1 },
      'The file is empty: begin with `- service: name`',
    );
    return { defaults: undefined, services: [] };
  }
  reportUnknownKeys(root, report);
  if (root.kind === 'list') return { defaults: undefined, services: readServices(root.items, report) };

  const listed = root.kind === 'mapping' ? root.entries.get('services')?.value : undefined;
  if (root.kind !== 'mapping' || !listed) {
    report('rootShape', root.at, ROOT_ADVICE);
    return { defaults: undefined, services: [] };
  }
  if (listed.kind !== 'list')
    report('notList', listed.at, '`services` is a list: begin each one with `- service: name`');
  const defaults = root.entries.get('defaults')?.value;
  return {
    defaults: defaults && readNode(optionsSchema, defaults, report),
    services: readServices(listed.kind === 'list' ? listed.items : [], report),
  };
}

function readServices(nodes: readonly YamlNode[], report: Report): Service[] {
  if (nodes.length === 0) return [];
  return nodes.map((node) => readService(node, report)).filter((service) => service !== undefined);
}
