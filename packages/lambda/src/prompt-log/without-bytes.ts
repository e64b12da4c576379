import { isObject } from '../json.ts';

/**
 * A copy of a request for the log, in which each image and each file is only the number of its bytes: in the blocks of a
 * call, and as base64 in a body of Anthropic's Messages API.
 */
export function withoutBytes(value: unknown): unknown {
  if (value instanceof Uint8Array) return value.length;
  if (Array.isArray(value)) return value.map(withoutBytes);
  if (!isObject(value)) return value;
  if (value['type'] === 'base64' && typeof value['data'] === 'string') {
    return { ...value, data: Buffer.byteLength(value['data'], 'base64') };
  }
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withoutBytes(part)]));
}
