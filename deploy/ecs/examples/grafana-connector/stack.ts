import { join } from 'node:path';
import type { App } from 'aws-cdk-lib';
import { ContainerImage, LogDrivers } from 'aws-cdk-lib/aws-ecs';
import { ConnectedService } from '../../connected-service.ts';
import { readEnvironment } from '../../environment.ts';
import { LatchkeyStack } from '../../stack.ts';

const application = 'https://grafana.corp.harbourline.example';

/** Grafana with a connector in the same task: no security group lets anybody in, and Grafana listens to its own task alone. */
export function grafanaConnector(app: App): LatchkeyStack {
  const stack = new LatchkeyStack(app, readEnvironment(join(import.meta.dirname, 'connected.yml')));
  new ConnectedService(stack, 'Grafana', {
    latchkey: stack.latchkey,
    connector: {
      name: 'grafana-prod',
      targets: { [application]: '127.0.0.1:3000' },
      // In upstreams.yml as aws_role.
      credential: { roleName: 'latchkey-grafana-task' },
    },
    size: { cpu: 512, memory: 1024 },
    application: {
      image: ContainerImage.fromRegistry('docker.io/grafana/grafana:12.2.0'),
      environment: {
        GF_SERVER_HTTP_ADDR: '127.0.0.1',
        GF_SERVER_ROOT_URL: `${application}/`,
        // The connector writes it, from the assertion that it has checked.
        GF_AUTH_PROXY_ENABLED: 'true',
        GF_AUTH_PROXY_HEADER_NAME: 'X-Forwarded-Email',
        GF_AUTH_PROXY_HEADER_PROPERTY: 'email',
        GF_AUTH_PROXY_WHITELIST: '127.0.0.1',
      },
      healthCheck: { command: ['CMD-SHELL', 'wget -q -O /dev/null http://127.0.0.1:3000/api/health'] },
      logging: LogDrivers.awsLogs({ streamPrefix: 'grafana' }),
    },
  });
  return stack;
}
