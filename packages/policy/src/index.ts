export { compileExpression } from './compile.ts';
export type { Compiled, Expression, UsedFact } from './compile.ts';
export { factGroups } from './facts.ts';
export type { Fact, FactGroup } from './facts.ts';
export type { Mistake } from './mistake.ts';
export { deepestBrackets, longestExpression } from './parse.ts';
export type { Surroundings } from './reading.ts';
