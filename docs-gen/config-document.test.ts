import { join } from 'node:path';
import { test } from 'vitest';
import { expectCommitted, repository } from './committed.ts';
import { renderConfigDocument } from './config-document.ts';

test('docs/config.md is what the types of the config say', () => {
  expectCommitted('docs/config.md', renderConfigDocument(join(repository, 'packages')));
});
