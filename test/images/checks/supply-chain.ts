import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { runIn } from '../container.ts';
import type { Image } from '../image.ts';
import { revision } from '../image.ts';
import { outputOf } from '../program.ts';
import type { Check } from './check.ts';

// What CycloneDX 1.6 asks of a bill of materials, and what we ask of it beyond.
const bomSchema = z.object({
  bomFormat: z.literal('CycloneDX'),
  specVersion: z.literal('1.6'),
  serialNumber: z.string().regex(/^urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
  version: z.int().positive(),
  metadata: z.object({ timestamp: z.iso.datetime(), component: z.object({ 'bom-ref': z.string() }) }),
  components: z.array(
    z.object({
      type: z.enum(['library', 'platform']),
      name: z.string().min(1),
      group: z.string().optional(),
      version: z.string().min(1),
      purl: z.string().regex(/^pkg:(?:npm|deb|generic)\//),
      'bom-ref': z.string(),
      licenses: z.array(z.unknown()).optional(),
      externalReferences: z
        .array(z.object({ type: z.string(), hashes: z.array(z.object({ alg: z.string() })).optional() }))
        .optional(),
    }),
  ),
  dependencies: z.array(z.object({ ref: z.string(), dependsOn: z.array(z.string()).optional() })),
});

function bomOf(image: Image): z.infer<typeof bomSchema> {
  return bomSchema.parse(JSON.parse(readFileSync(join(image.papers, 'sbom.cdx.json'), 'utf8')));
}

type Manifest = { readonly name: string; readonly version: string };

/** The packages that npm would say are installed in the image. */
function installed(image: Image): Manifest[] {
  const store = join(image.files, 'opt/latchkey/node_modules/.pnpm');
  return readdirSync(store).flatMap((entry) => {
    const [, name = '', version = ''] = /^((?:@[^+]+\+)?[^@]+)@([^_(]+)/.exec(entry) ?? [];
    const path = join(store, entry, 'node_modules', name.replace('+', '/'), 'package.json');
    if (!existsSync(path)) return [];
    const found: Manifest = JSON.parse(readFileSync(path, 'utf8'));
    ok(found.name === name.replace('+', '/'), `${found.name} ${version}`);
    return [found];
  });
}

const purlOf = ({ name, version }: Manifest) => `pkg:npm/${name.replace('@', '%40')}@${version}`;

/** What the image is made of, and how it was made. */
export const supplyChain: readonly Check[] = [
  {
    name: 'its bill of materials has every package that is installed, with licence and integrity, and no other',
    run(image) {
      const packages = installed(image);
      ok(packages.length > 100, `only ${packages.length} packages`);
      const npm = bomOf(image).components.filter(({ purl }) => purl.startsWith('pkg:npm/'));
      deepEqual(npm.map(({ purl }) => purl).toSorted(), [...new Set(packages.map(purlOf))].toSorted());
      for (const { purl, licenses, externalReferences = [] } of npm) {
        ok(licenses?.length, `${purl} has no licence`);
        const ours = purl.startsWith('pkg:npm/%40latchkey/');
        const hashed = externalReferences.some((one) => one.type === 'distribution' && one.hashes?.length);
        ok(ours || hashed, `${purl} has no integrity`);
      }
    },
  },
  {
    name: 'its bill of materials has Node and every package of Debian, with versions',
    run(image) {
      const { components } = bomOf(image);
      const status = readFileSync(join(image.files, 'var/lib/dpkg/status'), 'utf8');
      const names = [...status.matchAll(/^Package: (.*)$/gm)].map(([, name = '']) => name);
      ok(names.length > 50);
      const debian = components.filter(({ purl }) => purl.startsWith('pkg:deb/debian/'));
      deepEqual(debian.map(({ name }) => name).toSorted(), names.toSorted());
      const libc = debian.find(({ name }) => name === 'libc6');
      match(libc?.purl ?? '', /^pkg:deb\/debian\/libc6@2\.36-[^?]+\?arch=\w+&distro=debian-12$/);
      ok(components.some(({ purl }) => purl === `pkg:generic/node@${process.versions.node}`));
    },
  },
  {
    name: 'its bill of materials names each thing once, and says what depends on what',
    run(image) {
      const { components, dependencies, metadata } = bomOf(image);
      const refs = [...components, metadata.component].map((one) => one['bom-ref']);
      equal(new Set(refs).size, refs.length);
      const known = new Set(refs);
      for (const { ref, dependsOn = [] } of dependencies) {
        deepEqual(
          [ref, ...dependsOn].filter((one) => !known.has(one)),
          [],
        );
      }
    },
  },
  {
    name: 'its provenance is about this image, this revision, and these base images',
    async run({ papers, workshop, name }) {
      const read = (file: string) => readFileSync(join(papers, file), 'utf8');
      const provenance: unknown = JSON.parse(read('provenance.json'));
      const id = await outputOf(workshop.podman(['image', 'inspect', '--format', '{{.Id}}', name]));
      const { subject, predicate } = z
        .object({
          _type: z.literal('https://in-toto.io/Statement/v1'),
          predicateType: z.literal('https://slsa.dev/provenance/v1'),
          subject: z.tuple([z.object({ digest: z.object({ sha256: z.string() }) })]),
          predicate: z.object({
            buildDefinition: z.object({ resolvedDependencies: z.array(z.unknown()) }),
            runDetails: z.object({ byproducts: z.array(z.unknown()) }),
          }),
        })
        .parse(provenance);
      equal(subject[0].digest.sha256, id.trim());
      const text = JSON.stringify(predicate);
      for (const part of [revision, 'docker.io/library/debian:', 'docker.io/library/node:']) {
        ok(text.includes(part), part);
      }
      ok(text.includes(createHash('sha256').update(read('sbom.cdx.json')).digest('hex')));
    },
  },
  {
    name: '`latchkey --version` says version and revision',
    async run(image) {
      const { stdout } = await runIn(image, ['/bin/latchkey', '--version']);
      equal(stdout, `latchkey 1.2.3, revision ${revision}\n`);
    },
  },
];
