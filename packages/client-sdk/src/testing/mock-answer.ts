import { type AnswerBlock, parseJson, type TextBlock } from '@org/contract';
import type { Answer } from '../answer/answer.ts';

/**
 * An answer for a test: its text, the pieces of its text, or any of its fields. `text` and `content` follow from each
 * other, and `stopReason` from the calls of tools in `content`. If the call has a `schema` or an `outputSchema` and no
 * `output` is given, the text becomes the output, if it is JSON.
 */
export type GivenAnswer = string | readonly string[] | Partial<Omit<Answer, 'requestId' | 'attempts'>>;

/** The request id of every reply of a mock proxy. */
export const requestId = 'mock-request';

/** The pieces of text of an answer. */
function piecesOf(given: GivenAnswer): readonly string[] {
  if (typeof given === 'string') {
    return [given];
  }
  if (isPieces(given)) {
    return given;
  }
  const { text, content, output } = given;
  if (text === undefined && content !== undefined) {
    return content.flatMap((block) => (block.type === 'text' ? block.text : []));
  }
  return [text ?? (output === undefined ? 'A mock answer.' : JSON.stringify(output))];
}

/** The answer as the proxy sends it to a request of this body. */
export function completeAnswer(given: GivenAnswer, body: Readonly<Record<string, unknown>>) {
  const fields = typeof given === 'string' || isPieces(given) ? {} : given;
  const model = String(body['model']);
  const text = piecesOf(given).join('');
  const content: AnswerBlock[] = fields.content ?? (text === '' ? [] : [{ type: 'text', text }]);
  return {
    id: requestId,
    model,
    modelId: `mock.${model}`,
    stopReason: content.some(({ type }) => type === 'tool_use') ? 'tool_use' : 'end_turn',
    usage: { inputTokens: 5, outputTokens: 4, totalTokens: 9 },
    limits: [],
    ...fields,
    content,
    output: fields.output === undefined && body['outputSchema'] ? parseJson(text) : fields.output,
    text,
  };
}

/** The events of a stream of an answer, between its first and its last. */
export function piecesSent(given: GivenAnswer): object[] {
  const delta = (text: string) => ({ type: 'delta', text });
  const content = typeof given === 'string' || isPieces(given) ? undefined : given.content;
  return content === undefined
    ? piecesOf(given).map(delta)
    : content.flatMap((block) => (block.type === 'text' ? [delta(block.text)] : eventsOfBlock(block)));
}

function eventsOfBlock(block: Exclude<AnswerBlock, TextBlock>): object[] {
  const { type } = block;
  const start = type === 'tool_use' ? { type, id: block.id, name: block.name } : { type };
  const deltas =
    type === 'tool_use'
      ? [{ type: 'input', json: JSON.stringify(block.input) }]
      : type === 'reasoning'
        ? [{ type: 'reasoning', text: block.text }]
        : [];
  return [
    { type: 'block_start', block: start },
    ...deltas.map((delta) => ({ type: 'block_delta', delta })),
    { type: 'block_end' },
  ];
}

function isPieces(given: GivenAnswer): given is readonly string[] {
  return Array.isArray(given);
}
