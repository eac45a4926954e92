import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { z } from 'zod';

const policy = z.record(z.string(), z.unknown());
const written = z.object({
  network: policy,
  services: z.record(z.string(), policy),
  calls: z.record(z.string(), z.array(z.string())),
});

/** Who may call what: `auth-policies.yml`, with ARNs in the place of the `${…}` that they are known for. */
export function authPolicies(arns: Readonly<Record<string, string>> = {}): z.infer<typeof written> {
  const text = readFileSync(join(import.meta.dirname, 'auth-policies.yml'), 'utf8');
  return written.parse(load(text.replaceAll(/\$\{(\w+)\}/g, (it, name: string) => arns[name] ?? it)));
}
