export { asSentences, deprecatedNames } from './as-sentences.ts';
export { filesOf, freshKey, minimalAuth, minimalProxy, startUp } from './environments.ts';
export { latchkey, placesIn } from './latchkey.ts';
export { aRequest } from './request.ts';
export { aRoute, noDefaultRules, withOptions } from './route.ts';
export { arrives, head, hello, useServers } from './servers.ts';
