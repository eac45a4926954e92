// What needs more than a request and a route is imported by the name of its file: every test file loads anew what it imports.
export { cases, casesMs } from './cases.ts';
export { aPerson, aSession } from './person.ts';
export { aRequest } from './request.ts';
export { aRoute, noDefaultRules, withOptions } from './route.ts';
