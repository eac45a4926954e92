import { z } from 'zod';
import { parseJson, plainText } from './inline-document.ts';
import type { WorkloadIdentity } from './settings.ts';
import { valueType } from './value-types.ts';

const command = '`gcloud iam workload-identity-pools create-cred-config … --aws --service-account=…`';

const write = `the JSON that ${command} writes, or base64 of it`;

/** A text of a certain form, missing or not. */
function like(form: RegExp, error: string) {
  return z.string({ error }).regex(form, { error });
}

const configuration = z
  .object(
    {
      type: z.literal('external_account', { error: write }),
      subject_token_type: z.literal('urn:ietf:params:aws:token-type:aws4_request', {
        error: `a configuration for AWS, as ${command} writes it`,
      }),
      audience: like(
        /^\/\/iam\.googleapis\.com\/projects\/\d+\/locations\/global\/workloadIdentityPools\/[a-z0-9-]+\/providers\/[a-z0-9-]+$/,
        'a configuration whose audience is //iam.googleapis.com/projects/<number>/locations/global/workloadIdentityPools/<pool>/providers/<provider>',
      ),
      // Google warns of configurations from elsewhere: the addresses in them are where credentials would go. We ask Google's
      // own, whatever stands here, and what has others was not written by gcloud.
      token_url: z.literal('https://sts.googleapis.com/v1/token', {
        error: `a configuration whose token_url is Google's own, as ${command} writes it: others steal credentials`,
      }),
      service_account_impersonation_url: like(
        /^https:\/\/iamcredentials\.googleapis\.com\/v1\/projects\/-\/serviceAccounts\/[a-z0-9.-]+@[a-z0-9.-]+:generateAccessToken$/,
        `a configuration whose service_account_impersonation_url is Google's own, as ${command} writes it: others steal credentials`,
      ),
      credential_source: z.object(
        { environment_id: z.literal('aws1', { error: `a configuration with environment_id aws1` }) },
        { error: `a configuration with a credential_source for AWS, as ${command} writes it` },
      ),
    },
    { error: write },
  )
  .transform(({ audience, service_account_impersonation_url: url }) => ({
    audience,
    serviceAccount: url.slice(url.lastIndexOf('/') + 1, url.lastIndexOf(':')),
  }));

/**
 * The credential configuration of workload identity federation with AWS, plain or in base64. It holds no secret. None of the
 * addresses in it is ever asked.
 */
export const workloadIdentity = valueType(
  'JSON or base64',
  write,
  (text): Pick<WorkloadIdentity, 'audience' | 'serviceAccount'> | undefined => parsed(text).data,
  { advise: (text) => parsed(text).error?.issues[0]?.message ?? write },
);

function parsed(text: string) {
  return configuration.safeParse(parseJson(plainText(text) ?? ''));
}
