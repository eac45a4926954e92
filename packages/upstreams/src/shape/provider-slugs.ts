import { z } from 'zod';
import { quote } from '../problems.ts';
import { described, explained, problem, scalar, unreadableValue } from './reader.ts';
import type { About, FieldReader, Located, Unreadable } from './reader.ts';

const anyScalar = ['string', 'number', 'boolean'];
const advice = 'write letters, digits, `-` and `_` only';
const errorMessage = `This is not a slug: ${advice}`;

const slug = z.string().refine(
  (text) => /^[\w.~-]*$/.test(text),
  problem('providerSlug', (text) => `${quote(text)} is not a slug: ${advice}`),
);
const emptyEntry = 'Write the slug of a provider, or remove this entry';

/** An empty text is not written. */
const single = scalar({}, slug);
const entry = scalar(
  {
    type: anyScalar,
    pattern: '^[A-Za-z0-9._~-]+$',
    errorMessage,
    ...explained('One entry: the slug of a provider.'),
    examples: ['google', 'okta'],
  },
  slug.refine((text) => text !== '', problem('emptyEntry', emptyEntry)),
);

/** The slugs of sign-in providers, which become part of a path: one, or a list of them. */
export function providerSlugs(about: About): FieldReader<readonly string[]> {
  const schema = {
    type: [...anyScalar, 'array'],
    pattern: '^[A-Za-z0-9._~-]*$',
    items: entry.schema,
    errorMessage,
    ...described(about),
    examples: ['google', 'okta'],
  };
  return {
    schema,
    about: { ...about, type: 'text or list' },
    read(node, report) {
      if (node.kind !== 'list') {
        const one = single.read(node, report);
        if (one === unreadableValue) return one;
        return one.value === '' ? [] : [one.value];
      }
      if (node.items.length === 0) {
        report('emptyKeepsDefault', node.at, 'The empty list keeps the default: write a provider');
      }
      const entries = node.items.map((item) => entry.read(item, report));
      const slugs = new Set<string>();
      for (const { value, at } of entries.filter(isRead)) {
        if (slugs.has(value)) report('providerSlug', at, `${quote(value)} stands here twice: keep one`);
        slugs.add(value);
      }
      return entries.every(isRead) ? [...slugs] : unreadableValue;
    },
  };
}

function isRead(entry: Located<string> | Unreadable): entry is Located<string> {
  return entry !== unreadableValue;
}
