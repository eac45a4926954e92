import { describe, expect, test } from '@jest/globals';
import { HttpError } from './http-error.ts';

describe('HttpError', () => {
  test('carries its code, and keeps the detail out of the message', () => {
    const cause = new Error('connect ECONNREFUSED');
    const error = new HttpError('upstream_unreachable', { detail: 'wiki refused', cause });

    expect(error).toMatchObject({ code: 'upstream_unreachable', detail: 'wiki refused', headers: {}, cause });
    expect(String(error)).not.toContain('refused');
  });

  test('needs nothing but its code', () => {
    const error = new HttpError('not_found');

    expect(error.detail).toBeUndefined();
    expect('cause' in error).toBe(false);
  });

  test('carries headers for the answer', () => {
    expect(new HttpError('method_not_allowed', { headers: { allow: 'GET, HEAD' } }).headers).toEqual({
      allow: 'GET, HEAD',
    });
  });
});
