import * as z from 'zod/mini';
import type { ReasoningBlock, RedactedReasoningBlock } from '../../../call/call.ts';
import { parseJson } from '../../../json.ts';

/**
 * Thoughts as clients keep and return them: opaque, in `encrypted_content`, which is the only field of this API that
 * comes back as it was. The signature is over the text, so both are in it.
 */
const Sealed = z.union([
  z.strictObject({ text: z.string(), signature: z.optional(z.string()) }),
  z.strictObject({ redacted: z.string() }),
]);

type Thoughts = ReasoningBlock | RedactedReasoningBlock;

/** @example sealed({ type: 'reasoning', text: 'They ask', signature: 'EqQB' }); // 'eyJ0ZXh0Ijoi...' */
export function sealed(thoughts: Thoughts): string {
  const content: z.infer<typeof Sealed> =
    thoughts.type === 'reasoning'
      ? { text: thoughts.text, signature: thoughts.signature }
      : { redacted: Buffer.from(thoughts.bytes).toString('base64') };
  return Buffer.from(JSON.stringify(content)).toString('base64');
}

/** Unseals thoughts; `undefined` if another API sealed them, because its models' thoughts are of no use here. */
export function unsealed(content: string): Thoughts | undefined {
  const { data } = Sealed.safeParse(parseJson(Buffer.from(content, 'base64').toString()));
  if (!data) return undefined;
  return 'redacted' in data
    ? { type: 'redacted_reasoning', bytes: Buffer.from(data.redacted, 'base64') }
    : { type: 'reasoning', ...data };
}
