export { carry } from './carry.ts';
export type { Carried, Ending } from './carry.ts';
export { largestMessage } from './over-websocket.ts';
