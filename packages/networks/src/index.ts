export { plainAddress } from './address.ts';
export { coverInternet, inNetworks, meantNetwork, networkText, readNetwork } from './network.ts';
export type { Network } from './network.ts';
export { isPublicAddress } from './public.ts';
