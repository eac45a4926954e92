import { mapping } from './mapping.ts';
import type { Values } from './mapping.ts';
import { list } from './reader.ts';
import { unknownKeys } from './unknown-keys.ts';
import { entry, text } from './values.ts';

const fields = {
  issuer: text({
    meaning: 'The issuer, exactly as its tokens have it in `iss`.',
    example: 'https://idp.example.com',
  }),
  audiences: list(
    {
      meaning: 'What tokens for us have in `aud`. One of these is enough.',
      example: '[https://api.example.com]',
    },
    entry('an audience', ['https://api.example.com']),
  ),
};

/** One entry of `issuers`. */
export const issuer = mapping(
  'issuer',
  'Who may issue tokens, and what has to be in them.',
  fields,
  unknownKeys(Object.keys(fields)),
);

/** One entry of `issuers` as read. */
export type WrittenIssuer = Values<typeof fields>;
