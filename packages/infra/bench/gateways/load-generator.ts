import { join } from 'node:path';
import { startHelper } from '../../e2e/helper-process.ts';
import type { Load, Loaded } from './load-process.ts';

/** The callers, in a process of their own. */
export function startLoadGenerator() {
  return startHelper<object, Load, Loaded>(join(import.meta.dirname, 'load-process.ts'));
}
