import { truth } from './literals.ts';
import { fieldOf } from './names.ts';
import { noticeText } from './never-equal.ts';
import type { Placed } from './never-equal.ts';
import { mapped, paired } from './operators.ts';
import type { Expr } from './parse.ts';
import type { Reading } from './reading.ts';
import type { Of, Typed } from './typed.ts';

/** Reads `one in many`. */
export function contained(reading: Reading, expr: Expr, left: Placed, right: Placed): Typed {
  const { value: one } = left;
  const { value: many } = right;
  if (one.type === 'claim' && many.type === 'list of texts') {
    return truth(
      paired(one.of, many.of, (json, entries) => typeof json === 'string' && entries.includes(json)),
    );
  }
  if (one.type !== 'text') {
    const message = `A ${one.type} is in nothing: write a text in front of \`in\``;
    return reading.refuse('type', left.at, message);
  }
  switch (many.type) {
    case 'list of texts':
      for (const entry of many.literals ?? []) noticeText(reading, one, entry, right.at);
      return truth(inList(one.of, many));
    case 'groups':
      return inGroups(reading, one.literal, many, left.at);
    case 'mapping':
      return inHeaders(reading, expr, one.literal, right);
    case 'network':
      return truth(mapped(one.of, many.holds));
    case 'claim':
      return truth(paired(one.of, many.of, isAmong));
    case 'truth value':
    case 'text':
    case 'number':
    case 'moment':
    case 'duration':
  }
  const message = `Nothing is in a ${many.type}: write a list after \`in\`, such as ["a", "b"]`;
  return reading.refuse('type', right.at, message);
}

function inList(one: Of<string>, { of, literals }: Extract<Typed, { type: 'list of texts' }>): Of<boolean> {
  if (literals === undefined) return paired(one, of, (entry, entries) => entries.includes(entry));
  const set = new Set(literals);
  return mapped(one, (entry) => set.has(entry));
}

function inGroups(
  { refuse, asksAbout }: Reading,
  group: string | undefined,
  groups: Extract<Typed, { type: 'groups' }>,
  at: Expr,
): Typed {
  if (group === undefined) {
    return refuse('type', at, 'Groups are asked about by name: write the name of a group in quotes');
  }
  asksAbout(group);
  return truth(groups.isIn(group));
}

function inHeaders(reading: Reading, expr: Expr, name: string | undefined, { value, at }: Placed): Typed {
  if (name === undefined) return reading.refuse('type', at, 'Write the name of a header in quotes');
  const header = fieldOf(reading, expr, value, name);
  return truth((header.type === 'text' ? header.has : undefined) ?? (() => undefined));
}

// CEL has no answer about a text, and a key is none of the values of an object. Issuers write one role as a text.
function isAmong(entry: string, json: unknown): boolean | undefined {
  return Array.isArray(json) ? json.includes(entry) : undefined;
}
