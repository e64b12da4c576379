/**
 * Requests in the form of Codex CLI 0.171.0 for a provider with `wire_api = "responses"`, field by field
 * and item by item, with our own words.
 */

const text = (said: string) => [{ type: 'input_text', text: said }];
const object = (properties: object) => ({ type: 'object', properties, additionalProperties: false });

const execCommand = {
  type: 'function',
  name: 'exec_command',
  description: 'Runs a command.',
  strict: false,
  parameters: { ...object({ cmd: { type: 'string' }, timeout_ms: { type: 'number' } }), required: ['cmd'] },
};

const agents = {
  type: 'namespace',
  name: 'multi_agent_v1',
  description: 'Tools for agents.',
  tools: [
    {
      type: 'function',
      name: 'spawn_agent',
      description: 'Starts an agent.',
      strict: false,
      parameters: object({ message: { type: 'string' } }),
    },
  ],
};

const session = '01a22857-a0fe-70d0-8752-9a2830ec853d';

const shared = {
  stream: true,
  tool_choice: 'auto',
  store: false,
  include: ['reasoning.encrypted_content'],
  prompt_cache_key: session,
  client_metadata: { session_id: session, 'x-codex-turn-metadata': '{"request_kind":"turn"}' },
};

function conversation(question: string) {
  return [
    { type: 'message', id: 'msg_1', role: 'developer', content: text('You are a coding agent.') },
    { type: 'message', id: 'msg_2', role: 'developer', content: text('Skills: none.') },
    { type: 'message', id: 'msg_3', role: 'user', content: text('The folder is /work.') },
    { type: 'message', id: 'msg_4', role: 'user', content: text(question) },
  ];
}

/** For a model that Codex does not know. */
export function codexRequest(model: string, question: string) {
  return {
    ...shared,
    model,
    input: conversation(question),
    tools: [execCommand, agents, { type: 'web_search', external_web_access: false }],
    parallel_tool_calls: true,
    reasoning: { summary: 'auto' },
  };
}

/** For a GPT of Codex's time: the tools are part of the conversation, and the model writes code of any form. */
export function codexRequestOfGpt(model: string, question: string) {
  const exec = {
    type: 'custom',
    name: 'exec',
    description: 'Runs a program.',
    format: { type: 'grammar', syntax: 'lark', definition: 'start: /(.|\\n)+/' },
  };
  const functions = { type: 'namespace', name: 'functions', description: '', tools: [exec, execCommand] };
  return {
    ...shared,
    model,
    input: [
      { type: 'additional_tools', id: 'at_1', role: 'developer', tools: [functions, agents] },
      ...conversation(question),
    ],
    parallel_tool_calls: false,
    reasoning: { effort: 'medium', context: 'all_turns' },
    text: { verbosity: 'low' },
  };
}
