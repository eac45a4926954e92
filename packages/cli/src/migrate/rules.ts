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

/** The differences as sections of a Markdown page, one heading for each code. */
export function renderMigrationReference(): string {
  return migrationRules
    .map(
      ({ code, title, before, now, todo }) =>
        `## ${code}: ${title}\n\n_BuzzFeed SSO:_ ${before}\n\n_Latchkey:_ ${now}\n\n_What to do:_ ${todo}\n`,
    )
    .join('\n');
}
