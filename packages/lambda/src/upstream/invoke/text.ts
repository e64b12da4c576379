import type { InvokeFormat } from '@org/models';
import type { ModelChatCall } from '../../call/call.ts';
import type { ReplyEvent } from '../../call/reply.ts';
import type { Target } from '../../call/upstream.ts';
import type { Json } from '../../json.ts';
import type { Exchange } from '../exchange.ts';
import { malformedReply } from '../failure.ts';
import { usageOf } from '../token-usage.ts';
import { chunkOf, guardrailIntervened, invokeRequest } from './invoke.ts';
import { llama } from './llama.ts';
import type { Piece, TextFormat } from './text-format.ts';
import { titanText } from './titan-text.ts';

const formats: Readonly<Record<InvokeFormat, TextFormat>> = { 'titan-text': titanText, llama };

/** A question in a model family's own body: for imported models, which Converse does not reach. */
export function invokeText(name: InvokeFormat, call: ModelChatCall, target: Target): Exchange {
  const format = formats[name];
  let begun = false;
  // Of a stream, the input's tokens may come with the first piece alone.
  let counted: Pick<Piece, 'inputTokens' | 'outputTokens'> = {};
  const read = (piece: Piece | undefined, body: Json): ReplyEvent[] => {
    if (!piece) throw malformedReply();
    const events: ReplyEvent[] = [];
    // Answers begin with white space of the template's.
    const text = begun ? piece.text : piece.text.trimStart();
    const stopReason = guardrailIntervened(body) ? 'guardrail_intervened' : piece.stopReason;
    if (!begun && (text !== '' || stopReason !== undefined)) {
      events.push({ type: 'begin', block: { type: 'text' } });
      begun = true;
    }
    if (text !== '') events.push({ type: 'delta', delta: { type: 'text', text } });
    if (stopReason !== undefined) events.push({ type: 'end' }, { type: 'stopped', stopReason });
    counted = {
      inputTokens: piece.inputTokens ?? counted.inputTokens,
      outputTokens: piece.outputTokens ?? counted.outputTokens,
    };
    return [...events, ...usageOf({ input: counted.inputTokens, output: counted.outputTokens })];
  };
  return {
    ...invokeRequest(target),
    body: format.request(promptOf(call), call),
    whole: (body) => read(format.whole(body), body),
    event: (type, body) => {
      const chunk = chunkOf(type, body);
      return chunk === undefined ? [] : read(format.piece(chunk), chunk);
    },
  };
}

/** The text of the one message: these families take nothing else. */
function promptOf({ messages }: ModelChatCall): string {
  const blocks = messages.flatMap(({ blocks: ofMessage }) => ofMessage);
  return blocks.map((block) => (block.type === 'text' ? block.text : '')).join('');
}
