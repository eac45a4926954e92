import type { ErrorCode } from '@latchkey/contract';
import type { RequestLine, RequestSpan } from '@latchkey/telemetry';
import type { NextFunction, Request, Response } from 'express';

/** What a request carries along while it is answered. */
export type Locals = {
  /** what it will leave in the log */
  line: RequestLine;
  /** where tracing is on */
  span?: RequestSpan | undefined;
  /** the error that it was answered with */
  failed?: ErrorCode;
  /** groups that the proxy needed could not be had */
  lacksGroups?: boolean;
  /** so long it waited for news, which is no work; milliseconds */
  heldMs?: number;
};

/** A response of ours, as handlers see it. */
export type Reply = Response<unknown, Locals>;

/** A handler of one address, or one of those before it. What it throws becomes an error page or JSON. */
export type Handler = (req: Request, res: Reply, next: NextFunction) => Promise<void> | void;
