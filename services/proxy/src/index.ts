export { startProxy } from './app.ts';
