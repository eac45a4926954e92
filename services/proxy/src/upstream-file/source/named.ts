import { awsClient, sourceErrorOf } from './aws.ts';
import type { Fetched, Source } from './source.ts';

/** A parameter of Systems Manager, which holds up to 8 KB. */
export function parameterSource(name: string): Source {
  return namedSource(`ssm:${name}`, 'ssm:GetParameter (and kms:Decrypt of its key)', async () => {
    const { GetParameterCommand, SSMClient } = await import('@aws-sdk/client-ssm');
    const client = new SSMClient(awsClient());
    return async (abortSignal) => {
      const asked = new GetParameterCommand({ Name: name, WithDecryption: true });
      const { Parameter: found } = await client.send(asked, { abortSignal });
      return {
        bytes: Buffer.from(found?.Value ?? ''),
        version: found?.Version,
        written: found?.LastModifiedDate,
      };
    };
  });
}

/** A secret of Secrets Manager, which holds up to 64 KB. */
export function secretSource(name: string): Source {
  return namedSource(`secretsmanager:${name}`, 'secretsmanager:GetSecretValue', async () => {
    const { GetSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
    const client = new SecretsManagerClient(awsClient());
    return async (abortSignal) => {
      const asked = new GetSecretValueCommand({ SecretId: name });
      const { SecretString, SecretBinary, VersionId, CreatedDate } = await client.send(asked, {
        abortSignal,
      });
      const bytes = SecretBinary ?? Buffer.from(SecretString ?? '');
      return { bytes, version: VersionId, written: CreatedDate };
    };
  });
}

type Value = {
  readonly bytes: Uint8Array;
  readonly version: string | number | undefined;
  readonly written: Date | undefined;
};

// Neither service takes a condition, so the version is compared here.
function namedSource(
  name: string,
  right: string,
  open: () => Promise<(signal: AbortSignal) => Promise<Value>>,
): Source {
  let opened: ReturnType<typeof open> | undefined;
  return {
    name,
    async fetch(tag, signal): Promise<Fetched | 'unchanged'> {
      try {
        const ask = await (opened ??= open());
        const { bytes, version: given, written } = await ask(signal);
        const version = given === undefined ? 'without a name' : String(given);
        if (version === tag) return 'unchanged';
        return { bytes, tag: version, version, ...(written !== undefined && { written }) };
      } catch (error) {
        throw sourceErrorOf(error, right);
      }
    },
  };
}
