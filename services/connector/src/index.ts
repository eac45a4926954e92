export { startConnector } from './app.ts';
export type { RunningConnector } from './app.ts';
