export { readCircumstances, readMoment, tokenOfAccount, tokenOfWorkload } from './circumstances.ts';
export { explainRequest } from './answer.ts';
export type { Explanation } from './answer.ts';
export { knowledgeOf } from './installation.ts';
export type { AuthKnowledge, Installation, ProxyKnowledge } from './installation.ts';
export { explanationJson } from './json.ts';
export { QuestionError, readRequest, requesterOf } from './request.ts';
export type { ExplainedRequest, Circumstances, Requester, ShownToken } from './request.ts';
export type { SignInStep } from './sign-in.ts';
