import type { ReplyEvent } from '../call/reply.ts';
import type { Json } from '../json.ts';
import type { BedrockOperation } from './operation.ts';

/** One request in the words of an operation of Bedrock's, and how its answer is read. Its readers are of one answer. */
export interface Exchange {
  readonly operations: { readonly whole: BedrockOperation; readonly stream: BedrockOperation };
  /** By name, in lower case, beside the content type. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** What JSON is made of. */
  readonly body: object;
  /**
   * Whether the caller speaks the model's own API, and so gets to read in the model's own words why it refuses a request.
   * Default: false, and the words are ours.
   */
  readonly quotesRefusals?: boolean | undefined;
  /** Reads a whole answer. Throws where it is not one. */
  whole(answer: Json, header: (name: string) => string | undefined): readonly ReplyEvent[];
  /** Reads the next event of a stream. Throws where it is not one. */
  event(type: string, body: Json): readonly ReplyEvent[];
}
