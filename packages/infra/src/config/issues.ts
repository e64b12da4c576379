import { describeIssues as describe } from '@org/contract';
import type * as z from 'zod/mini';
import type { ConfigIssue } from './config-error.ts';
import { fieldsAt } from './fields.ts';

/**
 * Turns zod's issues about a value into issues that name one field each and say what it must be.
 *
 * @param issues Of a parse with `reportInput`.
 * @param schema The schema that the value does not fit.
 * @param whole Name of the whole value. Default: the config.
 */
export function describeIssues(
  issues: readonly z.core.$ZodIssue[],
  schema: z.ZodMiniType,
  whole = 'config',
): ConfigIssue[] {
  const value = {
    name: `the ${whole}`,
    fieldsAt: (path: readonly PropertyKey[]) => fieldsAt(schema, path),
    otherwise: 'remove it, or check its spelling',
  };
  return [...describe(issues, value)].map(({ path, message }) => ({ path: placeOf(path, whole), message }));
}

function placeOf(path: readonly PropertyKey[], whole: string): string {
  return path.length === 0 ? whole : path.map((name) => (name === '' ? '""' : String(name))).join('.');
}
