import { hashOfToken, makeServiceToken } from '@latchkey/access';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Installation } from './installation.ts';
import { hosts, service, startLatchkey, theirGroup } from './latchkey.ts';
import { startProcess } from './processes.ts';
import type { Listening } from './processes.ts';

const main = join(import.meta.dirname, '../../services/connector/dist/main.js');
const connectorsHost = 'connect.localhost';
// A connector asks for keys without TLS on this machine alone.
const auth = 'http://sso.localhost';

/** Starts a gate, and the built connector as the image starts it, through which the gate reaches the application. */
export async function startConnected(
  installation: Installation,
): Promise<{ readonly gate: Listening; readonly connector: Listening }> {
  const { dir, originPort, authPort } = installation;
  const token = makeServiceToken('connector');
  const text = [
    `service_accounts: [{ name: connector, secret_hashes: [{ hash: '${hashOfToken(token)}' }] }]\n`,
    'connectors: [{ name: beside, service_account: connector }]\nservices:\n',
    service(
      'reached',
      originPort,
      `allowed_groups: [${theirGroup}], skip_request_signing: true, via: beside`,
    ),
  ].join('');
  const gate = await startLatchkey('connected', installation, text, {
    CONNECTORS_HOST: connectorsHost,
    PROVIDER_URL_EXTERNAL: auth,
  });
  const output = join(dir, 'connector');
  const env = {
    CONNECTOR_NAME: 'beside',
    CONNECTOR_URL: `http://${connectorsHost}:${gate.port}`,
    CONNECTOR_TOKEN: token,
    CONNECTOR_TARGETS: `http://${hosts.reached}=127.0.0.1:${originPort}`,
    CONNECTOR_AUTH_URL: auth,
    CONNECTOR_AUTH_URL_INTERNAL: `http://127.0.0.1:${authPort}`,
  };
  const pid = await startProcess('server', [process.execPath, '--', main], {
    output,
    env,
    isReady: () => Promise.resolve(readFileSync(output, 'utf8').includes('"connected to the proxy"')),
  });
  return { gate, connector: { pid, port: 0, output } };
}
