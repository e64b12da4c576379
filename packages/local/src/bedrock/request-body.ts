import * as z from 'zod/mini';
import { type BedrockException, invalid } from './exception.ts';

/** The problems of a body, with their places. */
export type Issue = z.core.$ZodIssue;

/**
 * Reads an operation's body whose fields AWS describes one by one.
 *
 * @throws {BedrockException} Names each problem and its place, as all AWS services do.
 */
export function readRequest<T>(schema: z.ZodMiniType<T>, body: unknown): T {
  return read(schema, body, (issues) => {
    const unknown = issues.filter(({ code }) => code === 'unrecognized_keys');
    if (unknown.length > 0) return malformed(unknown.flatMap(pointed));
    const said = issues.map(
      (issue) => `Value at '${member(issue.path)}' failed to satisfy constraint: ${constraint(issue)}`,
    );
    return invalid(
      `${said.length} validation error${said.length > 1 ? 's' : ''} detected: ${said.join('; ')}`,
    );
  });
}

/**
 * Reads InvokeModel's body for one family of models.
 *
 * @throws {BedrockException} Names each problem and its place, as Bedrock does for a body that it checks by JSON Schema.
 */
export function readBody<T>(schema: z.ZodMiniType<T>, body: unknown): T {
  return read(schema, body, (issues) => malformed(issues.flatMap(pointed)));
}

/**
 * Reads JSON by a schema.
 *
 * @param refusal Makes the exception from the problems.
 * @throws {BedrockException}
 */
export function read<T>(
  schema: z.ZodMiniType<T>,
  body: unknown,
  refusal: (issues: readonly Issue[]) => BedrockException,
): T {
  const result = z.safeParse(schema, body, { reportInput: true });
  if (result.success) return result.data;
  throw refusal(result.error.issues.map(inNearestForm));
}

/** @throws {BedrockException} */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed(['#: not JSON']);
  }
}

export function malformed(problems: readonly string[]): BedrockException {
  return invalid(`Malformed input request: ${problems.join('')}, please reformat your input and try again.`);
}

/** For a value that fits none of several forms: the problems of the form that it comes closest to. */
function inNearestForm(issue: Issue): Issue {
  if (issue.code !== 'invalid_union') return issue;
  const [nearest] = issue.errors
    .flatMap(([first]) => (first ? [inNearestForm(first)] : []))
    .toSorted((one, other) => other.path.length - one.path.length);
  return nearest ? { ...nearest, path: [...issue.path, ...nearest.path] } : issue;
}

/** For example `messages.1.member.content`: AWS counts from 1. */
function member(path: readonly PropertyKey[]): string {
  return path.map((key) => (typeof key === 'number' ? `${key + 1}.member` : String(key))).join('.');
}

function constraint(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_format':
      return `Member must satisfy regular expression pattern: ${issue.pattern?.replace(/^\/\^|\$\/$/g, '')}`;
    case 'too_small':
      return `Member must have ${measured(issue.origin)} greater than or equal to ${issue.minimum}`;
    case 'too_big':
      return `Member must have ${measured(issue.origin)} less than or equal to ${issue.maximum}`;
    case 'invalid_value':
      return `Member must satisfy enum value set: [${issue.values.join(', ')}]`;
    case 'invalid_type':
      return issue.input === undefined
        ? 'Member must not be null'
        : `Member must be of type ${issue.expected}`;
    default:
      return issue.message;
  }
}

function measured(origin: string): string {
  return origin === 'string' || origin === 'array' ? 'length' : 'value';
}

/** A JSON Pointer, and the problem there. */
function pointed(issue: Issue): string[] {
  const place = ['#', ...issue.path.map(String)].join('/');
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => `${place}: extraneous key [${key}] is not permitted`);
    case 'too_big':
      return issue.origin === 'array'
        ? [`${place}: expected maximum item count: ${issue.maximum}, found: ${lengthOf(issue.input)}`]
        : [`${place}: expected maxLength: ${issue.maximum}, actual: ${lengthOf(issue.input)}`];
    case 'too_small':
      return issue.origin === 'array'
        ? [`${place}: expected minimum item count: ${issue.minimum}, found: ${lengthOf(issue.input)}`]
        : [`${place}: expected minLength: ${issue.minimum}, actual: ${lengthOf(issue.input)}`];
    case 'invalid_type':
      return issue.input === undefined
        ? [`${place}: required key not found`]
        : [`${place}: expected type: ${issue.expected}`];
    default:
      return [`${place}: ${issue.message}`];
  }
}

function lengthOf(input: unknown): number {
  return typeof input === 'string' || Array.isArray(input) ? input.length : 0;
}
