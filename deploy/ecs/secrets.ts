import { Secret as TaskSecret } from 'aws-cdk-lib/aws-ecs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** What ECS puts into variables of a task. */
export type TaskSecrets = Record<string, TaskSecret>;

/** What the two services know and nobody else does. */
export type SharedSecrets = { readonly cookie: ISecret; readonly client: ISecret };

/** The secrets that both services have. */
export function sharedSecrets(scope: Construct): SharedSecrets {
  return {
    cookie: randomSecret(
      scope,
      'SessionCookieSecret',
      'Seals the session cookie. SESSION_COOKIE_SECRET of both services.',
    ),
    client: randomSecret(
      scope,
      'ClientSecret',
      'Of the proxy at auth. CLIENT_SECRET, and CLIENT_PROXY_SECRET of auth.',
    ),
  };
}

/**
 * A secret that nobody has seen: 64 letters and digits, which are base64 of 48 bytes. What is written into it later, in the
 * three steps of a change of keys, stays: CloudFormation makes it once.
 */
export function randomSecret(scope: Construct, id: string, description: string): Secret {
  const secret = new Secret(scope, id, {
    description,
    generateSecretString: { passwordLength: 64, excludePunctuation: true, includeSpace: false },
  });
  Validations.of(secret).acknowledge({
    id: 'AwsSolutions-SMG4',
    reason:
      'A key changes in three steps, each in all tasks of both services (docs/operating.md, Keys). Replaced at once by a schedule, it would sign everybody out.',
  });
  return secret;
}

/** Secrets that an operator has put into Secrets Manager, by the variables that they are for. */
export function namedSecrets(scope: Construct, names: Readonly<Record<string, string>>): TaskSecrets {
  return Object.fromEntries(
    Object.entries(names).map(([variable, name]) => [
      variable,
      TaskSecret.fromSecretsManager(Secret.fromSecretNameV2(scope, variable, name)),
    ]),
  );
}
