import { isErrorCode } from '@latchkey/contract';
import type { ErrorCode } from '@latchkey/contract';
import { CallError } from '@latchkey/http';
import type { Answer } from '@latchkey/http';
import type { ClientSettings } from '@latchkey/settings';
import { callAttributes, callUnder, currentSpan } from '@latchkey/telemetry';
import type { Span, Tracer } from '@latchkey/telemetry';
import type { Dispatcher } from 'undici';
import { z } from 'zod';
import type { ZodType } from 'zod';
import { currentRequestId } from './telemetry/request-context.ts';

/** Auth is away: what came back, if anything, is no answer of its own. */
export class AuthUnavailable extends Error {
  /** whether the connection was refused or lost, so that another task of auth may answer at once */
  readonly isLost: boolean;

  constructor(message: string, { isLost, ...options }: ErrorOptions & { isLost: boolean }) {
    super(message, options);
    this.isLost = isLost;
  }
}

/**
 * Posts a form to one of auth's endpoints for the proxy.
 *
 * @throws AuthUnavailable
 */
export type AskAuth = (path: string, form: URLSearchParams, wait?: Wait) => Promise<Answer>;

/** How long an answer is waited for, where it comes when there is something to tell. */
export type Wait = { readonly timeoutMs: number; readonly signal: AbortSignal };

const answerWithinMs = 5_000;
const errorSchema = z.object({ error: z.custom<ErrorCode>(isErrorCode) });

/** @param options.client how the proxy proves that it is the one (`CLIENT_ID`, `CLIENT_SECRET`) */
export function createAskAuth(options: {
  internalUrl: URL;
  externalUrl: URL;
  client: ClientSettings;
  /** undefined: there are no traces */
  tracer?: Tracer | undefined;
  dispatcher?: Dispatcher;
}): AskAuth {
  const {
    id,
    secrets: [secret],
  } = options.client;
  const headers = {
    // Auth answers to its public name only, wherever it is reached.
    host: options.externalUrl.host,
    // RFC 6749, section 2.3.1: both parts are form-encoded before they are joined.
    authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`,
    'content-type': 'application/x-www-form-urlencoded',
    accept: 'application/json',
  };

  return async function askAuth(path, form, wait) {
    const requestId = currentRequestId();
    const url = new URL(path, options.internalUrl);
    const span = options.tracer && beginQuestion(options.tracer, path, url);
    const answer = await callUnder(span, {
      url,
      method: 'POST',
      headers: {
        ...headers,
        ...(requestId !== undefined && { 'x-request-id': requestId }),
        ...span?.headers(),
      },
      body: form.toString(),
      timeoutMs: answerWithinMs,
      ...wait,
      ...(options.dispatcher === undefined ? {} : { dispatcher: options.dispatcher }),
    }).catch((error: unknown) => {
      if (!(error instanceof CallError)) throw error;
      throw new AuthUnavailable(error.message, { cause: error, isLost: error.reason === 'unreachable' });
    });
    // RFC 9110, section 15.6.3: 502 is the load balancer's word for a task that it has lost.
    const { status } = answer;
    if (!isItsOwn(answer)) throw new AuthUnavailable(`auth answered ${status}`, { isLost: status === 502 });
    return answer;
  };
}

// What nobody's request asks for is a trace by itself.
function beginQuestion(tracer: Tracer, path: string, url: URL): Span {
  return (currentSpan() ?? tracer).begin(`POST ${path}`, 'client', callAttributes('POST', url));
}

// A load balancer in front of auth says 502, 503 and 504 for it.
function isItsOwn(answer: Answer): boolean {
  return answer.status < 500 || errorOf(answer) !== undefined;
}

/** The error that auth answers with; undefined where it is none of ours. */
export function errorOf({ body }: Answer): ErrorCode | undefined {
  return errorSchema.safeParse(parsed(body)).data?.error;
}

/**
 * Reads an answer of auth.
 *
 * @throws Error for any other status and any other shape. It never quotes the answer, as `JSON.parse` does: there are
 *   sessions and tokens in it, and the message is logged
 */
export function readAnswer<T>({ status, body }: Answer, schema: ZodType<T>): T {
  if (status !== 200) throw new Error(`auth answered ${status}`);
  const { data } = schema.safeParse(parsed(body));
  if (data === undefined) throw new Error('auth gave no usable answer');
  return data;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
