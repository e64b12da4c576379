import { join } from 'node:path';
import { startHelper } from '../../test/helper-process.ts';
import type { Load, Loaded } from './load-process.ts';

/** The callers, in their own process. */
export function startLoadGenerator() {
  return startHelper<object, Load, Loaded>(join(import.meta.dirname, 'load-process.ts'));
}
