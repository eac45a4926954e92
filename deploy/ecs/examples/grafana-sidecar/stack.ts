import { join } from 'node:path';
import type { App } from 'aws-cdk-lib';
import { ContainerDependencyCondition, ContainerImage, LogDrivers } from 'aws-cdk-lib/aws-ecs';
import { readEnvironment } from '../../environment.ts';
import { LatchkeyStack } from '../../stack.ts';
import { SidecarService } from '../../sidecar-service.ts';

const host = 'grafana.corp.harbourline.example';
const upstreams = `
- service: grafana
  default:
    from: ${host}
    to: http://127.0.0.1:3000
    options:
      allowed_email_domains: [harbourline.example]
      # Within the minute for which ECS looks at no health check of a new task.
      wait_for: { path: /login, timeout: 45s }
`;

/** Grafana with a proxy of its own in the same task: Grafana listens to nobody but this proxy, and there is no hop between. */
export function grafanaSidecar(app: App): LatchkeyStack {
  const stack = new LatchkeyStack(app, readEnvironment(join(import.meta.dirname, 'grafana.yml')));
  new SidecarService(stack, 'Grafana', {
    latchkey: stack.latchkey,
    host,
    priority: 100,
    size: { cpu: 512, memory: 1024 },
    upstreams,
    application: {
      image: ContainerImage.fromRegistry('docker.io/grafana/grafana:12.2.0'),
      environment: {
        GF_SERVER_HTTP_ADDR: '127.0.0.1',
        GF_SERVER_ROOT_URL: `https://${host}/`,
        // Who the proxy says it is: docs/verifying-identity.md has the stricter way, by the signed assertion.
        GF_AUTH_PROXY_ENABLED: 'true',
        GF_AUTH_PROXY_HEADER_NAME: 'X-Forwarded-Email',
        GF_AUTH_PROXY_HEADER_PROPERTY: 'email',
        GF_AUTH_PROXY_WHITELIST: '127.0.0.1',
      },
      healthCheck: { command: ['CMD-SHELL', 'wget -q -O /dev/null http://127.0.0.1:3000/api/health'] },
      logging: LogDrivers.awsLogs({ streamPrefix: 'grafana' }),
    },
    // Whether it answers the proxy asks itself: wait_for.
    waitFor: ContainerDependencyCondition.START,
  });
  return stack;
}
