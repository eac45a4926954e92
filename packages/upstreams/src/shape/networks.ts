import { meantNetwork, networkText, readNetwork } from '@latchkey/networks';
import { quote } from '../problems.ts';
import { described, reader, unreadableValue } from './reader.ts';
import type { About, FieldReader, Refuse, Unreadable } from './reader.ts';
import type { YamlEntry, YamlNode } from '../parse/tree.ts';
import type { NamedNetwork } from '../types.ts';

const advice = 'Write `name: [10.0.0.0/8]` lines here, indented';
const namePattern = '^[a-z_][a-z0-9_]*$';
const nameAdvice = 'write it as `office` or `branch_offices`, so that `networks.NAME` can name it';
const rangeAdvice = 'write an address or a range such as `198.51.100.0/24`';

/** Ranges of addresses by name. */
export function networks(about: About): FieldReader<readonly NamedNetwork[]> {
  const schema = {
    type: 'object',
    ...described(about),
    errorMessage: advice,
    propertyNames: { pattern: namePattern, patternErrorMessage: `This is no name: ${nameAdvice}` },
    additionalProperties: {
      type: ['array', 'null'],
      errorMessage: `A list belongs here: ${rangeAdvice}`,
      items: { type: 'string', errorMessage: `This is no range: ${rangeAdvice}` },
    },
  };
  const read = reader<readonly NamedNetwork[]>(schema, (node, refuse) => {
    if (node.kind !== 'mapping') return refuse('notMapping', node.at, advice);
    const named = [...node.entries].map(([name, entry]) => readNamed(name, entry, refuse));
    return named.every((each) => each !== unreadableValue) ? named : unreadableValue;
  });
  return { ...read, about: { ...about, type: '`name: [range, …]` lines' } };
}

function readNamed(
  name: string,
  { at, value, unresolved }: YamlEntry,
  refuse: Refuse,
): NamedNetwork | Unreadable {
  if (unresolved) return unreadableValue;
  if (!new RegExp(namePattern).test(name)) {
    return refuse('networkUnusable', at, `${quote(name)} is not a name of a network: ${nameAdvice}`);
  }
  if (value.kind !== 'list') {
    return refuse(
      'networkUnusable',
      value.at,
      `\`${name}\` is not a list of ranges: ${rangeAdvice}, in brackets`,
    );
  }
  const ranges = value.items.map((item) => readRange(item, refuse));
  return ranges.every((range) => range !== unreadableValue) ? { name, ranges } : unreadableValue;
}

function readRange(node: YamlNode, refuse: Refuse): NamedNetwork['ranges'][number] | Unreadable {
  if (node.kind === 'scalar' && node.unresolved) return unreadableValue;
  if (node.kind !== 'scalar') return refuse('networkUnusable', node.at, `This is no range: ${rangeAdvice}`);
  const range = readNetwork(node.text.trim());
  if (range !== undefined) return range;
  const meant = meantNetwork(node.text.trim());
  const write = meant === undefined ? rangeAdvice : `write \`${networkText(meant)}\``;
  return refuse('networkUnusable', node.at, `${quote(node.text)} is no range of addresses: ${write}`);
}
