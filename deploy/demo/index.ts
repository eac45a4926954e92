export { startDemoApps } from './apps/start.ts';
export { authAtTheProvider, serviceEnvironments, trustOfApps } from './environment.ts';
