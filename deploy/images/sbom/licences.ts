import type { Component } from './cyclonedx.ts';

/** What may be in the image. Anyone who adds one here has read it. */
const allowed: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  // Of @bufbuild/protobuf: two files of it are from the implementation of Google.
  '(Apache-2.0 AND BSD-3-Clause)',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'PSF-2.0',
  'Python-2.0',
  'Unlicense',
]);

/** Packages that state their licence elsewhere than where npm looks for it today. */
const statedElsewhere: Readonly<Record<string, string>> = {
  'passport-strategy': 'MIT',
  pause: 'MIT',
};

/** A package with its licence, where npm does not know it. */
export function withLicence(component: Component): Component {
  const id = statedElsewhere[component.name];
  if (component.licenses !== undefined || id === undefined) return component;
  return { ...component, licenses: [{ license: { id } }] };
}

/** A sentence for each package whose licence nobody has allowed. */
export function licenceProblems(components: readonly Component[]): string[] {
  return components
    .map((component) => [component.purl, licencesOf(component)] as const)
    .filter(([, licences]) => licences.length === 0 || !licences.every((licence) => allowed.has(licence)))
    .map(
      ([purl, licences]) =>
        `${purl}: ${licences.join(' and ') || 'no licence'}: read it, and see deploy/images/sbom/licences.ts`,
    );
}

/** Each licence by its name in SPDX; an expression as a whole, so that somebody reads it. */
export function licencesOf({ licenses = [] }: Component): string[] {
  return licenses.map(({ license, expression }) => license?.id ?? license?.name ?? expression ?? '');
}
