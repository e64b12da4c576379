/** The models of the catalogue, by alias. A deployment may offer fewer, and others. */
export type ModelAlias =
  | 'titan'
  | 'llama'
  | 'nova-micro'
  | 'nova-lite'
  | 'nova-pro'
  | 'nova-2-lite'
  | 'claude-haiku-4.5'
  | 'claude-sonnet-4.6'
  | 'claude-sonnet-5'
  | 'claude-sonnet-5.5'
  | 'claude-opus-5.5'
  | 'llama-4-maverick'
  | 'llama-4-scout'
  | 'llama-3.3-70b'
  | 'gpt-oss-20b'
  | 'gpt-oss-120b'
  | 'mistral-large-3'
  | 'deepseek-v3.2'
  | 'qwen3-32b';

/** The name of a model: an alias of the catalogue, or one that the deployment defines. */
export type ModelName = ModelAlias | (string & {});
