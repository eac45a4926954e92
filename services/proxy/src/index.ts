export { startProxy } from './app.ts';
export { createSigner } from './outgoing/signers/signer.ts';
export type { Signer } from './outgoing/signers/signer.ts';
export { createLiveTable } from './upstream-file/live-table.ts';
export type { LiveTable } from './upstream-file/live-table.ts';
export { proxyMetrics } from './telemetry/names.ts';
export type { UpstreamState } from './upstream-file/status.ts';
