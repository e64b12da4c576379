import { at, type Json } from '../../json.ts';
import type { Piece, TextFormat } from './text-format.ts';

const stopReasons = new Map(
  Object.entries({
    FINISHED: 'end_turn',
    FINISH: 'end_turn',
    LENGTH: 'max_tokens',
    STOP_CRITERIA_MET: 'stop_sequence',
    CONTENT_FILTERED: 'content_filtered',
  }),
);

/**
 * Amazon Titan Text. The defaults are those of the proxy that this one grew from.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-text.html
 */
export const titanText: TextFormat = {
  request: (prompt, { maxTokens, temperature = 0, topP = 0.9, stop = [] }) => ({
    inputText: prompt,
    textGenerationConfig: { maxTokenCount: maxTokens, stopSequences: [...stop], temperature, topP },
  }),
  whole(body) {
    const results = at(body, 'results');
    const result = Array.isArray(results) ? results[0] : undefined;
    const piece = readPiece(result, at(body, 'inputTextTokenCount'), at(result, 'tokenCount'));
    return piece && { ...piece, text: piece.text.trim() };
  },
  piece: (body) => readPiece(body, at(body, 'inputTextTokenCount'), at(body, 'totalOutputTextTokenCount')),
};

function readPiece(
  said: Json | undefined,
  inputTokens: Json | undefined,
  outputTokens: Json | undefined,
): Piece | undefined {
  const [text, reason] = [at(said, 'outputText'), at(said, 'completionReason') ?? undefined];
  if (typeof text !== 'string' || !(reason === undefined || typeof reason === 'string')) return undefined;
  const stopReason = reason && (stopReasons.get(reason) ?? reason.toLowerCase());
  return { text, stopReason, inputTokens, outputTokens };
}
