import { parseGoogleServiceAccount, readSecretFile, readSmallFile } from '@latchkey/settings';
import type { GoogleDirectorySettings, GoogleServiceAccount } from '@latchkey/settings';
import { createPrivateKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { SettingsError } from '../settings-error.ts';
import type { ServiceAccountSigner } from './service-account-signer.ts';

// RFC 7518, section 3.3: RS256 takes no smaller one.
const leastBits = 2048;

/**
 * Reads the service account that the settings hold or name.
 *
 * @param id of the provider, for the names of its variables
 * @throws SettingsError, which holds neither path nor contents: either may have been written in the other's place
 */
export function readServiceAccount(
  id: string,
  credentials: Exclude<GoogleDirectorySettings['credentials'], { workload: unknown }>,
): ServiceAccountSigner {
  const variable = `PROVIDER_${id.toUpperCase()}_GOOGLE_CREDENTIALS`;
  if ('account' in credentials) return signerOf(credentials.account, `${variable}_JSON`, 'its');
  const found = readSecretFile(credentials.file, readSmallFile);
  if ('problem' in found) {
    const message = `the file it names ${found.problem}, write the path of a service account's JSON file`;
    throw SettingsError.of({ variable, code: 'unreadable', message });
  }
  const account = parseGoogleServiceAccount(found.secret);
  if (account === undefined) {
    const message =
      'the file it names is no service account, write the path of the JSON file that Google gave you for one: it has a client_email and a private_key';
    throw SettingsError.of({ variable, code: 'malformed', message });
  }
  return signerOf(account, variable, "the file's");
}

function signerOf(
  { privateKey, keyId, clientEmail, tokenUrl }: GoogleServiceAccount,
  variable: string,
  whose: string,
): ServiceAccountSigner {
  const key = keyOf(privateKey);
  const bits = key?.asymmetricKeyType === 'rsa' ? key.asymmetricKeyDetails?.modulusLength : undefined;
  if (key === undefined || bits === undefined || bits < leastBits) {
    const message = `${whose} private_key is no RSA key in PEM of ${leastBits} bits or more, write the JSON file as Google gave it to you`;
    throw SettingsError.of({ variable, code: 'malformed', message });
  }
  const header = { alg: 'RS256', typ: 'JWT', ...(keyId !== undefined && { kid: keyId }) };
  return {
    clientEmail,
    tokenUrl,
    sign: (claims) => new SignJWT(claims).setProtectedHeader(header).sign(key),
  };
}

function keyOf(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}
