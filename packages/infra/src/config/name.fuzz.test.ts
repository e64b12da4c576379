import { runs } from '@org/lambda/testing/fuzz';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyOutputName, namePattern } from './name.ts';

test('no two keys share an output, however alike their names, and CloudFormation accepts each output', () => {
  const alike = fc.stringMatching(/^[aZ2][aZ2DdEe.\-_]{0,5}$/);
  const names = fc.oneof(alike, fc.stringMatching(namePattern));
  fc.assert(
    fc.property(names, names, (one, other) => {
      expect(keyOutputName(one)).toMatch(/^[A-Za-z0-9]{1,255}$/);
      expect(keyOutputName(one) === keyOutputName(other)).toBe(one === other);
    }),
    runs(2000),
  );
});
