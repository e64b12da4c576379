import * as z from 'zod/mini';
import { nearest } from './near-name.ts';

type Issue = z.core.$ZodIssue;

/** Says in a message what a field must be, by zod's name of the type. */
const kinds: Readonly<Record<string, string>> = {
  array: 'an array',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'an object',
  record: 'an object',
  string: 'a string',
};

/** Whether the schema has no message of its own: then it is zod's, in the language that the program may have set. */
function isUnsaid(issue: z.core.$ZodIssueTooBig | z.core.$ZodIssueTooSmall): boolean {
  const said = z.config().localeError?.({ ...issue, input: issue.input });
  return issue.message === ((typeof said === 'string' ? said : said?.message) ?? 'Invalid input');
}

/** A fault of one field: its place, and what it must be. */
export interface DescribedIssue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** The value with the issues. */
export interface DescribedValue {
  /** As in `is not a field of the config`. */
  readonly name: string;
  /** The fields that the object at a place may have; the nearest one is suggested for an unknown field. */
  readonly fieldsAt: (path: readonly PropertyKey[]) => readonly string[];
  /** What to do about an unknown field if none is near. Default: nothing is said. */
  readonly otherwise?: string;
}

/** A body can have thousands of unknown names. To compare them all would use the function's time. */
const mostCompared = 20;

/**
 * Turns zod's issues into issues that name one field each and say what it must be, and never what it is.
 *
 * A missing field is not reported beside its own name misspelled, if that is among the first names that are unknown.
 *
 * @param issues Of a parse with `reportInput`, without which a missing field looks like one of the wrong kind.
 */
export function* describeIssues(
  issues: readonly Issue[],
  value: DescribedValue,
  parent: readonly PropertyKey[] = [],
): Generator<DescribedIssue, void> {
  const unknown = issues
    .flatMap((issue) =>
      issue.code === 'unrecognized_keys' ? issue.keys.map((key) => ({ key, path: issue.path })) : [],
    )
    .slice(0, mostCompared);
  const misspelled = new Set(
    unknown.map(({ key, path }) => [...path, nearest(key, value.fieldsAt([...parent, ...path]))].join()),
  );
  for (const issue of issues) {
    const path = [...parent, ...issue.path];
    if (isMissing(issue) && misspelled.has(issue.path.join())) continue;
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) {
        yield { path: [...path, key], message: describeUnknownField(key, path, value) };
      }
      continue;
    }
    const meant = issue.code === 'invalid_union' && formMeant(issue);
    if (meant) yield* describeIssues(meant, value, path);
    else yield { path, message: messageOf(issue) };
  }
}

/** Says of a field that there is none of its name, and which one was probably meant. */
export function describeUnknownField(
  field: string,
  path: readonly PropertyKey[],
  { name, fieldsAt, otherwise }: DescribedValue,
): string {
  const near = nearest(field, fieldsAt(path));
  if (near !== undefined) return `is not a field of ${name} (did you mean "${near}"?)`;
  return `is not a field of ${name}${otherwise === undefined ? '' : `; ${otherwise}`}`;
}

function isMissing(issue: Issue): boolean {
  return issue.code === 'invalid_type' && issue.input === undefined;
}

function messageOf(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type': {
      const kind = kinds[issue.expected] ?? issue.expected;
      return isMissing(issue) ? `is missing and must be ${kind}` : `must be ${kind}`;
    }
    case 'invalid_value':
      return `must be ${oneOf(issue.values)}`;
    case 'invalid_union':
      return `must be ${formsOf(issue).join(' or ')}`;
    case 'invalid_key':
      return `the name ${issue.issues.map(({ message }) => message).join('; ')}`;
    case 'too_big':
      if (!isUnsaid(issue)) return issue.message;
      return issue.maximum === Number.MAX_SAFE_INTEGER
        ? 'is too large a number'
        : `must be at most ${issue.maximum}`;
    case 'too_small':
      if (!isUnsaid(issue)) return issue.message;
      return issue.minimum === Number.MIN_SAFE_INTEGER
        ? 'is too small a number'
        : `must be at least ${issue.minimum}`;
    default:
      return issue.message;
  }
}

/** The faults of the form that was meant: the one with the fewest. None if the value has no form's kind or type. */
function formMeant({ errors }: z.core.$ZodIssueInvalidUnion): readonly Issue[] | undefined {
  const isOther = (faults: readonly Issue[]) =>
    faults.some(({ path, code }) =>
      code === 'invalid_value'
        ? path.length === 0 || (path.length === 1 && path[0] === 'type')
        : path.length === 0 && code === 'invalid_type',
    );
  const [meant] = errors.filter((faults) => !isOther(faults)).sort((a, b) => a.length - b.length);
  return meant;
}

function formsOf(issue: z.core.$ZodIssueInvalidUnion): string[] {
  if ('options' in issue && issue.options) return [oneOf(issue.options)];
  return issue.errors.flat().map((fault) => {
    if (fault.code === 'invalid_value') {
      return fault.values.length === 1 ? JSON.stringify(fault.values[0]) : oneOf(fault.values);
    }
    return fault.code === 'invalid_type' ? (kinds[fault.expected] ?? fault.expected) : fault.message;
  });
}

function oneOf(values: readonly unknown[]): string {
  return `one of ${values.map((value) => JSON.stringify(value)).join(', ')}`;
}
