export { startAuth } from './app.ts';
export type { AuthOptions } from './app.ts';
export { SettingsError } from './context.ts';
