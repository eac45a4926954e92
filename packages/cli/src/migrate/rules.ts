import { accessRules } from './access.ts';
import { cookieRules } from './cookie.ts';
import { environmentRules } from './environment.ts';
import { everywhereRules } from './everywhere.ts';
import type { MigrationRule } from './rule.ts';
import { upstreamFileRules } from './upstream-file.ts';

/** Every difference that `latchkey migrate` knows, in the order in which it tells them. */
export const migrationRules: readonly MigrationRule[] = [
  ...accessRules,
  ...upstreamFileRules,
  ...environmentRules,
  ...cookieRules,
  ...everywhereRules,
];
