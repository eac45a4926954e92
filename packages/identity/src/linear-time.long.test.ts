import { testLinearTime } from '@latchkey/testing/linear-time';
import { decodedPath, foldName, isReserved } from './index.ts';

testLinearTime([
  ['the name of a header', isReserved],
  ['a folded name', foldName],
  ['a path to be signed', decodedPath],
]);
