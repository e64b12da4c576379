import { test } from 'vitest';
import { expectCommitted } from './committed.ts';
import { faultDocument } from './faults-document.ts';

test('docs/limits-under-faults.md is what the matrix says', () => {
  expectCommitted('docs/limits-under-faults.md', faultDocument());
});
