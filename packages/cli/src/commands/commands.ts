import { audit } from './audit.ts';
import { check } from './check.ts';
import type { Command } from './command.ts';
import { diff } from './diff.ts';
import { explain } from './explain.ts';
import { keys } from './keys.ts';
import { migrate } from './migrate.ts';
import { routes } from './routes.ts';
import { schema } from './schema.ts';
import { sessions } from './sessions.ts';

/** Every command, in the order in which `--help` lists them. */
export const commands: readonly Command[] = [
  check,
  routes,
  explain,
  diff,
  migrate,
  schema,
  keys,
  sessions,
  audit,
];
