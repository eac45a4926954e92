import { deriveKeys } from './keys.ts';
import type { KeyPurpose } from './keys.ts';

type Secrets = readonly [string, ...string[]];

/** What both services have to be configured alike for one to open what the other seals. */
export type SharedFacts = {
  /** fingerprints of the secrets between the services, the one that seals first */
  readonly client_keys: readonly string[];
  readonly cookie: {
    readonly name: string;
    readonly domain?: string;
    readonly secure: boolean;
    /** fingerprints of its secrets, the one that seals first */
    readonly keys: readonly string[];
  };
};

/** How a service is configured, in a form that the other one may have. */
export function sharedFacts(settings: {
  readonly client: { readonly secrets: Secrets };
  readonly cookie: {
    readonly name: string;
    readonly domain?: string;
    readonly secure: boolean;
    readonly secrets: Secrets;
  };
}): SharedFacts {
  const { secrets, name, domain, secure } = settings.cookie;
  return {
    client_keys: fingerprints(settings.client.secrets, 'client fingerprint'),
    cookie: {
      name,
      ...(domain !== undefined && { domain }),
      secure,
      keys: fingerprints(secrets, 'cookie fingerprint'),
    },
  };
}

// Ids of keys that seal and sign nothing: equal where the secrets are, and of no other use to anyone who reads them.
function fingerprints(secrets: Secrets, purpose: KeyPurpose): string[] {
  return deriveKeys(secrets, purpose).map(({ id }) => id);
}
