import type { Bom, Component } from './cyclonedx.ts';
import { withLicence } from './licences.ts';

/** What an image is made of, and what it is called. */
export type Image = {
  readonly version: string;
  /** of Node */
  readonly node: string;
  readonly debian: readonly Component[];
};

/**
 * The bill of materials of the whole image, from pnpm's of its packages: those with the licences that pnpm does not see,
 * Node, and what Debian brings.
 */
export function sbomOf(npm: Bom, { version, node, debian }: Image): Bom {
  const { component } = npm.metadata;
  const more = [nodeComponent(node), ...debian];
  return {
    ...npm,
    metadata: {
      ...npm.metadata,
      component: {
        type: 'container',
        name: 'latchkey',
        version,
        'bom-ref': component['bom-ref'],
        licenses: [{ license: { id: 'MIT' } }],
      },
    },
    components: [...npm.components.map(withLicence), ...more],
    dependencies: [
      ...npm.dependencies.map((one) =>
        one.ref === component['bom-ref']
          ? { ...one, dependsOn: [...(one.dependsOn ?? []), ...more.map((it) => it['bom-ref'])] }
          : one,
      ),
      ...more.map((it) => ({ ref: it['bom-ref'] })),
    ],
  };
}

// Advisories about Node are found by its name in the list of the NVD.
function nodeComponent(version: string): Component {
  const purl = `pkg:generic/node@${version}`;
  return {
    type: 'platform',
    name: 'node',
    version,
    purl,
    'bom-ref': purl,
    cpe: `cpe:2.3:a:nodejs:node.js:${version}:*:*:*:*:*:*:*`,
    licenses: [{ license: { id: 'MIT' } }],
  };
}
