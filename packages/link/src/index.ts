export { failWhenCut, resetStream } from './broken-end.ts';
export { isClosed } from './is-closed.ts';
export { join } from './join.ts';
export { keepAlive } from './keep-alive.ts';
export {
  connectorStopsWithinMs,
  leavesWithinMs,
  longestMessage,
  mostStreams,
  servingOptions,
  sessionOptions,
} from './limits.ts';
export { refuseStream, saidIn } from './refuse.ts';
export { streamOf } from './stream.ts';
export { writeWhole } from './whole-writes.ts';
