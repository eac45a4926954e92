import { expect, test } from '@jest/globals';
import { unsupportedNode } from './node-support.ts';

test.each(['24.0.0', '24.21.0', '26.10.0', '100.0.0'])('Node %s will do', (version) => {
  expect(unsupportedNode(version)).toBeUndefined();
});

test.each(['20.20.2', '22.21.1', '9.0.0'])('Node %s is refused, with what is needed', (version) => {
  const message = unsupportedNode(version);
  expect(message).toContain('needs Node 24');
  expect(message).toContain(`this is Node ${version}`);
});
