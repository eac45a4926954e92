import { refuse } from './findings.ts';
import type { Findings } from './findings.ts';
import { key } from './secret.ts';
import type { AuditSettings } from './settings.ts';
import { valueType } from './value-types.ts';
import type { Table, Values } from './variable.ts';

type Outputs = Pick<AuditSettings, 'stdout' | 'file'>;

const outputs = valueType(
  'audit outputs',
  'stdout, file:/path, or both with a comma between',
  (text): Outputs | undefined => {
    const names = text.split(',').map((name) => name.trim());
    const files = names.filter((name) => name !== 'stdout');
    const [file] = files;
    if (names.length - files.length > 1 || files.length > 1) return undefined;
    if (file === undefined) return { stdout: true };
    const path = /^file:(\/.*[^/])$/.exec(file)?.[1];
    return path === undefined ? undefined : { stdout: names.length > 1, file: path };
  },
  { example: 'stdout' },
);

const onFailure = valueType('what to do', 'continue or refuse', (text) =>
  text === 'continue' || text === 'refuse' ? text : undefined,
);

/** The audit log of either service. */
export const auditVariables = {
  AUDIT_LOG: {
    type: outputs,
    meaning:
      'Where the audit log goes ([audit.md](audit.md)): `stdout`, `file:/path`, or both with a comma between. Each service needs a file of its own; on a network disk each task does. Unset: there is no audit log.',
  },
  AUDIT_LOG_ON_FAILURE: {
    type: onFailure,
    default: 'continue',
    meaning:
      'What happens while the audit log cannot be written. `continue`: everything works as before. `refuse`: sign-ins, new tokens and certificates, new TCP connections, and refusals by a rule are answered with 503 `audit_unavailable`; people who are signed in can go on using web applications.',
  },
  AUDIT_KEY: {
    type: key,
    secret: true,
    meaning:
      'The key of the hashes in the audit log: only those who have it can write lines that look genuine. `latchkey audit verify` needs it, too. `openssl rand -base64 32` makes one. Unset: the hashes need no key.',
  },
} satisfies Table;

/** The audit part of either service's settings. */
export function auditSettings(values: Values<typeof auditVariables>): { audit?: AuditSettings } {
  const { AUDIT_LOG: to, AUDIT_LOG_ON_FAILURE: whenItFails, AUDIT_KEY: secret } = values;
  if (to === undefined) return {};
  return { audit: { ...to, onFailure: whenItFails, ...(secret !== undefined && { key: secret }) } };
}

/** What is said about an audit log that is not there has no effect; one that has to be there is missed. */
export function checkAudit(
  { known, given }: { known: Partial<Values<typeof auditVariables>>; given: ReadonlySet<string> },
  findings: Findings,
): void {
  if (given.has('AUDIT_LOG')) return;
  if (known.AUDIT_LOG_ON_FAILURE === 'refuse') {
    const message = 'set to refuse without AUDIT_LOG, write where the audit log goes';
    refuse({ variable: 'AUDIT_LOG', code: 'missing', message, others: ['AUDIT_LOG_ON_FAILURE'] }, findings);
  } else if (known.AUDIT_KEY !== undefined) {
    const message = 'has no effect without AUDIT_LOG';
    findings.warnings.push({ variable: 'AUDIT_KEY', code: 'without_effect', message });
  }
}

/** Tells whether a text can be AUDIT_KEY. */
export function isAuditKey(text: string): boolean {
  return key.schema.safeParse(text).success;
}
