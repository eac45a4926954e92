import type { ExplainedRequest, Explanation, Installation, Requester } from '@latchkey/explain';
import { loadUpstreams } from '@latchkey/upstreams';
import type { Deployment } from '../environment/deployment.ts';
import type { UpstreamFile } from '../upstream-file.ts';

/** What was asked and what came of it. */
export type Explained = {
  readonly asked: ExplainedRequest;
  readonly requester: Requester;
  readonly answer: Explanation;
  readonly installation: Installation & Pick<Deployment, 'upstream'>;
  /** Clusters of the file, other than the one that was asked for, in which a route answers for the host. */
  readonly otherClusters: readonly string[];
};

/** Files with more clusters than this are not looked through. */
const mostClusters = 20;

/**
 * The clusters of a file, other than the one that it was read for, in which a route answers for the host of a request. The
 * variables of the environment stay the same, so a host that is made of them is not found elsewhere.
 */
export function clustersThatAnswer(
  { file, text, source }: UpstreamFile,
  { upstream }: Pick<Deployment, 'upstream'>,
  { incoming: { read } }: ExplainedRequest,
): string[] {
  if (typeof read === 'string') return [];
  const sections = source.keys
    .filter(({ path, value }) => path.length === (path[0] === 'services' ? 3 : 2) && value.kind === 'mapping')
    .map(({ path }) => path.at(-1) ?? '');
  const others = [...new Set(sections)].filter((name) => name !== 'default' && name !== upstream.cluster);
  return others.slice(0, mostClusters).filter((cluster) => {
    const { table } = loadUpstreams({ ...upstream, file, text, cluster });
    return table?.match(read.host, read.port) !== undefined;
  });
}
