import { headers, limitHeaders } from '@org/contract';
import type { DocstringOf } from '../docstrings.ts';
import type { JsonSchema } from './schemas.ts';

interface Header {
  readonly description: string;
  readonly schema: JsonSchema;
}

/** The headers of answers, by their names on the wire. */
export function responseHeaders(docs: DocstringOf): Readonly<Record<string, Header>> {
  const limits = Object.entries(limitHeaders).flatMap(([kind, names]) => [
    header(names.limit, `The limit on ${kind} of which the least is left.`, { type: 'number' }),
    header(names.remaining, `What is left of that limit on ${kind}.`, { type: 'number' }),
    header(names.reset, `When that limit on ${kind} is whole again: ISO 8601, UTC.`, {
      type: 'string',
      format: 'date-time',
    }),
  ]);
  return Object.fromEntries([
    header(headers.requestId, docs('headers.requestId').text, { type: 'string' }),
    header(headers.anthropicRequestId, docs('headers.anthropicRequestId').text, { type: 'string' }),
    header(headers.tokenCount, docs('headers.tokenCount').text, {
      type: 'string',
      enum: ['exact', 'estimate'],
    }),
    header(headers.shouldRetry, docs('headers.shouldRetry').text, { type: 'boolean' }),
    header(headers.retryAfter, docs('headers.retryAfter').text, { type: 'integer', minimum: 1, maximum: 60 }),
    header(headers.maxTokensLoweredTo, docs('headers.maxTokensLoweredTo').text, {
      type: 'integer',
      minimum: 1,
    }),
    header(headers.limitWarning, docs('headers.limitWarning').text, { type: 'string' }),
    ...limits,
  ]);
}

export const limitHeaderNames: readonly string[] = Object.values(limitHeaders).flatMap((names) =>
  Object.values(names),
);

export function headerReferences(names: readonly string[]): Record<string, { readonly $ref: string }> {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

function header(name: string, description: string, schema: JsonSchema): readonly [string, Header] {
  return [name, { description, schema }];
}
