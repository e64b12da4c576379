import type { AskEvent } from '../../../call/ask.ts';
import { at } from '../../../json.ts';
import type { Frames, ReadRequest } from '../../door.ts';
import { completionOf, finishReason, mostToolCalls } from './completion.ts';
import { chatUsage } from './usage.ts';

/**
 * A chat completion as server-sent events: a chunk for each piece, and `[DONE]`.
 *
 * @see https://developers.openai.com/api/reference/resources/chat/subresources/completions/streaming-events
 */
export function chatChunks(request: ReadRequest): Frames {
  const withUsage = at(request.body, 'stream_options', 'include_usage') === true;
  const mostCalls = mostToolCalls(request.body);
  /** Every chunk begins and ends with the same words, so they are written once. */
  let head = '';
  // If the usage is asked for, every chunk has it, and it is null in all but the last.
  const end = withUsage ? '}],"usage":null}\n\n' : '}]}\n\n';
  const chunk = (delta: string, finishReason = 'null') =>
    `${head},"choices":[{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${finishReason}${end}`;
  let calls = 0;
  /** Whether the block that is being written is a call of a tool that is passed on, and whether it has any input yet. */
  let isCall = false;
  let hasInput = false;

  const inputChunk = (json: string) =>
    chunk(`{"tool_calls":[{"index":${calls - 1},"function":{"arguments":${JSON.stringify(json)}}}]}`);

  return {
    frame(event: AskEvent): string {
      switch (event.type) {
        case 'chosen':
          head = `data: ${JSON.stringify(completionOf(request, 'chat.completion.chunk')).slice(0, -1)}`;
          return '';
        case 'admitted':
          return chunk('{"role":"assistant","content":"","refusal":null}');
        case 'begin': {
          const { block } = event;
          isCall = block.type === 'tool_use' && calls < mostCalls;
          if (block.type !== 'tool_use' || !isCall) return '';
          hasInput = false;
          calls += 1;
          const { id, name } = block;
          const call = { index: calls - 1, id, type: 'function', function: { name, arguments: '' } };
          return chunk(JSON.stringify({ tool_calls: [call] }));
        }
        case 'delta': {
          const { delta } = event;
          switch (delta.type) {
            case 'text':
              return delta.text === '' ? '' : chunk(`{"content":${JSON.stringify(delta.text)}}`);
            case 'reasoning':
              return delta.text === '' ? '' : chunk(`{"reasoning_content":${JSON.stringify(delta.text)}}`);
            case 'input':
              if (!isCall || delta.json === '') return '';
              hasInput = true;
              return inputChunk(delta.json);
            default:
              // Only the model can read it, and this API has no place for it.
              return '';
          }
        }
        case 'end':
          // A tool without parameters is called with nothing, which is not JSON.
          return isCall && !hasInput ? inputChunk('{}') : '';
        case 'finished': {
          const { stopReason, usage } = event.finished;
          const last = chunk('{}', JSON.stringify(finishReason(stopReason)));
          const counted = withUsage
            ? `${head},"choices":[],"usage":${JSON.stringify(chatUsage(usage))}}\n\n`
            : '';
          return `${last}${counted}data: [DONE]\n\n`;
        }
        default:
          return '';
      }
    },
    ping: ': still there\n\n',
    failed: (error) => `data: ${JSON.stringify(error)}\n\n`,
  };
}
