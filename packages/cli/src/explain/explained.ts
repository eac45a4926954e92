import type { ExplainedRequest, Explanation, Installation, Requester } from '@latchkey/explain';
import type { Deployment } from '../environment/deployment.ts';

/** What was asked and what came of it. */
export type Explained = {
  readonly asked: ExplainedRequest;
  readonly requester: Requester;
  readonly answer: Explanation;
  readonly installation: Installation & Pick<Deployment, 'upstream'>;
  /** Clusters of the file, other than the one that was asked for, in which a route answers for the host. */
  readonly otherClusters: readonly string[];
};
