import type { FieldRule } from '../../field-table.ts';
import { customerRules } from '../customer.ts';

/**
 * What happens to each field of a request for a response: OpenAI's, and those that its clients send too.
 *
 * @see https://developers.openai.com/api/reference/resources/responses/methods/create
 */
export const responsesFields = {
  model: { fate: 'kept', note: 'The name of a model of this deployment, as `GET /models` has it.' },
  input: {
    fate: 'translated',
    note: 'Messages, tool calls and their outputs, reasoning, and tools. System and developer messages move to the front. Images and files must be data URLs. Items of tools that OpenAI runs, and references to stored items, are refused.',
  },
  instructions: { fate: 'translated', note: 'The first part of the system prompt.' },
  tools: {
    fate: 'translated',
    note: 'Functions, custom tools, and namespaces of both. The model gets a custom tool as a function with one string. Its grammar is described to the model but not enforced, and neither is `strict`. Tools that OpenAI would run are refused, except that `web_search` with `external_web_access: false`, which Codex sends by default, is left out.',
  },
  tool_choice: {
    fate: 'translated',
    note: 'With `allowed_tools`, the model gets only those tools.',
  },
  parallel_tool_calls: {
    fate: 'translated',
    note: 'With `false`, only the first of several tool calls is passed on.',
  },
  max_output_tokens: {
    fate: 'kept',
    note: 'The most tokens of the answer, thoughts included. Without it: 8,192.',
  },
  temperature: { fate: 'kept', note: '0 to 1. Bedrock takes no more, so more is refused.' },
  top_p: {
    fate: 'translated',
    note: '1 counts as left out, because clients send it by default, and newer Claude models refuse it together with `temperature`.',
  },
  reasoning: {
    fate: 'translated',
    note: 'The `effort`, if the model has it. If the model shows its thoughts, they are the summary, even without asking.',
  },
  text: {
    fate: 'translated',
    note: 'The answer is checked against `format`. `json_object` is refused, because it has no schema. `verbosity` is ignored.',
  },
  include: {
    fate: 'translated',
    note: '`reasoning.encrypted_content` carries the signature of thoughts, so that they can be sent back. Token probabilities are refused. Results of tools that OpenAI runs never occur.',
  },
  service_tier: {
    fate: 'translated',
    note: '`flex` and `priority`, also called `fast`, if the model has them. `auto` and `default` are the standard tier.',
  },
  stream: {
    fate: 'kept',
    note: 'Every event has its `sequence_number`; the last one is the whole response.',
  },
  store: { fate: 'ignored', note: 'Nothing is stored. Fields that need a stored response are refused.' },
  metadata: { fate: 'ignored', note: 'Repeated in the response, and nowhere else.' },
  truncation: { fate: 'ignored', note: 'Nothing is dropped: input that is too long is an error.' },
  user: customerRules.user,
  safety_identifier: customerRules.safety_identifier,
  prompt_cache_key: { fate: 'ignored', note: 'Caching depends on the model.' },
  prompt_cache_retention: { fate: 'ignored', note: 'Caching depends on the model.' },
  prompt_cache_options: { fate: 'ignored', note: 'Caching depends on the model.' },
  stream_options: { fate: 'ignored', note: 'No event has padding.' },
  max_tool_calls: {
    fate: 'ignored',
    note: 'It limits calls of tools that OpenAI runs, which do not exist here.',
  },
  image: { fate: 'ignored', note: 'Images go to the model as they are.' },
  client_metadata: { fate: 'ignored', note: 'Codex sends data about itself in it.' },
  previous_response_id: { fate: 'refused', note: 'No response is stored. Send the whole input.' },
  conversation: { fate: 'refused', note: 'No conversation is stored. Send the whole input.' },
  background: { fate: 'refused', note: 'No response is stored.', harmless: [false] },
  prompt: { fate: 'refused', note: 'No prompt is stored.' },
  context_management: { fate: 'refused', note: 'Nothing is compacted.', harmless: [[]] },
  moderation: { fate: 'refused', note: 'Use a Bedrock Guardrail in the plan instead.' },
  access_programs: { fate: 'refused', note: 'Bedrock has none.', harmless: [{}] },
  top_logprobs: { fate: 'refused', note: 'Bedrock returns no token probabilities.', harmless: [0] },
} as const satisfies Readonly<Record<string, FieldRule>>;
