// The app of cdk.json: `cdk synth -c environment=prod` makes the stack of environments/prod.yml.
import { join } from 'node:path';
import { EnvironmentError, readEnvironment } from './environment.ts';
import { deploy, LatchkeyStack } from './stack.ts';

deploy((app) => {
  const name: unknown = app.node.tryGetContext('environment');
  if (typeof name !== 'string')
    throw new EnvironmentError('cdk.json', ['name an environment: -c environment=prod']);
  return new LatchkeyStack(app, readEnvironment(join(import.meta.dirname, 'environments', `${name}.yml`)));
});
