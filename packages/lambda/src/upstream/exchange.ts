import type { ReplyEvent } from '../call/reply.ts';
import type { Json } from '../json.ts';
import type { BedrockOperation } from './operation.ts';

/** One request in the format of a Bedrock operation, and the readers of its answer. Use them for one answer only. */
export interface Exchange {
  readonly operations: { readonly whole: BedrockOperation; readonly stream: BedrockOperation };
  /** By lower-case name, without the content type. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Sent as JSON. */
  readonly body: object;
  /**
   * Whether the caller speaks the model's own API. Then it reads the model's own words for a refusal. Default: false,
   * and the words are ours.
   */
  readonly quotesRefusals?: boolean | undefined;
  /** Reads a whole answer. Throws if it is not one. */
  whole(answer: Json, header: (name: string) => string | undefined): readonly ReplyEvent[];
  /** Reads the next event of a stream. Throws if it is not one. */
  event(type: string, body: Json): readonly ReplyEvent[];
}
