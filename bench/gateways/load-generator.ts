import { join } from 'node:path';
import { startHelper } from '@org/e2e/helper-process';
import type { Load, Loaded } from './load-process.ts';

/** The callers, in their own process. */
export function startLoadGenerator() {
  return startHelper<object, Load, Loaded>(join(import.meta.dirname, 'load-process.ts'));
}
