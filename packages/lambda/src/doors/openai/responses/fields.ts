import type { FieldRule } from '../../field-table.ts';

/**
 * What becomes of each field of a request for a response: those of OpenAI's API, and those that its clients send beside.
 *
 * @see https://developers.openai.com/api/reference/resources/responses/methods/create
 */
export const responsesFields = {
  model: { fate: 'kept', note: 'The name of a model of this deployment, as `GET /models` has it.' },
  input: {
    fate: 'translated',
    note: 'Messages of every role, calls of tools and what they returned, reasoning, and tools. System and developer messages go before the conversation, wherever they stand. An image or a file is a data URL. Items of tools that OpenAI runs, and references to items that OpenAI stores, are refused.',
  },
  instructions: { fate: 'translated', note: 'The first system text.' },
  tools: {
    fate: 'translated',
    note: 'Functions, custom tools, and namespaces of both. A custom tool is offered as a function with one string, and answered with the string; its grammar is described to the model, which nothing holds to it, just as nothing holds it to `strict`. A tool that OpenAI would run is refused; only `web_search` with `external_web_access: false`, which Codex sends unasked, is left out.',
  },
  tool_choice: {
    fate: 'translated',
    note: 'Of `allowed_tools`, the model is offered only those.',
  },
  parallel_tool_calls: {
    fate: 'translated',
    note: 'With `false`, of several calls the first is passed on.',
  },
  max_output_tokens: {
    fate: 'kept',
    note: 'The most tokens of the answer, thoughts included. Without it: 8,192.',
  },
  temperature: { fate: 'kept', note: '0 to 1. More is refused: Bedrock goes no further.' },
  top_p: {
    fate: 'translated',
    note: '1 is the same as to leave it out: clients send it unasked, and newer Claude takes no other sampling beside it.',
  },
  reasoning: {
    fate: 'translated',
    note: 'The `effort`, as far as the model has it. What it thought is the summary, whether asked for or not, where the model says it.',
  },
  text: {
    fate: 'translated',
    note: 'The `format`, which the answer is checked against; `json_object`, which has no schema, is refused. `verbosity` is ignored.',
  },
  include: {
    fate: 'translated',
    note: '`reasoning.encrypted_content` carries the signature of thoughts, so that they can come back. The probabilities of tokens are refused; results of tools that OpenAI runs are never there.',
  },
  service_tier: {
    fate: 'translated',
    note: '`flex` and `priority`, also called `fast`, where the model has them. `auto` and `default` are the standard tier.',
  },
  stream: {
    fate: 'kept',
    note: 'Every event has its `sequence_number`; the last one is the whole response.',
  },
  store: { fate: 'ignored', note: 'Nothing is stored. What would rely on it is refused.' },
  metadata: { fate: 'ignored', note: 'It is in the response again, and nowhere else.' },
  truncation: { fate: 'ignored', note: 'What is too long is an error, and nothing is dropped.' },
  user: { fate: 'ignored', note: 'The key says who asks.' },
  safety_identifier: { fate: 'ignored', note: 'The key says who asks.' },
  prompt_cache_key: { fate: 'ignored', note: "Caches are the models' own." },
  prompt_cache_retention: { fate: 'ignored', note: "Caches are the models' own." },
  prompt_cache_options: { fate: 'ignored', note: "Caches are the models' own." },
  stream_options: { fate: 'ignored', note: 'No event has padding.' },
  max_tool_calls: {
    fate: 'ignored',
    note: 'It counts calls of tools that OpenAI runs, of which there are none.',
  },
  image: { fate: 'ignored', note: 'Images go to the model as they are.' },
  client_metadata: { fate: 'ignored', note: 'Codex sends it about itself.' },
  previous_response_id: { fate: 'refused', note: 'No response is stored. Send the whole input.' },
  conversation: { fate: 'refused', note: 'No conversation is stored. Send the whole input.' },
  background: { fate: 'refused', note: 'No response is stored.', harmless: [false] },
  prompt: { fate: 'refused', note: 'No prompt is stored.' },
  context_management: { fate: 'refused', note: 'Nothing is compacted.', harmless: [[]] },
  moderation: { fate: 'refused', note: 'The guardrail of a plan does this.' },
  access_programs: { fate: 'refused', note: 'Bedrock has none.', harmless: [{}] },
  top_logprobs: { fate: 'refused', note: 'Bedrock says no probabilities of tokens.', harmless: [0] },
} as const satisfies Readonly<Record<string, FieldRule>>;
