export type { Io } from './io.ts';
export { renderLintReference } from './lints/table.ts';
export { renderMigrationReference } from './migrate/rules.ts';
export { run } from './run.ts';
