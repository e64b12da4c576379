import type { FieldRule } from '../../field-table.ts';
import { customerRules } from '../customer.ts';

/**
 * What happens to each field of a request for a chat completion: OpenAI's, and those that clients for several providers
 * send too.
 *
 * @see https://developers.openai.com/api/reference/resources/chat/subresources/completions/methods/create
 */
export const chatFields = {
  messages: {
    fate: 'translated',
    note:
      'All `system` and `developer` messages become the instructions. Consecutive messages of one role become one, and so do ' +
      'tool results and the user message after them. Images and files must be `data:` URLs, because the proxy fetches nothing; ' +
      'the `detail` of an image is ignored. Claude sees only the text of a PDF. Audio is refused. Earlier thoughts ' +
      '(`reasoning_content`) and cache marks are ignored. If the arguments of a tool call are not a JSON object, the model ' +
      'gets an object that has them as `arguments`.',
  },
  model: { fate: 'kept', note: 'An alias of this deployment.' },
  audio: { fate: 'refused', note: 'No model here produces audio.' },
  frequency_penalty: { fate: 'ignored', note: 'Bedrock has no such parameter for all models.' },
  function_call: { fate: 'refused', note: 'Use `tool_choice`.', harmless: ['auto', 'none'] },
  functions: { fate: 'refused', note: 'Use `tools`.', harmless: [[]] },
  logit_bias: { fate: 'refused', note: 'Bedrock cannot bias tokens.', harmless: [{}] },
  logprobs: { fate: 'refused', note: 'Bedrock returns no token probabilities.', harmless: [false] },
  max_completion_tokens: {
    fate: 'kept',
    note: 'The most tokens of the answer, thoughts included. Without it, and without `max_tokens`: 8,192.',
  },
  max_tokens: { fate: 'kept', note: 'The same. `max_completion_tokens` takes precedence.' },
  metadata: { fate: 'ignored', note: 'Nothing is stored, so it describes nothing.' },
  modalities: { fate: 'refused', note: 'Answers are text.', harmless: [['text'], []] },
  moderation: { fate: 'refused', note: 'Use a Bedrock Guardrail in the plan instead.' },
  n: { fate: 'refused', note: 'A request gets one answer. Send the request several times.', harmless: [1] },
  parallel_tool_calls: {
    fate: 'translated',
    note:
      'With `false`, only the first tool call of an answer is passed on, because Bedrock cannot ask for one call at a time. ' +
      'The others are billed.',
  },
  prediction: { fate: 'refused', note: 'Bedrock takes no predicted output.' },
  presence_penalty: { fate: 'ignored', note: 'Bedrock has no such parameter for all models.' },
  prompt_cache_key: { fate: 'ignored', note: 'Models that cache by themselves need none.' },
  prompt_cache_options: { fate: 'ignored', note: 'Models that cache by themselves need none.' },
  prompt_cache_retention: { fate: 'ignored', note: 'How long Bedrock keeps a cache depends on the model.' },
  reasoning_effort: {
    fate: 'translated',
    note:
      'How hard the model thinks; `off` is the same as `none`. `GET /models` lists the efforts of each model. Thoughts come ' +
      'back as `reasoning_content`. This API cannot send thoughts back, which Claude Haiku 4.5 needs to continue after a tool ' +
      'call: leave the effort out if there are tools.',
  },
  response_format: {
    fate: 'translated',
    note:
      'With `json_schema`, an answer that does not fit is an error. `json_object` is refused, because no model here can be held ' +
      'to it: use `json_schema`.',
  },
  safety_identifier: customerRules.safety_identifier,
  seed: { fate: 'ignored', note: 'Bedrock has none, and OpenAI does not guarantee its effect either.' },
  service_tier: {
    fate: 'translated',
    note: '`flex` and `priority`, also called `fast`, if the model has them. `auto` and `default` are the standard tier.',
  },
  stop: { fate: 'kept', note: 'A string, or up to four. Empty strings are left out.' },
  store: { fate: 'refused', note: 'No answer is stored.', harmless: [false] },
  stream: { fate: 'kept', note: 'Whether to stream the answer.' },
  stream_options: {
    fate: 'kept',
    note: '`include_usage` adds a last chunk with the usage. Other options are ignored.',
  },
  temperature: { fate: 'kept', note: '0 to 1. Bedrock takes no more, so more is refused.' },
  tool_choice: {
    fate: 'translated',
    note: 'With `allowed_tools`, the model gets only those tools. Custom tools are refused.',
  },
  tools: {
    fate: 'translated',
    note: 'Functions. `strict` is ignored, so check the arguments of tool calls. Custom tools are refused.',
  },
  top_logprobs: { fate: 'refused', note: 'Bedrock returns no token probabilities.', harmless: [0] },
  top_p: {
    fate: 'translated',
    note: '1 counts as left out, because clients send it by default, and newer Claude models refuse it together with `temperature`.',
  },
  user: customerRules.user,
  verbosity: { fate: 'ignored', note: 'Bedrock has none. Ask for short answers in the prompt.' },
  web_search_options: { fate: 'refused', note: 'The proxy searches nothing.' },
  enable_thinking: { fate: 'refused', note: 'Use `reasoning_effort`.' },
  include_reasoning: { fate: 'ignored', note: 'Thoughts always come back.' },
  min_p: { fate: 'refused', note: 'Bedrock has no such parameter for all models.', harmless: [0] },
  reasoning: { fate: 'refused', note: 'Use `reasoning_effort`.' },
  repetition_penalty: { fate: 'ignored', note: 'Bedrock has no such parameter for all models.' },
  thinking: { fate: 'refused', note: 'Use `reasoning_effort`.' },
  top_k: { fate: 'refused', note: 'Bedrock has no such parameter for all models.' },
} satisfies Readonly<Record<string, FieldRule>>;
