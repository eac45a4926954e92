import type { IncomingMessage, ServerResponse } from 'node:http';

/** What everybody may ask who reaches the port. Anyone who shows a secret learns more, and refused where it is a wrong one. */
export type OpenEndpoint = { answer(res: ServerResponse, isForOperator: boolean): void | Promise<void> };

/** The answer to an operator, and what the log says of it besides who asked for what. Nothing in either is secret. */
export type OperatorAnswer = {
  readonly answer: object;
  readonly written?: Readonly<Record<string, unknown>>;
  /** what the audit log says besides */
  readonly audited?: { readonly level: string };
};

/** What only operators may ask. Each request leaves a line in the log. */
export type OperatorEndpoint = {
  /** as `Allow` has it */
  readonly methods: 'GET, HEAD' | 'PUT';
  /** what the log calls it */
  readonly action: string;
  /** @throws HttpError `bad_request`, whose detail the operator is shown */
  handle(req: IncomingMessage): OperatorAnswer | Promise<OperatorAnswer>;
};

/** Endpoints by their paths. */
export type OperatorEndpoints = Readonly<Record<string, OperatorEndpoint>>;
