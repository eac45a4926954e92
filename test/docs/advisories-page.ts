import { advisories } from './advisories.ts';
import type { Advisory } from './advisories.ts';

const intro = `<!-- generated: do not edit; run npx --yes pnpm@12.21.0 run docs -->

# Advisories

Each row is a fault of a system that does this job, or of a part of one, and says what keeps it from happening here: a test that sends the input to a running service, or that fails without the guard; or why it cannot happen. An advisory that is missing here is a fault: it becomes a row of \`test/docs/advisories.ts\`, which this page is made from, and a file in \`test/advisories/\`.
`;

/** The page about all of them. */
export function renderAdvisories(): string {
  const sections = Object.entries(advisories).map(
    ([system, rows]) =>
      `## ${system}\n\n| what | what went wrong | here |\n| --- | --- | --- |\n${rows.map(rowOf).join('\n')}\n`,
  );
  return [intro, ...sections].join('\n');
}

function rowOf(row: Advisory): string {
  const here = 'tests' in row ? row.tests.map((name) => `\`${name}\``).join(', ') : row.reason;
  return `| ${row.ids.join(', ')} | ${row.wrong} | ${here} |`;
}
