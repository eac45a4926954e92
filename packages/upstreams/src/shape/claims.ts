import type { WantedClaim } from '@latchkey/access';
import { isNull } from '../parse/tree.ts';
import type { YamlEntry } from '../parse/tree.ts';
import { quote } from '../problems.ts';
import { described, reader, unreadableValue } from './reader.ts';
import type { About, FieldReader, Refuse, Unreadable } from './reader.ts';

const advice = 'Write `claim: value` lines here, indented';
const valueAdvice = 'write the value that the claim must have, or a list of values';
const exactAdvice = 'claims are compared exactly: write each value in full, without `*`';

/** Claims of a token by name, and what each has to say. */
export function claims(about: About): FieldReader<readonly WantedClaim[]> {
  const one = {
    type: ['string', 'number', 'boolean'],
    pattern: '^[^*]+$',
    errorMessage: `This is not a value of a claim: ${valueAdvice}, without \`*\``,
  };
  const schema = {
    type: 'object',
    ...described(about),
    errorMessage: advice,
    additionalProperties: { anyOf: [one, { type: 'array', minItems: 1, items: one }] },
  };
  const read = reader<readonly WantedClaim[]>(schema, (node, refuse) => {
    if (node.kind !== 'mapping') return refuse('notMapping', node.at, advice);
    const wanted = [...node.entries].map(([name, entry]) => readClaim(name, entry, refuse));
    return wanted.every((each) => each !== unreadableValue) ? wanted : unreadableValue;
  });
  return { ...read, about: { ...about, type: '`claim: value` lines' } };
}

function readClaim(name: string, { value, unresolved }: YamlEntry, refuse: Refuse): WantedClaim | Unreadable {
  if (unresolved) return unreadableValue;
  const texts = [];
  for (const node of value.kind === 'list' ? value.items : [value]) {
    if (node.kind === 'scalar' && node.unresolved) return unreadableValue;
    if (node.kind !== 'scalar' || isNull(node) || node.text === '') {
      return refuse('serviceAccountWorkload', node.at, `${quote(name)} wants nothing: ${valueAdvice}`);
    }
    if (node.text.includes('*')) {
      return refuse('serviceAccountWorkload', node.at, `${quote(node.text)} fits nothing: ${exactAdvice}`);
    }
    texts.push(node.text);
  }
  if (texts.length > 0) return [name, texts];
  return refuse('serviceAccountWorkload', value.at, `${quote(name)} wants nothing: ${valueAdvice}`);
}
