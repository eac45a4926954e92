// Writes the bill of materials of the image: `main.ts PNPMS-SBOM DPKG-STATUS VERSION`. Fails on a licence that nobody has allowed.
import { readFileSync } from 'node:fs';
import type { Bom } from './cyclonedx.ts';
import { debianPackages } from './debian.ts';
import { licenceProblems } from './licences.ts';
import { sbomOf } from './sbom.ts';

const [npmPath = '', statusPath = '', version = ''] = process.argv.slice(2);
const npm: Bom = JSON.parse(readFileSync(npmPath, 'utf8'));
const sbom = sbomOf(npm, {
  version,
  node: process.versions.node,
  debian: debianPackages(readFileSync(statusPath, 'utf8')),
});
// Debian has read those of its own.
const problems = licenceProblems(sbom.components.filter(({ purl }) => !purl.startsWith('pkg:deb/')));
if (problems.length > 0) {
  process.stderr.write(`${problems.join('\n')}\n`);
  process.exit(1);
}
process.stdout.write(`${JSON.stringify(sbom, undefined, 1)}\n`);
