/** What a client certificate may say about a person. */
export const personFacts = ['email', 'user', 'sub', 'idp'] as const;

/** What it may say about a machine. */
export const machineFacts = ['name'] as const;

/** What is known of whom a certificate is for. What is not known is absent. */
export type CertifiedFacts = Readonly<
  Partial<Record<(typeof personFacts)[number] | (typeof machineFacts)[number], string>>
>;

/** A text with places for facts. */
export type Template = ReadonlyArray<string | { readonly of: keyof CertifiedFacts }>;

/** Somebody for whom there is no certificate: something that it has to say is not known, or cannot be said in it. */
export class UncertifiableError extends Error {}

/** Reads `text {fact} text`; a sentence about what is wrong with it. */
export function parseTemplate(
  text: string,
  allowed: ReadonlyArray<keyof CertifiedFacts>,
): Template | { readonly wrong: string } {
  const parts: Array<Template[number]> = [];
  for (const [part] of text.matchAll(/\{[^{}]*\}|[^{}]+|[{}]/g)) {
    const name = /^\{(?<name>.*)\}$/s.exec(part)?.groups?.['name'];
    const fact = allowed.find((one) => one === name);
    if (fact !== undefined) parts.push({ of: fact });
    else if (/[{}]/.test(part)) return { wrong: `${part} is none of ${allowed.map(braced).join(', ')}` };
    else parts.push(part);
  }
  // `{idp}{sub}` of `a` and `bc` is that of `ab` and `c`.
  const isBesideFact = (part: Template[number], at: number) =>
    typeof part !== 'string' && typeof parts[at + 1] === 'object';
  if (parts.some(isBesideFact))
    return { wrong: 'two facts stand side by side: write something between them' };
  return parts;
}

/**
 * Fills a template. Facts are those of strangers: each is taken as it is into a place that says where it ends, or escaped.
 *
 * @param escape what makes a fact a part of the text that it stands in
 */
export function fill(template: Template, facts: CertifiedFacts, escape: (fact: string) => string): string {
  return template
    .map((part) => (typeof part === 'string' ? part : escape(knownFact(facts, part.of))))
    .join('');
}

function knownFact(facts: CertifiedFacts, name: keyof CertifiedFacts): string {
  const fact = facts[name];
  if (fact === undefined || fact === '') throw new UncertifiableError(`nothing is known for ${braced(name)}`);
  // What ends a text, or a line, for some reader would make one name out of two.
  if (/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(fact)) {
    throw new UncertifiableError(`${braced(name)} holds a character that no name may hold`);
  }
  return fact;
}

function braced(name: string): string {
  return `{${name}}`;
}
