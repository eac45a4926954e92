import { signAwsToken } from '@latchkey/access';
import type { AwsCredentials } from '@latchkey/access';
import type { ConnectorSettings } from '@latchkey/settings';

/** Gives what is shown to the proxy, for each connection anew. */
export type Credential = () => Promise<string>;

const withinMs = 5_000;

/** The token as it is set, or one that shows the role of AWS that this task works in. */
export function createCredential({
  credential,
  url,
}: Pick<ConnectorSettings, 'credential' | 'url'>): Credential {
  if ('token' in credential) return () => Promise.resolve(credential.token);
  const { region } = credential;
  let find: Promise<() => Promise<AwsCredentials>> | undefined;
  return async function showRole() {
    find ??= import('@aws-sdk/credential-provider-node').then(({ defaultProvider }) =>
      defaultProvider({ timeout: withinMs, maxRetries: 0 }),
    );
    const credentials = await (await find)().catch(noCredentials);
    if (credentials.sessionToken === undefined) {
      throw new Error('the credentials of AWS are those of a user, and not of a role');
    }
    return signAwsToken({ region, audience: url.origin, credentials, at: new Date() });
  };
}

// The words of the SDK hold addresses and names of files.
function noCredentials(cause: unknown): never {
  throw new Error('there are no credentials of AWS: give its task definition a task role (taskRoleArn)', {
    cause,
  });
}
