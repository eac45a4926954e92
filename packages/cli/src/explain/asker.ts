/** Who asks. `provider` is the one that signed the person in; left out, it is the one that the route asks for. */
export type Asker = { email: string; groups: readonly string[]; provider: string | undefined } | undefined;
