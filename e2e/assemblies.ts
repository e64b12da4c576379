import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Directory of the synthesized deployments, with one folder per config name. */
    assemblies: string;
  }
}

/** Synthesizes every config once for all test files, because importing the CDK takes seconds. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'bedrock-proxy-e2e-'));
  const script = join(import.meta.dirname, 'synthesize-configs.ts');
  await promisify(execFile)(process.execPath, ['--conditions=@org/source', script, directory]);
  project.provide('assemblies', directory);
  return () => rm(directory, { recursive: true, force: true });
}
