export { challenge, isOperator } from './credential.ts';
export type { OperatorEndpoint, OperatorEndpoints, OperatorAnswer } from './endpoint.ts';
export { startAdmin } from './listen.ts';
export { readQuery } from './query.ts';
export { isReady, linesOf, serverComponent, starting } from './readiness.ts';
export type { Component, Readiness } from './readiness.ts';
