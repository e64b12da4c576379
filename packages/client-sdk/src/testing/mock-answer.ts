import type { Answer } from '../answer/answer.ts';
import { parseJson } from '../http/parse-json.ts';

/**
 * An answer for a test: its text, the pieces of its text, or any of its fields. If the call has a `schema` or an
 * `outputSchema` and no `output` is given, the text becomes the output, if it is JSON.
 */
export type GivenAnswer = string | readonly string[] | Partial<Omit<Answer, 'requestId' | 'attempts'>>;

/** The request id of every reply of a mock proxy. */
export const requestId = 'mock-request';

/** The pieces of text that a stream of an answer sends. */
export function piecesOf(given: GivenAnswer): readonly string[] {
  if (typeof given === 'string') {
    return [given];
  }
  if (isPieces(given)) {
    return given;
  }
  return [given.text ?? (given.output === undefined ? 'A mock answer.' : JSON.stringify(given.output))];
}

/** The answer as the proxy sends it to a request of this body. */
export function completeAnswer(given: GivenAnswer, body: Readonly<Record<string, unknown>>) {
  const fields = typeof given === 'string' || isPieces(given) ? {} : given;
  const model = String(body['model']);
  const text = piecesOf(given).join('');
  return {
    id: requestId,
    model,
    modelId: `mock.${model}`,
    stopReason: 'end_turn',
    usage: { inputTokens: 5, outputTokens: 4, totalTokens: 9 },
    limits: [],
    ...fields,
    output: fields.output === undefined && body['outputSchema'] ? parseJson(text) : fields.output,
    text,
  };
}

function isPieces(given: GivenAnswer): given is readonly string[] {
  return Array.isArray(given);
}
