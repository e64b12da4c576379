import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { usageId } from './usage-id.ts';

test.each(['customer-4711', 'a', 'acme:eu.1_2', '0b5f1f5e-6d5c-4a52-9d6f-3f3f6f0a7b11'])(
  'the id %s stands as it is',
  (id) => {
    expect(usageId(id)).toBe(id);
  },
);

test.each([undefined, null, ''])('%j is not a name', (name) => {
  expect(usageId(name)).toBeUndefined();
});

test('a mail address stands as a hash that anyone who knows the address can find', () => {
  const digest = createHash('sha256').update('ann@example.com').digest('hex');
  expect(usageId('ann@example.com')).toBe(`sha256:${digest.slice(0, 32)}`);
});

test('an id is short, has no space and no mail address, and stands for itself', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ minLength: 1 }), fc.emailAddress()), (name) => {
      const id = usageId(name) ?? '';
      expect(id).toMatch(/^[\w.:-]{1,64}$/);
      expect(usageId(id)).toBe(id);
    }),
  );
});
