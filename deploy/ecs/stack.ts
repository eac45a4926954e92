import { App, Stack, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { EnvironmentError } from './environment.ts';
import type { Environment } from './environment.ts';
import { Latchkey } from './latchkey.ts';
import { UpstreamsStack } from './upstreams.ts';

/** An installation as a stack, in the account and the region that its environment names; with the bucket of its upstream file as another one. */
export class LatchkeyStack extends Stack {
  readonly latchkey: Latchkey;
  readonly upstreams: UpstreamsStack;
  private readonly zones: readonly string[];

  constructor(app: App, environment: Environment) {
    const { name, account, region } = environment;
    super(app, `latchkey-${name}`, {
      env: { account, region },
      description: `Latchkey, ${name}`,
      analyticsReporting: false,
    });
    this.zones = environment.network.zones;
    this.upstreams = new UpstreamsStack(app, environment);
    this.addStackDependency(this.upstreams, 'tasks start with the file that is there');
    this.latchkey = new Latchkey(this, 'Latchkey', environment);
  }

  /** Those of the environment: CDK would ask the account for them, and a synthesis shall need none. */
  override get availabilityZones(): string[] {
    return [...this.zones];
  }
}

/** An app in which what AWS calls unwise, and nobody has given a reason for, ends the synthesis. */
export function checkedApp(): App {
  const app = new App({
    context: {
      '@aws-cdk/aws-ecs:disableExplicitDeploymentControllerForCircuitBreaker': true,
      '@aws-cdk/aws-iam:minimizePolicies': true,
      '@aws-cdk/core:validateAgainstDefaultRules': true,
    },
  });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return app;
}

/** Makes an app; what is wrong with its environment is said in words and not as a stack trace. */
export function deploy(make: (app: App) => void): void {
  try {
    make(checkedApp());
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
