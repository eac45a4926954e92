export { startAuth } from './app.ts';
export type { AuthOptions, RunningAuth } from './app.ts';
export { authMetrics } from './telemetry/names.ts';
export { SettingsError } from './settings-error.ts';
