import { nearest } from '@org/contract';
import type * as z from 'zod/mini';
import type { ConfigIssue } from './config-error.ts';
import { fieldsAt } from './fields.ts';

type Issue = z.core.$ZodIssue;

const kinds: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'an object',
  record: 'an object',
  string: 'a string',
};

/**
 * Turns zod's issues about a value into issues that name one field each and say what it must be.
 *
 * @param schema The schema that the value does not fit.
 * @param whole Name of the whole value. Default: the config.
 */
export function describeIssues(
  issues: readonly Issue[],
  value: unknown,
  schema: z.ZodMiniType,
  whole = 'config',
): ConfigIssue[] {
  return issues.flatMap((issue) => describe(issue, [], { value, schema, whole }));
}

/** The value with the issues. */
interface About {
  readonly value: unknown;
  readonly schema: z.ZodMiniType;
  readonly whole: string;
}

function describe(issue: Issue, parent: readonly PropertyKey[], about: About): ConfigIssue[] {
  const { value, schema, whole } = about;
  const path = [...parent, ...issue.path];
  const text = (names: readonly PropertyKey[]) => textOf(names, whole);
  const one = (message: string): ConfigIssue[] => [{ path: text(path), message }];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => {
        const near = nearest(key, fieldsAt(schema, path));
        const remedy = near === undefined ? 'remove it, or check its spelling' : `did you mean "${near}"?`;
        return { path: text([...path, key]), message: `is not a field of the ${whole}; ${remedy}` };
      });
    case 'invalid_type': {
      const kind = kinds[issue.expected] ?? issue.expected;
      return one(valueAt(value, path) === undefined ? `is missing; it must be ${kind}` : `must be ${kind}`);
    }
    case 'invalid_value':
      return one(`must be one of ${issue.values.map(String).join(', ')}`);
    case 'invalid_union': {
      // The branch that the author meant is the one that accepts the value's kind.
      const meant = issue.errors.find((branch) => !branch.some(rejectsKind));
      return meant ? meant.flatMap((nested) => describe(nested, path, about)) : one(unionMessage(issue));
    }
    case 'invalid_key':
      return one(`the name ${issue.issues.map(({ message }) => message).join('; ')}`);
    default:
      return one(issue.message);
  }
}

function rejectsKind(issue: Issue): boolean {
  return issue.code === 'invalid_type' && issue.path.length === 0;
}

function unionMessage(issue: z.core.$ZodIssueInvalidUnion): string {
  const kindsWanted = issue.errors.flatMap((branch) =>
    branch.flatMap((nested) =>
      nested.code === 'invalid_type' ? [kinds[nested.expected] ?? nested.expected] : [],
    ),
  );
  return kindsWanted.length > 0 ? `must be ${kindsWanted.join(' or ')}` : issue.message;
}

function textOf(path: readonly PropertyKey[], whole: string): string {
  return path.length === 0 ? whole : path.map((name) => (name === '' ? '""' : String(name))).join('.');
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let current = value;
  for (const key of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = Reflect.get(current, key);
  }
  return current;
}
