import { awsAudienceHeader } from '@latchkey/access';
import { call, CallError } from '@latchkey/http';
import type { Answer } from '@latchkey/http';
import type { Emit } from '@latchkey/telemetry';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { ProxyEvent } from '../../telemetry/events.ts';
import type { PresignedIdentity } from './presigned.ts';

/** What STS makes of a request: who has signed it, nobody who counts, or nothing at the moment. */
export type StsAnswer = { readonly arn: string } | 'refused' | 'unanswered';

export type AskSts = (presigned: PresignedIdentity) => Promise<StsAnswer>;

const longestWaitMs = 5_000;

// STS answers so where it is asked to, in place of XML.
const failure = z.object({ Error: z.object({ Code: z.string() }) });
const identity = z.object({
  GetCallerIdentityResponse: z.object({
    GetCallerIdentityResult: z.object({ Arn: z.string() }),
  }),
});

/**
 * Has STS check a signature, which nobody else can: by the request that was signed, made anew from what was read of it, bounded in
 * time and size.
 *
 * @param parts.endpoint in place of STS of each region
 */
export function createAskSts({
  endpoint,
  log,
  emit,
}: {
  endpoint: URL | undefined;
  log: Logger;
  emit: Emit<ProxyEvent>;
}): AskSts {
  return async function askSts(presigned) {
    const answer = await ask(presigned);
    const outcome = typeof answer === 'string' ? answer : 'proved';
    emit({ kind: 'sts_asked', outcome });
    return answer;
  };

  async function ask({ host, query, audience }: PresignedIdentity): Promise<StsAnswer> {
    const at = endpoint?.origin ?? `https://${host}`;
    try {
      const answer = await call({
        url: new URL(`${at}/?${query}`),
        method: 'GET',
        headers: { host, [awsAudienceHeader]: audience, accept: 'application/json' },
        timeoutMs: longestWaitMs,
      });
      const read = readAnswer(answer);
      if (read === 'unanswered') warn(host, `it answered ${answer.status} and nothing that can be used`);
      return read;
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      warn(host, error.message);
      return 'unanswered';
    }
  }

  function warn(host: string, detail: string): void {
    log.warn({ host, detail }, 'STS cannot be asked about a role of AWS');
  }
}

function readAnswer({ status, body }: Answer): StsAnswer {
  if (status === 200) {
    const arn = identity.safeParse(parsed(body)).data?.GetCallerIdentityResponse.GetCallerIdentityResult.Arn;
    return arn === undefined ? 'unanswered' : { arn };
  }
  // https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html: `ThrottlingException` has the status 400.
  // By the code alone: what else the answer says may be the caller's own text.
  const code = failure.safeParse(parsed(body)).data?.Error.Code ?? '';
  const isRefusal = (status === 400 || status === 403) && !code.startsWith('Throttling');
  return isRefusal ? 'refused' : 'unanswered';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
