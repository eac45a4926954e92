import type { Explanation, Installation } from './answer.ts';
import type { AskedRequest, Requester } from './request.ts';

/** What was asked and what came of it. */
export type Explained = {
  readonly asked: AskedRequest;
  readonly requester: Requester;
  readonly answer: Explanation;
  readonly installation: Installation;
  /** Clusters of the file, other than the one that was asked for, in which a route answers for the host. */
  readonly otherClusters: readonly string[];
};
