import type { FieldTable } from '../field-table.ts';

/** Fields of a request for tokens to be counted. */
export type CountField =
  | 'model'
  | 'messages'
  | 'system'
  | 'tools'
  | 'tool_choice'
  | 'thinking'
  | 'output_config'
  | 'output_format'
  | 'cache_control'
  | 'anthropic_version'
  | 'anthropic_beta'
  | 'betas'
  | 'context_management'
  | 'compaction'
  | 'mcp_servers'
  | 'speed'
  | 'billing_policy'
  | 'user_profile_id'
  | 'workspace_id';

/** Fields of a request for an answer. */
export type MessageField =
  | CountField
  | 'max_tokens'
  | 'stream'
  | 'stop_sequences'
  | 'temperature'
  | 'top_p'
  | 'top_k'
  | 'metadata'
  | 'service_tier'
  | 'inference_geo'
  | 'container'
  | 'diagnostics'
  | 'fallbacks'
  | 'fallback_credit_token'
  | 'thread';

/**
 * What becomes of each field of a request for tokens to be counted.
 *
 * @see https://platform.claude.com/docs/en/api/messages-count-tokens
 */
export const countFields: FieldTable<CountField> = {
  model: { fate: 'kept', note: 'An alias of this deployment.' },
  messages: {
    fate: 'kept',
    note: 'Images and documents are bytes in base64: an address or a file id is refused, and nothing is fetched. A message of the role system goes to the front for a model that reads none between turns.',
  },
  system: { fate: 'kept', note: 'A string, or blocks of text.' },
  tools: {
    fate: 'kept',
    note: 'Tools of your own. Those that Anthropic runs or has defined are refused; hints on how to load and stream a tool are left out.',
  },
  tool_choice: {
    fate: 'kept',
    note: 'Of a model that cannot be kept from calling several tools at once, the first call is passed on where `disable_parallel_tool_use` is set.',
  },
  thinking: {
    fate: 'translated',
    note: 'In the form that the model takes: a budget for one that takes budgets, adaptive for one that decides by itself, an effort for a model of another maker.',
  },
  output_config: {
    fate: 'translated',
    note: '`effort` where the model can be asked for it, and `format` where it can be held to a schema, else it is refused; `task_budget` is left out.',
  },
  output_format: { fate: 'translated', note: 'As `output_config.format`, which took its place.' },
  cache_control: {
    fate: 'translated',
    note: 'Put on the last block of the last message. Here and on blocks, `scope` is left out, and what the model cannot keep for an hour is kept for 5 minutes; a model without a cache keeps nothing.',
  },
  anthropic_version: { fate: 'ignored', note: 'Bedrock takes one version, and is sent that one.' },
  anthropic_beta: {
    fate: 'translated',
    note: 'Betas that Bedrock knows, from here and from the header `anthropic-beta`, under its own names; others are left out, for it refuses them.',
  },
  betas: { fate: 'translated', note: 'As `anthropic_beta`.' },
  context_management: {
    fate: 'ignored',
    note: 'The model reads the whole conversation: nothing is cleared from it or summarized.',
  },
  compaction: { fate: 'ignored', note: 'The model reads the whole conversation.' },
  mcp_servers: { fate: 'refused', note: 'It calls no server for you.', harmless: [[]] },
  speed: { fate: 'refused', note: 'Bedrock has one speed.', harmless: ['standard'] },
  billing_policy: { fate: 'ignored', note: 'AWS bills the operator of this proxy.' },
  user_profile_id: { fate: 'ignored', note: 'Who asks is known by the key.' },
  workspace_id: { fate: 'ignored', note: 'Who asks is known by the key.' },
};

/**
 * What becomes of each field of a request for an answer.
 *
 * @see https://platform.claude.com/docs/en/api/messages
 */
export const messageFields: FieldTable<MessageField> = {
  ...countFields,
  max_tokens: {
    fate: 'kept',
    note: 'Within what plan and model allow. So many tokens are held of the limits.',
  },
  stream: { fate: 'kept', note: 'Whether the answer comes while it is written.' },
  stop_sequences: { fate: 'kept', note: 'Strings that end the answer.' },
  temperature: { fate: 'kept', note: '0 to 1, for models that take it.' },
  top_p: { fate: 'kept', note: '0 to 1, for models that take it.' },
  top_k: { fate: 'kept', note: 'For Claude alone; other models refuse it here.' },
  metadata: { fate: 'ignored', note: 'Who asks is known by the key.' },
  service_tier: {
    fate: 'refused',
    note: 'A call is served in the standard tier.',
    harmless: ['auto', 'standard_only'],
  },
  inference_geo: {
    fate: 'refused',
    note: 'Where a model runs is chosen by the deployment.',
    harmless: ['not_available'],
  },
  container: { fate: 'refused', note: 'Nothing is run in a container.' },
  diagnostics: { fate: 'ignored', note: 'Answers have no diagnostics.' },
  fallbacks: {
    fate: 'refused',
    note: 'No other model answers in place of the one that is asked.',
    harmless: [[]],
  },
  fallback_credit_token: {
    fate: 'refused',
    note: 'No other model answers in place of the one that is asked.',
  },
  thread: {
    fate: 'refused',
    note: 'No conversation is kept here: send all of it. The SDK does, once it is told so.',
    details: { error_code: 'thread_unsupported_request', unsupported: ['thread'] },
  },
};
