import { migrationRules } from './rules.ts';

/** The differences as sections of a Markdown page, one heading for each code. */
export function renderMigrationReference(): string {
  return migrationRules
    .map(
      ({ code, title, before, now, todo }) =>
        `## ${code}: ${title}\n\n_BuzzFeed SSO:_ ${before}\n\n_Latchkey:_ ${now}\n\n_What to do:_ ${todo}\n`,
    )
    .join('\n');
}
