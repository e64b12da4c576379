import type { Door } from '../../door.ts';
import { frames } from './frames.ts';
import { itemsOf } from './items.ts';
import { mannerOf, readRequest } from './request.ts';
import { begun, endOf, responseOf, usageOf } from './response.ts';

/**
 * OpenAI's Responses API, without anything that is stored.
 *
 * @see https://developers.openai.com/api/reference/resources/responses
 */
export const responsesDoor: Door = {
  parse: readRequest,
  answer({ finished, ...request }) {
    const { reply, stopReason, usage } = finished;
    const output = itemsOf(reply.blocks, request.requestId, mannerOf(request.body));
    return responseOf(request, { ...begun, output, ...endOf(stopReason), usage: usageOf(usage) });
  },
  spelling: {
    question: 'input',
    history: 'input',
    messages: 'input',
    system: 'instructions',
    toolChoice: 'tool_choice',
    serviceTier: 'service_tier',
    maxTokens: 'max_output_tokens',
    topP: 'top_p',
    outputSchema: 'text.format',
  },
  frames,
};
