/**
 * The kinds of problems, by their codes, and what docs/configuration.md says of each. The first four refuse the environment, the others
 * only warn.
 */
export const problemKinds = {
  missing:
    'A required variable is not set, or another variable needs it. Set it in the environment of this service. If it is a secret, it may be in a file that `NAME_FILE` names.',
  malformed:
    'The variable may not have this value. The message says which values are valid, and shows no secret. A key may be wrong in several ways: it is not base64 of 32 or 64 bytes, it is neither PEM nor JWK, it has another curve or algorithm, or it is a public key where the private key is needed. `latchkey keys` makes a valid key of each kind.',
  unreadable:
    'The file that the variable names cannot be read: it does not exist, the user of this service may not read it, it is too large, or it is not text. The message does not show the path: somebody may have written the secret itself in place of the path.',
  conflict: 'Two variables contradict each other, or set the same thing. Remove one of them.',
  deprecated: 'An older name, which still works. Use the name in the message instead.',
  removed: 'An older name, which no service reads any more. The message says what to use instead.',
  not_built: 'The variable is accepted, but has no effect yet.',
  without_effect: 'The variable is accepted, but has no effect here.',
  unknown_name:
    'No service reads this variable, but its name is almost that of one that a service reads. Correct the name, or remove the variable.',
  insecure:
    'The service starts, but this value is not safe. The message says what an attacker could do. Use such a value only for development, or until you can change it.',
  readable_by_all:
    'Every user of the machine, and so every program on it, may read the file with this secret. Use `chmod 600`, and `chown` to the user of the service. If the file was readable for long, others may know the secret: replace it ([operating.md](operating.md#keys)). Files below `/run/secrets` are not checked: containers find their secrets there, and a container has only one user.',
  doubtful: 'The value may not mean what you expect. The message says how it is understood.',
} as const satisfies Record<string, string>;

/** What kind of thing a problem is. */
export type ProblemCode = keyof typeof problemKinds;

/** What there is to tell the operator about one variable. */
export type Problem = {
  /** as it is written in the environment, in upper case; where it is not set, as it should be written */
  readonly variable: string;
  readonly code: ProblemCode;
  /** what was found and what to write; goes on after `variable: ` */
  readonly message: string;
  /** the other variables that have a part in it */
  readonly others?: readonly string[];
  /** for an older name: the one to write */
  readonly instead?: string;
};

/** A problem as one line of a log or a terminal. */
export function sentenceOf({ variable, message }: Pick<Problem, 'variable' | 'message'>): string {
  return `${variable}: ${message}`;
}

/** The same for one that keeps a service from starting, with its code and the page about it. */
export function sentenceWithPage(problem: Problem): string {
  return `${sentenceOf(problem)} [${pageOf(problem.code)}]`;
}

/** What a line of the log says of a problem beside its sentence. */
export function logFieldsOf({ variable, code }: Problem): { variable: string; code: string; page: string } {
  return { variable, code, page: pageOf(code) };
}

function pageOf(code: ProblemCode): string {
  return `docs/configuration.md#${code}`;
}
