import { signAwsToken } from '@latchkey/access';
import type { Io } from '../io.ts';
import { Failure } from '../exit.ts';

/**
 * A token by which an application knows the role of AWS that this program works in.
 *
 * @param audience the origin of the application
 * @throws Failure
 */
export async function awsRoleToken(audience: string, io: Io): Promise<string> {
  const region = io.env['AWS_REGION'] ?? io.env['AWS_DEFAULT_REGION'] ?? '';
  if (!/^[a-z0-9-]+$/.test(region)) {
    throw new Failure('STS is asked in a region of AWS: write it into AWS_REGION, like eu-central-1');
  }
  const credentials = await io.awsCredentials().catch((error: unknown) => {
    const why = error instanceof Error ? error.message : 'unknown';
    throw new Failure(`there are no credentials of AWS (${why})`, { cause: error });
  });
  if (credentials.sessionToken === undefined) {
    throw new Failure('these credentials of AWS are those of a user, and not of a role');
  }
  return signAwsToken({ region, audience, credentials, at: new Date() });
}
