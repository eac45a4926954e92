export { readAuthorities } from './authorities.ts';
export { startConnector } from './app.ts';
export type { RunningConnector } from './app.ts';
export { readRule } from './verify/rule.ts';
