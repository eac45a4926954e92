export { startProxy } from './app.ts';
export { createSigner } from './signing/signer.ts';
export type { Signer } from './signing/signer.ts';
export { createLiveTable } from './upstream-file/live-table.ts';
export type { LiveTable } from './upstream-file/live-table.ts';
export { proxyMetrics } from './record/names.ts';
