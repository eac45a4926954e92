export { identityHeaders } from './headers.ts';
export type { HeaderList, Identity } from './headers.ts';
export { foldName, isReserved } from './names.ts';
