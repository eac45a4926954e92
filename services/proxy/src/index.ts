export { startProxy } from './app.ts';
export { createLiveTable } from './upstream-file/live-table.ts';
export type { LiveTable } from './upstream-file/live-table.ts';
