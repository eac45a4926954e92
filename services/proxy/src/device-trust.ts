import { noDeviceTrust } from '@latchkey/access';
import type { DeviceTrust } from '@latchkey/access';
import type { PeerTrust } from '@latchkey/http';
import type { IncomingMessage } from 'node:http';

/**
 * Says what is believed of what a request says of the device that it comes from.
 *
 * @param deviceCertificates every listener in front verifies certificates
 */
export function createDeviceTrust(
  trust: Pick<PeerTrust, 'isTrusted'>,
  { deviceCertificates }: { readonly deviceCertificates: boolean },
): (req: IncomingMessage) => DeviceTrust {
  const ofTrusted: DeviceTrust = { headers: true, certificate: deviceCertificates };
  return (req) => (trust.isTrusted(req) ? ofTrusted : noDeviceTrust);
}
