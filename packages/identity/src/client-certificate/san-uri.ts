import { fill, parseTemplate, UncertifiableError } from './facts.ts';
import type { CertifiedFacts, Template } from './facts.ts';

/** A text of a fact that stands in for it where a template is looked at. */
const anybody: CertifiedFacts = { email: 'a', user: 'a', sub: 'a', idp: 'a', name: 'a' };

/**
 * Reads `spiffe://corp/user/{sub}`: an address with places for facts behind its host.
 *
 * @returns a sentence about what is wrong with it
 */
export function parseSanUri(
  text: string,
  allowed: ReadonlyArray<keyof CertifiedFacts>,
): Template | { readonly wrong: string } {
  const template = parseTemplate(text, allowed);
  if ('wrong' in template) return template;
  // RFC 3986: what a fact may not have a say in, and the characters that an address is made of.
  if (!/^[a-z][a-z0-9+.-]*:\/\/[^/?#{}]+\//i.test(text) || !/^[!#$&-;=?-Z_a-z~{}%]+$/.test(text)) {
    return { wrong: 'it is not an address with a host, such as spiffe://corp/user/{sub}' };
  }
  return URL.parse(fill(template, anybody, encoded)) === null
    ? { wrong: 'it is not an address, such as spiffe://corp/user/{sub}' }
    : template;
}

/** The address of somebody. A fact is one segment of its path, or a part of one, whatever is in it. */
export function sanUriOf(template: Template, facts: CertifiedFacts): string {
  const uri = fill(template, facts, encoded);
  // RFC 3986, section 6.2.2.3: to some readers that is the address of somebody else.
  if (/\/\.{1,2}(?=[/?#]|$)/.test(uri))
    throw new UncertifiableError('san_uri would hold `.` or `..` as a segment');
  return uri;
}

// RFC 3986, section 2.3: all but the unreserved ones, among them those that encodeURIComponent leaves.
function encoded(fact: string): string {
  return encodeURIComponent(fact).replaceAll(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
