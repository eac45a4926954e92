import { expect, test } from '@jest/globals';
import { complaintAboutNode } from './node-complaint.ts';

test.each(['24.0.0', '24.21.0', '26.10.0', '100.0.0'])('Node %s will do', (version) => {
  expect(complaintAboutNode(version)).toBeUndefined();
});

test.each(['20.20.2', '22.21.1', '9.0.0'])('Node %s is refused, with what is needed', (version) => {
  const complaint = complaintAboutNode(version);
  expect(complaint).toContain('needs Node 24');
  expect(complaint).toContain(`this is Node ${version}`);
});
