import { fill, parseTemplate, UncertifiableError } from './facts.ts';
import type { CertifiedFacts, Template } from './facts.ts';

/** What a subject may be made of (RFC 4519), and how long each may be (RFC 5280, appendix A.1). */
const attributes = {
  CN: { oid: '2.5.4.3', longest: 64 },
  OU: { oid: '2.5.4.11', longest: 64 },
  O: { oid: '2.5.4.10', longest: 64 },
  L: { oid: '2.5.4.7', longest: 128 },
  ST: { oid: '2.5.4.8', longest: 128 },
  UID: { oid: '0.9.2342.19200300.100.1.1', longest: 256 },
} as const;

/** The names of attributes that a subject may have. */
export const subjectAttributes = Object.keys(attributes);

type Attribute = keyof typeof attributes;

/** A subject with places for facts, in the order in which it is written. */
export type SubjectTemplate = ReadonlyArray<{ readonly type: Attribute; readonly value: Template }>;

/** The attributes of one subject, likewise. Their values are texts: nothing in them has a meaning. */
export type Subject = ReadonlyArray<{ readonly oid: string; readonly value: string }>;

// RFC 4514, section 3: what a backslash takes its meaning from.
const pair = /\\(?<char>["+,;<=>\\ #])/g;

// A comma, unless a backslash that none stands before takes its meaning.
const betweenAttributes = /(?<=(?<!\\)(?:\\\\)*),/;

/**
 * Reads a subject as RFC 4514 writes one, `CN={email},OU=people`: one attribute in each place, no bytes in hex.
 *
 * @returns a sentence about what is wrong with it
 */
export function parseSubject(
  text: string,
  allowed: ReadonlyArray<keyof CertifiedFacts>,
): SubjectTemplate | { readonly wrong: string } {
  const subject: Array<SubjectTemplate[number]> = [];
  for (const part of text.split(betweenAttributes)) {
    const { type = '', value = '' } =
      /^ *(?<type>[A-Za-z]+) *= *(?<value>(?:\\[^]|[^\\,+;"<>=#])*?) *$/.exec(part)?.groups ?? {};
    const known = Object.keys(attributes).find((name) => name === type.toUpperCase());
    if (known === undefined || !isAttribute(known) || value === '') {
      return { wrong: `${part} is not an attribute and its value, such as CN={email}` };
    }
    if (/\\/.test(value.replaceAll(pair, '')))
      return { wrong: `${part} has a backslash before nothing special` };
    const template = parseTemplate(value.replaceAll(pair, '$<char>'), allowed);
    if ('wrong' in template) return template;
    subject.push({ type: known, value: template });
  }
  return subject;
}

/** The subject of somebody. */
export function subjectOf(template: SubjectTemplate, facts: CertifiedFacts): Subject {
  return template.map(({ type, value }) => {
    const { oid, longest } = attributes[type];
    const text = fill(value, facts, (fact) => fact);
    // Cut off, the names of two people could become one.
    if (text.length > longest) {
      throw new UncertifiableError(`${type} would have more than ${longest} characters`);
    }
    return { oid, value: text };
  });
}

function isAttribute(name: string): name is Attribute {
  return Object.hasOwn(attributes, name);
}
