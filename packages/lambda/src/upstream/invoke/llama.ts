import { at, type Json } from '../../json.ts';
import type { Piece, TextFormat } from './text-format.ts';

const stopReasons = new Map(Object.entries({ stop: 'end_turn', length: 'max_tokens' }));

/**
 * Meta Llama, for imported models. The defaults are those of the proxy that this one grew from.
 *
 * The question is the whole prompt, as written: it is given no chat template, so system text and history cannot be
 * distinguished from it and are not offered.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-meta.html
 */
export const llama: TextFormat = {
  request: (prompt, { maxTokens, temperature = 0.2, topP = 0.9 }) => ({
    prompt,
    max_gen_len: maxTokens,
    top_p: topP,
    temperature,
  }),
  whole(body) {
    const piece = readPiece(body);
    return piece && { ...piece, text: piece.text.trim() };
  },
  piece: readPiece,
};

function readPiece(body: Json): Piece | undefined {
  const [text, reason] = [at(body, 'generation'), at(body, 'stop_reason') ?? undefined];
  if (typeof text !== 'string' || !(reason === undefined || typeof reason === 'string')) return undefined;
  return {
    text,
    stopReason: reason && (stopReasons.get(reason) ?? reason),
    inputTokens: at(body, 'prompt_token_count'),
    outputTokens: at(body, 'generation_token_count'),
  };
}
