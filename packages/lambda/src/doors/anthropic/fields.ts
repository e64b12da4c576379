import type { FieldTable } from '../field-table.ts';

/** Fields of a request to count tokens. */
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
 * What happens to each field of a request to count tokens.
 *
 * @see https://platform.claude.com/docs/en/api/messages-count-tokens
 */
export const countFields: FieldTable<CountField> = {
  model: { fate: 'kept', note: 'An alias of this deployment.' },
  messages: {
    fate: 'kept',
    note: 'Images and documents are bytes in base64; URLs and file ids are refused. For a model that reads no system message between turns, it moves to the front.',
  },
  system: { fate: 'kept', note: 'A string, or text blocks.' },
  tools: {
    fate: 'kept',
    note: 'Your own tools. Tools that Anthropic runs or defines are refused. Hints on how to load and stream a tool are left out.',
  },
  tool_choice: {
    fate: 'kept',
    note: 'With `disable_parallel_tool_use`, a model that still calls several tools at once has only its first call passed on.',
  },
  thinking: {
    fate: 'translated',
    note: 'Translated to what the model takes: a budget, adaptive thinking, or for models of other vendors an effort.',
  },
  output_config: {
    fate: 'translated',
    note: '`effort` and `format`, if the model supports them; otherwise they are refused. `task_budget` is left out.',
  },
  output_format: { fate: 'translated', note: 'The older name of `output_config.format`.' },
  cache_control: {
    fate: 'translated',
    note: 'Put on the last block of the last message. Here and on blocks, `scope` is left out, an hour becomes 5 minutes if the model cannot keep a cache for an hour, and a model without a cache ignores it.',
  },
  anthropic_version: { fate: 'ignored', note: 'Bedrock takes only one version, and gets that one.' },
  anthropic_beta: {
    fate: 'translated',
    note: 'Betas from here and from the header `anthropic-beta`. Those that Bedrock knows are passed on under its names; it would refuse others, so they are left out.',
  },
  betas: { fate: 'translated', note: 'As `anthropic_beta`.' },
  context_management: {
    fate: 'ignored',
    note: 'The model reads the whole conversation: nothing is cleared or summarized.',
  },
  compaction: { fate: 'ignored', note: 'The model reads the whole conversation.' },
  mcp_servers: { fate: 'refused', note: 'The proxy calls no server.', harmless: [[]] },
  speed: { fate: 'refused', note: 'Bedrock has one speed.', harmless: ['standard'] },
  billing_policy: { fate: 'ignored', note: 'AWS bills the operator of this proxy.' },
  user_profile_id: { fate: 'ignored', note: 'The key identifies the caller.' },
  workspace_id: { fate: 'ignored', note: 'The key identifies the caller.' },
};

/**
 * What happens to each field of a request for an answer.
 *
 * @see https://platform.claude.com/docs/en/api/messages
 */
export const messageFields: FieldTable<MessageField> = {
  ...countFields,
  max_tokens: {
    fate: 'kept',
    note: 'At most what plan and model allow. That many tokens are reserved from the limits.',
  },
  stream: { fate: 'kept', note: 'Whether to stream the answer.' },
  stop_sequences: { fate: 'kept', note: 'Strings that end the answer.' },
  temperature: { fate: 'kept', note: '0 to 1, for models that take it.' },
  top_p: { fate: 'kept', note: '0 to 1, for models that take it.' },
  top_k: { fate: 'kept', note: 'For Claude only; refused for other models.' },
  metadata: {
    fate: 'translated',
    note: '`user_id` is the customer of the caller, by which the operator can divide usage. A value that does not look like an id, such as a mail address, is recorded only as a hash. Of the value that Claude Code sends, the session is left out. The model does not get it.',
  },
  service_tier: {
    fate: 'refused',
    note: 'Calls use the standard tier.',
    harmless: ['auto', 'standard_only'],
  },
  inference_geo: {
    fate: 'refused',
    note: 'The deployment chooses where a model runs.',
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
    note: 'No conversation is stored: send all of it. The SDK does so after this error.',
    details: { error_code: 'thread_unsupported_request', unsupported: ['thread'] },
  },
};
