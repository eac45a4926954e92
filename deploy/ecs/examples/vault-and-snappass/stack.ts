import { join } from 'node:path';
import type { App } from 'aws-cdk-lib';
import { ContainerImage, CpuArchitecture, LogDrivers } from 'aws-cdk-lib/aws-ecs';
import { acknowledgeVariables } from '../../container.ts';
import { readEnvironment } from '../../environment.ts';
import { ProtectedService } from '../../protected-service.ts';
import { taskDefinition } from '../../service.ts';
import { LatchkeyStack } from '../../stack.ts';

/** Vault and SnapPass behind Google, as in the well-known guide to BuzzFeed SSO on ECS: neither has a way in but the proxy. */
export function vaultAndSnapPass(app: App): LatchkeyStack {
  const stack = new LatchkeyStack(app, readEnvironment(join(import.meta.dirname, 'tools.yml')));
  const { latchkey } = stack;

  // `to: http://vault.internal:8200`. It keeps everything in memory: for trying.
  const vault = taskDefinition(stack, 'VaultTask', { cpu: 256, memory: 512 });
  vault.addContainer('vault', {
    image: ContainerImage.fromRegistry('docker.io/hashicorp/vault:1.20'),
    command: ['server', '-dev', '-dev-listen-address=0.0.0.0:8200'],
    portMappings: [{ containerPort: 8200 }],
    environment: { SKIP_SETCAP: 'true' },
    logging: LogDrivers.awsLogs({ streamPrefix: 'vault' }),
  });
  acknowledgeVariables(vault);
  new ProtectedService(stack, 'Vault', { latchkey, name: 'vault', port: 8200, task: vault });

  // `to: http://snappass.internal:5000`, with its Redis in the same task.
  const snappass = taskDefinition(stack, 'SnapPassTask', { cpu: 256, memory: 512 }, CpuArchitecture.X86_64);
  snappass.addContainer('snappass', {
    image: ContainerImage.fromRegistry('docker.io/pinterest/snappass:latest'),
    portMappings: [{ containerPort: 5000 }],
    environment: { REDIS_HOST: '127.0.0.1' },
    logging: LogDrivers.awsLogs({ streamPrefix: 'snappass' }),
  });
  snappass.addContainer('redis', {
    image: ContainerImage.fromRegistry('docker.io/valkey/valkey:8-alpine'),
    command: ['valkey-server', '--bind', '127.0.0.1', '--save', ''],
    logging: LogDrivers.awsLogs({ streamPrefix: 'redis' }),
  });
  acknowledgeVariables(snappass);
  new ProtectedService(stack, 'SnapPass', { latchkey, name: 'snappass', port: 5000, task: snappass });
  return stack;
}
