import { z } from 'zod';

/** What `pnpm audit --json` says, as far as it is looked at. */
export const reportSchema = z.object({
  advisories: z.record(
    z.string(),
    z.object({
      github_advisory_id: z.string(),
      module_name: z.string(),
      severity: z.enum(['info', 'low', 'moderate', 'high', 'critical']),
      title: z.string(),
      url: z.string(),
      vulnerable_versions: z.string(),
    }),
  ),
});

/** What `allowed.json` says: an advisory that we go on with, why, and until which day. */
export const allowedSchema = z.array(
  z.strictObject({
    advisory: z.string().regex(/^GHSA(?:-[0-9a-z]{4}){3}$/),
    reason: z.string().min(20),
    until: z.iso.date(),
  }),
);

export type Report = z.infer<typeof reportSchema>;
export type Allowed = z.infer<typeof allowedSchema>;

const failing: ReadonlySet<string> = new Set(['high', 'critical']);

/** A sentence for each thing that must not stay as it is. `report` is undefined where there was none to be had. */
export function judge(report: Report | undefined, allowed: Allowed, today: string): string[] {
  const past = allowed.filter(({ until }) => until < today);
  const named = new Set(allowed.map(({ advisory }) => advisory));
  const found = Object.values(report?.advisories ?? {}).filter(
    ({ severity, github_advisory_id: id }) => failing.has(severity) && !named.has(id),
  );
  return [
    ...past.map(({ advisory, until }) => `${advisory} was allowed until ${until}: upgrade, or argue anew`),
    ...found.map(
      (it) => `${it.severity}: ${it.module_name} ${it.vulnerable_versions}: ${it.title} (${it.url})`,
    ),
  ];
}
