export { aRequest } from './request.ts';
export { aRoute, noDefaultRules } from './route.ts';
