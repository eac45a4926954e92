import { isNull } from '../parse/tree.ts';
import type { YamlMapping, YamlNode } from '../parse/tree.ts';
import type { Report } from '../problems.ts';
import { options } from './options.ts';
import type { Options } from './options.ts';
import { readFields } from './mapping.ts';
import { unreadableValue } from './reader.ts';
import type { Unreadable } from './reader.ts';
import { rootFields } from './root.ts';
import type { Root } from './root.ts';
import { readService } from './service.ts';
import type { Service } from './service.ts';
import { unknownKeys } from './unknown-keys.ts';

/** What a file says: what all services share, options for each of them, and the services. */
export type FileContents = {
  root: Root;
  defaults: Options | Unreadable | undefined;
  services: ReadonlyArray<Service | Unreadable>;
};

export const rootAdvice =
  'The file is a list of services: begin each one with `- service: name`, with the dash';
export const listAdvice = '`services` is a list: begin each one with `- service: name`';

const noService = 'The file names no service: begin with `- service: name`';

const checkRootKey = unknownKeys(['services', 'defaults', ...Object.keys(rootFields)]);
const noRoot: Root = { at: { line: 1, column: 1 } };

/** Tree to file. Everything that does not fit is reported. */
export function readFile(root: YamlNode | undefined, report: Report): FileContents {
  if (!root || isNull(root)) {
    report(
      'noService',
      root?.at ?? { line: 1, column: 1 },
      'The file is empty: begin with `- service: name`',
    );
    return { root: noRoot, defaults: undefined, services: [] };
  }
  if (root.kind === 'mapping' && root.entries.has('services')) return readRoot(root, report);
  if (root.kind === 'list')
    return { root: noRoot, defaults: undefined, services: readServices(root, report) };
  if (root.kind === 'scalar' && root.unresolved)
    return { root: noRoot, defaults: undefined, services: [unreadableValue] };

  report('rootShape', root.at, rootAdvice);
  const isService = root.kind === 'mapping' && root.entries.has('service');
  return { root: noRoot, defaults: undefined, services: isService ? [readService(root, report)] : [] };
}

function readRoot(root: YamlMapping, report: Report): FileContents {
  const shared = readFields(root, rootFields, report, (key, at, known) => {
    if (key.startsWith('x-')) return;
    checkRootKey(key, at, known || key === 'services' || key === 'defaults', report);
  });
  const defaults = root.entries.get('defaults')?.value;
  const services = root.entries.get('services')?.value;
  return {
    root: shared,
    defaults: defaults && options.read(defaults, report),
    services: services ? readServices(services, report) : [],
  };
}

function readServices(node: YamlNode, report: Report): Array<Service | Unreadable> {
  if (node.kind === 'list') {
    if (node.items.length === 0) report('noService', node.at, noService);
    return node.items.map((item) => readService(item, report));
  }
  if (node.kind !== 'scalar' || !node.unresolved) report('notList', node.at, listAdvice);
  return [unreadableValue];
}
