import type { ModelChatCall } from '../../call/call.ts';
import type { Json, JsonObject } from '../../json.ts';

/** How one model family spells a question and its answer for InvokeModel: one text in, one text out. */
export interface TextFormat {
  request(
    prompt: string,
    call: Pick<ModelChatCall, 'maxTokens' | 'temperature' | 'topP' | 'stop'>,
  ): JsonObject;
  /** A whole answer; `undefined` if `body` is not this family's. */
  whole(body: Json): Piece | undefined;
  /** A piece of a streamed answer; `undefined` if `body` is not this family's. */
  piece(body: Json): Piece | undefined;
}

/** Text with what is known by then: why the model stopped with the last piece, tokens so far with any. */
export interface Piece {
  readonly text: string;
  readonly stopReason?: string | undefined;
  readonly inputTokens?: Json | undefined;
  readonly outputTokens?: Json | undefined;
}
