import type { FieldRule } from '../../field-table.ts';

/**
 * What becomes of each field of a request for a chat completion: OpenAI's own, and those that clients made for several
 * providers send beside them.
 *
 * @see https://developers.openai.com/api/reference/resources/chat/subresources/completions/methods/create
 */
export const chatFields = {
  messages: {
    fate: 'translated',
    note:
      'Messages of `system` and `developer` become the instructions, wherever they stand. Two of one role in a row become ' +
      'one, and so do the results of tools and what the user says after them. Images and files are `data:` URLs: nothing ' +
      'is fetched, and `detail` of an image is ignored. Of a PDF, Claude sees the text alone. Audio is refused. Thoughts ' +
      'of earlier turns (`reasoning_content`) are ignored, and so are marks of what to cache. A call of a tool whose arguments are not a JSON object reaches ' +
      'the model as an object that has them as `arguments`.',
  },
  model: { fate: 'kept', note: 'An alias of this deployment.' },
  audio: { fate: 'refused', note: 'No model here speaks.' },
  frequency_penalty: { fate: 'ignored', note: 'Bedrock has no such parameter for all models.' },
  function_call: { fate: 'refused', note: 'Use `tool_choice`.', harmless: ['auto', 'none'] },
  functions: { fate: 'refused', note: 'Use `tools`.', harmless: [[]] },
  logit_bias: { fate: 'refused', note: 'Bedrock cannot bias tokens.', harmless: [{}] },
  logprobs: { fate: 'refused', note: 'Bedrock does not say how likely tokens were.', harmless: [false] },
  max_completion_tokens: {
    fate: 'kept',
    note: 'The most tokens of the answer, thoughts included. Without it, and without `max_tokens`: 8,192.',
  },
  max_tokens: { fate: 'kept', note: 'The same; `max_completion_tokens` comes first.' },
  metadata: { fate: 'ignored', note: 'Nothing is stored that it could describe.' },
  modalities: { fate: 'refused', note: 'Answers are text.', harmless: [['text'], []] },
  moderation: { fate: 'refused', note: 'A plan can have a Bedrock Guardrail in its place.' },
  n: { fate: 'refused', note: 'A request gets one answer. Send it several times.', harmless: [1] },
  parallel_tool_calls: {
    fate: 'translated',
    note:
      'Bedrock cannot be asked for one call at a time. With `false`, only the first call of an answer is passed on; what ' +
      'the model wrote of others is billed.',
  },
  prediction: { fate: 'refused', note: 'Bedrock takes no prediction of the answer.' },
  presence_penalty: { fate: 'ignored', note: 'Bedrock has no such parameter for all models.' },
  prompt_cache_key: { fate: 'ignored', note: 'Models that cache by themselves need none.' },
  prompt_cache_options: { fate: 'ignored', note: 'Models that cache by themselves do.' },
  prompt_cache_retention: { fate: 'ignored', note: 'How long Bedrock keeps a cache depends on the model.' },
  reasoning_effort: {
    fate: 'translated',
    note:
      'How hard the model thinks. `none` is also called `off` here. Which efforts a model has is in `GET /models`. What it ' +
      'thinks comes back as `reasoning_content`. Claude Haiku 4.5 does not go on after a tool without its own thoughts, ' +
      'which this API cannot send back: leave the effort out where it has tools.',
  },
  response_format: {
    fate: 'translated',
    note:
      'The answer to a `json_schema` is checked against it, and is an error where it does not fit. `json_object` is ' +
      'refused, because no model here can be held to it: use `json_schema`.',
  },
  safety_identifier: { fate: 'ignored', note: 'Whose use is counted depends on the key.' },
  seed: { fate: 'ignored', note: 'OpenAI promises nothing of it either, and Bedrock has none.' },
  service_tier: {
    fate: 'translated',
    note: '`flex` and `priority`, also called `fast`, where the model has them. `auto` and `default` are the standard tier.',
  },
  stop: { fate: 'kept', note: 'A string, or up to four. Empty strings are left out.' },
  store: { fate: 'refused', note: 'No answer is stored.', harmless: [false] },
  stream: { fate: 'kept', note: 'Answers with server-sent events.' },
  stream_options: {
    fate: 'kept',
    note: '`include_usage` adds a last chunk with what the answer took. Other options are ignored.',
  },
  temperature: { fate: 'kept', note: '0 to 1. More is refused: Bedrock goes no further.' },
  tool_choice: {
    fate: 'translated',
    note: 'Of `allowed_tools`, the model gets only those that are allowed. Custom tools are refused.',
  },
  tools: {
    fate: 'translated',
    note: 'Functions. `strict` is ignored: check what a tool is called with. Custom tools are refused.',
  },
  top_logprobs: { fate: 'refused', note: 'Bedrock does not say how likely tokens were.', harmless: [0] },
  top_p: {
    fate: 'translated',
    note: '1 is the same as to leave it out: clients send it unasked, and newer Claude takes no other sampling beside it.',
  },
  user: { fate: 'ignored', note: 'Whose use is counted depends on the key.' },
  verbosity: { fate: 'ignored', note: 'Bedrock has none. Ask for short answers in the prompt.' },
  web_search_options: { fate: 'refused', note: 'Nothing is searched.' },
  enable_thinking: { fate: 'refused', note: 'Use `reasoning_effort`.' },
  include_reasoning: { fate: 'ignored', note: 'What a model thinks always comes back.' },
  min_p: { fate: 'refused', note: 'Bedrock has no such parameter for all models.', harmless: [0] },
  reasoning: { fate: 'refused', note: 'Use `reasoning_effort`.' },
  repetition_penalty: { fate: 'ignored', note: 'Bedrock has no such parameter for all models.' },
  thinking: { fate: 'refused', note: 'Use `reasoning_effort`.' },
  top_k: { fate: 'refused', note: 'Bedrock has no such parameter for all models.' },
} satisfies Readonly<Record<string, FieldRule>>;
