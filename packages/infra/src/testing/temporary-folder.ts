import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Removed after all tests. */
    temporaryFolder: string;
  }
}

export default ({ provide }: TestProject) => {
  const folder = mkdtempSync(join(tmpdir(), 'infra-'));
  provide('temporaryFolder', folder);
  return () => rmSync(folder, { recursive: true });
};
