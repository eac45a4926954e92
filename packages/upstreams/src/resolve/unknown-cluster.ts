import { quote } from '../problems.ts';
import type { Report } from '../problems.ts';
import type { FileContents } from '../shape/file.ts';
import { readableOf } from '../shape/reader.ts';

/** Warns where the file has sections for clusters and none for this one. For a file that could be read as a whole. */
export function warnOfUnknownCluster({ services }: FileContents, cluster: string, report: Report): void {
  const readServices = readableOf(services);
  const sections = new Set(readServices.flatMap((service) => [...service.sections.keys()]));
  sections.delete('default');
  const [first] = readServices;
  if (first === undefined || cluster === '' || sections.size === 0) return;
  if (cluster === 'default' || sections.has(cluster)) return;
  const known = [...sections].map(quote).join(', ');
  report(
    'clusterUnknown',
    first.at,
    `no service has a section ${quote(cluster)}: write one of ${known}, or add the section`,
  );
}
