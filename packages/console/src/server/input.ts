import { zValidator } from '@hono/zod-validator';
import { describeIssues } from '@org/infra/config';
import type { ValidationTargets } from 'hono';
import * as z from 'zod/mini';
import { Refusal } from './failures.ts';

/**
 * Reads a part of a request: `json` for its body, `query` for what comes after the question mark.
 *
 * @throws {Refusal} Names the fields that are wrong, and never what is in them.
 */
export const reads = <Target extends 'json' | 'query', Schema extends z.ZodMiniType>(
  target: Target & keyof ValidationTargets,
  schema: Schema,
) =>
  zValidator(target, schema, (result) => {
    if (result.success) return;
    const issues = describeIssues(result.error.issues, schema, 'request');
    const text = issues.map(({ path, message }) => `${path} ${message}`).join('; ');
    throw new Refusal('invalid_request', 'The request cannot be read.', `${text}.`);
  });

/** The body of a change that needs no more than its address: `{}`. A form cannot send it. */
export const Nothing = z.strictObject({});
