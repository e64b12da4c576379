import * as z from 'zod/mini';
import { placeOf } from '../../call/request-place.ts';
import { at, isJsonObject, type Json, type JsonObject } from '../../json.ts';
import { ProxyError } from '../../proxy-error.ts';
import { usageId } from '../../usage-id.ts';
import type { HeaderOf } from '../door.ts';
import { type FieldTable, heededFields } from '../field-table.ts';
import { readFields } from '../fields.ts';

/** A request of Anthropic's API as far as it is the same for every model. */
export interface MessagesRequest {
  /** As the caller says it. */
  readonly model: string;
  /** The fields of the body that are used, none of them `null`. */
  readonly fields: JsonObject;
  readonly betas: readonly string[];
  /** The customer that the caller asks for: a {@link usageId}. */
  readonly customer: string | undefined;
}

const text = z.string().check(z.minLength(1, 'must not be empty'));
const names = z.optional(z.array(z.string()));

const Common = z.looseObject({
  model: text,
  messages: z.array(z.looseObject({})).check(z.minLength(1, 'must not be empty')),
  anthropic_beta: names,
  betas: names,
  metadata: z.optional(z.looseObject({ user_id: z.nullish(z.string()) })),
});

/**
 * Reads the parts that are the same for every model.
 *
 * @throws {ProxyError} `invalid_request`, or `unsupported_feature` for a field that asks for a missing feature.
 */
export function readRequest<Name extends string>(
  table: FieldTable<Name>,
  body: JsonObject,
  header: HeaderOf,
): MessagesRequest {
  const heeded = heededFields(table, body);
  const common = readFields(Common, heeded);
  refuseAddresses(heeded['messages'], ['messages']);
  const { model: _, anthropic_beta: __, betas: ___, metadata: ____, ...fields } = heeded;
  const asked = [
    ...(header('anthropic-beta')?.split(',') ?? []),
    ...[...(common.anthropic_beta ?? []), ...(common.betas ?? [])],
  ];
  return {
    model: common.model,
    fields,
    betas: asked,
    customer: usageId(withoutSession(common.metadata?.user_id ?? '')),
  };
}

/**
 * Claude Code names its session too: as a field of an object in JSON, or before version 2.1.78 at the end.
 *
 * @see https://github.com/ding113/claude-code-hub/pull/939
 */
function withoutSession(userId: string): string {
  if (!userId.startsWith('{')) return userId.replace(/_session_[\w-]*$/, '');
  return userId.replace(/,?"session_id":"[\w-]*"/, '');
}

/** The fields of a source whose bytes are elsewhere. */
const elsewhere: ReadonlySet<Json | undefined> = new Set(['url', 'file']);

/**
 * @throws {ProxyError} `invalid_request` for an image or a document that would have to be fetched. What a tool is given
 *   is data, and may look like one.
 */
function refuseAddresses(value: Json | undefined, path: readonly (string | number)[]): void {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) refuseAddresses(item, [...path, index]);
  } else if (isJsonObject(value)) {
    if (elsewhere.has(at(value, 'source', 'type'))) {
      const place = placeOf([...path, 'source']);
      const message = 'must be the bytes in base64: this proxy fetches nothing, and keeps no files';
      throw new ProxyError({
        code: 'invalid_request',
        message: `${place} ${message}.`,
        param: place,
        details: { issues: [{ path: place, message }] },
      });
    }
    refuseAddresses(value['content'], [...path, 'content']);
    refuseAddresses(at(value, 'source', 'content'), [...path, 'source', 'content']);
  }
}
