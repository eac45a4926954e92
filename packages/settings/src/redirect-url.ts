import type { Environment } from './environment.ts';
import { deprecate } from './findings.ts';
import type { Findings } from './findings.ts';
import { expandReferences } from './find-text.ts';

/**
 * Takes the scheme of auth from `REDIRECT_URL`, which is where versions 1 and 2 of BuzzFeed SSO had it, unless
 * `SERVER_SCHEME` says one. What was taken is not in the environment any more.
 */
export function takeRedirectUrl(environment: Environment, findings: Findings): Environment {
  const { text } = expandReferences(environment.get('REDIRECT_URL') ?? '', environment);
  const url = URL.parse(text);
  const scheme = /^(https?):$/.exec(url?.protocol ?? '')?.[1];
  if (scheme === undefined || environment.get('SERVER_SCHEME') !== undefined) return environment;

  deprecate('REDIRECT_URL', 'SERVER_SCHEME', findings);
  const own = environment.get('SERVER_HOST') ?? environment.get('HOST') ?? '';
  const { text: host } = expandReferences(own, environment);
  if (host !== '' && url?.host !== URL.parse(`${scheme}://${host}`)?.host) {
    findings.warnings.push({
      variable: 'REDIRECT_URL',
      code: 'doubtful',
      message:
        'names another host than SERVER_HOST, of which callback addresses are made; register those with the provider',
      others: ['SERVER_HOST'],
    });
  }
  return {
    ...environment,
    get: (name) =>
      /^REDIRECT_URL$/i.test(name) ? undefined : (environment.get(name) ?? added(name, scheme)),
  };
}

function added(name: string, scheme: string): string | undefined {
  return /^SERVER_SCHEME$/i.test(name) ? scheme : undefined;
}
