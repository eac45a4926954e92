// Every program imports this first: what it imports next does not even load in an older Node, and ends in a stack trace.
import { complaintAboutNode } from './node-complaint.ts';

const complaint = complaintAboutNode(process.versions.node);
if (complaint !== undefined) {
  process.stderr.write(`${complaint}\n`);
  process.exit(1);
}
