import { commandLineClient } from '@latchkey/contract';
import { isLoopbackUri } from './redirect-uri.ts';

/** A program that may ask people for access: a public client (RFC 6749, section 2.1), which has no secret. */
export type Client = {
  readonly id: string;
  /** what people are shown: of a program at an address of its own, the host */
  readonly name: string;
  /** what it says of itself, where the name is not that */
  readonly callsItself?: string | undefined;
  /** whether a person may be sent back there */
  readonly redirectsTo: (uri: string) => boolean;
};

/** The command line, which every installation knows. */
export const commandLine: Client = {
  id: commandLineClient,
  name: 'the command line (latchkey)',
  // RFC 8252, section 8.3: no name that somebody may lead elsewhere.
  redirectsTo: (uri) => isLoopbackUri(uri, ['127.0.0.1', '[::1]']),
};
