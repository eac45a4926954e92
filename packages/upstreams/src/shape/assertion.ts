import { assertedFacts, ownClaims } from '@latchkey/identity';
import type { AddedClaim, AssertedPerson } from '@latchkey/identity';
import { isNull } from '../parse/tree.ts';
import type { YamlEntry } from '../parse/tree.ts';
import { quote } from '../problems.ts';
import { z } from 'zod';
import { described, problem, reader, scalar, unreadableValue } from './reader.ts';
import type { About, FieldReader, Located, Refuse, Unreadable } from './reader.ts';

/** Where an assertion goes: a header, and what stands in front of the token there. */
export type AssertionHeader = { readonly name: string; readonly scheme: string };

/** RFC 9110, 5.6.2: token; a header name, or that and a scheme. */
const headerText = /^(?<name>[!#$%&'*+\-.^_`|~0-9A-Za-z]+)(?:: *(?<scheme>[0-9A-Za-z._~+/-]+))?$/;
const headerAdvice = "Write the name of a header, such as `X-Identity`, or `'Authorization: Bearer'`";

/** `Name`, or `Name: Scheme`. */
export function assertionHeader(about: About): FieldReader<Located<AssertionHeader>> {
  const json = {
    type: ['string', 'number', 'boolean'],
    pattern: headerText.source.replaceAll(/\?<\w+>/g, ''),
    errorMessage: headerAdvice,
    ...described(about),
    examples: ['X-Identity', 'Authorization: Bearer'],
  };
  const type = z
    .string()
    .refine(
      (text) => headerText.test(text),
      problem('assertionHeader', (text) => `${quote(text)} is not a header: ${lower(headerAdvice)}`),
    )
    .transform((text): AssertionHeader => {
      const { name = '', scheme = '' } = headerText.exec(text)?.groups ?? {};
      return { name, scheme };
    });
  return { ...scalar(json, type), about: { ...about, type: 'text' } };
}

const claimName = /^[A-Za-z_][\w:/.-]{0,99}$/;
const facts: readonly string[] = assertedFacts;
const choices = assertedFacts.map((fact) => `\`$${fact}\``).join(', ');
const claimsAdvice = `Write \`name: value\` lines here, indented; a value is a text or one of ${choices}`;

/** Claims by name: a text, or `$` and what is said about the person. */
export function assertionClaims(about: About): FieldReader<readonly AddedClaim[]> {
  const schema = {
    type: 'object',
    ...described(about),
    errorMessage: claimsAdvice,
    propertyNames: {
      pattern: `^(?!(${ownClaims.join('|')})$)${claimName.source.slice(1)}`,
      patternErrorMessage: 'This is no name of a claim, or one that every assertion has',
    },
    additionalProperties: {
      type: ['string', 'number', 'boolean'],
      pattern: `^(?!\\$)|^\\$\\$|^\\$(${assertedFacts.join('|')})$`,
      errorMessage: `Write a text, or one of ${choices}`,
    },
    examples: [{ role: 'Viewer', login: '$email' }],
  };
  const read = reader<readonly AddedClaim[]>(schema, (node, refuse) => {
    if (node.kind !== 'mapping') return refuse('notMapping', node.at, claimsAdvice);
    const claims = [...node.entries].map(([name, entry]) => readClaim(name, entry, refuse));
    return claims.every((claim) => claim !== unreadableValue) ? claims : unreadableValue;
  });
  return { ...read, about: { ...about, type: '`name: value` lines' } };
}

function readClaim(
  name: string,
  { at, value, unresolved }: YamlEntry,
  refuse: Refuse,
): AddedClaim | Unreadable {
  if (unresolved || (value.kind === 'scalar' && value.unresolved)) return unreadableValue;
  if (ownClaims.includes(name)) {
    return refuse(
      'assertionClaim',
      at,
      `${name} is in every assertion and cannot be set: choose another name`,
    );
  }
  if (!claimName.test(name)) {
    return refuse(
      'assertionClaim',
      at,
      `${quote(name)} is no name of a claim: write letters, digits and \`_:/.-\``,
    );
  }
  if (value.kind !== 'scalar' || isNull(value)) {
    return refuse('notText', value.at, `Write the value of ${name} as one text`);
  }
  const fact = /^\$(?<of>[^$][^]*|)$/.exec(value.text)?.groups?.['of'];
  if (fact === undefined) return [name, value.text.replace(/^\$\$/, '$')];
  if (isFact(fact)) return [name, { of: fact }];
  const advice = `write one of ${choices}, or \`$$\` for a dollar sign`;
  return refuse('assertionClaim', value.at, `${quote(value.text)} is not a fact about a person: ${advice}`);
}

function isFact(text: string): text is keyof AssertedPerson {
  return facts.includes(text);
}

function lower(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
