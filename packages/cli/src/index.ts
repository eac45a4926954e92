export type { Io } from './io.ts';
export { renderLintReference } from './lints/table.ts';
export { renderMigrationReference } from './migrate/reference.ts';
export { run } from './run.ts';
