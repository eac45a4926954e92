// Every program imports this first: what it imports next does not even load in an older Node, and ends in a stack trace.
import { unsupportedNode } from './node-support.ts';

const message = unsupportedNode(process.versions.node);
if (message !== undefined) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
