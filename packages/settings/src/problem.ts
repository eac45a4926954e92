/**
 * The kinds of problems, by their codes, and what docs/configuration.md says of each. The first four refuse the environment, the others
 * only warn.
 */
export const problemKinds = {
  missing:
    'A variable that has to be set is not, or one that another variable needs. Set it in the environment of this service, or in a file that `NAME_FILE` names where it is a secret.',
  malformed:
    'The text is none that the variable may have. The message says what it may be, and shows no secret. Of keys: not base64 of 32 or 64 bytes, no PEM and no JWK, another curve or algorithm than this one needs, or a public key where one signs. `latchkey keys` makes keys of each kind.',
  unreadable:
    'The file that the variable names cannot be read: it is not there, is not for the user of this service, is too large or is not text. The message does not show the path: who writes a secret in its place would find it in the log.',
  conflict: 'Two variables contradict each other, or say the same. Take one of them out.',
  deprecated: 'An older name, which still counts. Write the one that the message names.',
  removed: 'An older name, which nothing reads any more. The message says what holds instead.',
  not_built: 'The variable is accepted, and does nothing as yet.',
  without_effect: 'The variable is accepted, and does nothing here.',
  unknown_name:
    'Nothing reads this variable, and its name is almost that of one that is read. Correct it, or take it out.',
  insecure:
    'The service starts, and is less safe with this value than it looks. The message says what can be done with it. It is for development, or for the time until it is changed.',
  readable_by_all:
    'The file with this secret may be read by every user of the machine, and so by every program on it. `chmod 600`, and `chown` to the user of the service. What has been readable for long has to be taken for known: replace it ([operating.md](operating.md#keys)). Files below `/run/secrets` are not looked at: containers find their secrets there, and a container has one user.',
  doubtful: 'What the variable says may not be what was meant. The message says how it is read.',
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
