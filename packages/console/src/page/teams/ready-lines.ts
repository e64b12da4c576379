/** Lines that use a key, ready to be run. */
export interface ReadyLines {
  /** The program or SDK that they are for. */
  readonly client: string;
  readonly code: string;
}

export interface KeyUse {
  /** Base URL of the routes. */
  readonly endpoint: string;
  readonly key: string;
  /** A model that the key may ask. */
  readonly model: string;
  /** Whether keys open the routes as bearer tokens too, as OpenAI's clients send them. */
  readonly bearer: boolean;
}

/** Names and keys have no character that a shell or a string would read otherwise; an endpoint neither. */
export function readyLines({ endpoint, key, model, bearer }: KeyUse): ReadyLines[] {
  const openai = bearer
    ? `export OPENAI_BASE_URL=${endpoint}/v1
export OPENAI_API_KEY=${key}

// npm install openai
import OpenAI from 'openai';

const { choices } = await new OpenAI().chat.completions.create({
  model: '${model}',
  messages: [{ role: 'user', content: 'What is a dystopia?' }],
});
console.log(choices[0]?.message.content);`
    : `// This deployment takes no bearer tokens, which OpenAI's clients send.
// Remove "bearer: false" from the config, or use another client.`;
  return [
    {
      client: 'curl',
      code: `curl ${endpoint}/bedrock \\
  -H 'x-api-key: ${key}' \\
  -H 'content-type: application/json' \\
  -d '{"model":"${model}","question":"What is a dystopia?"}'`,
    },
    {
      client: 'Our client',
      code: `export BEDROCK_PROXY_URL=${endpoint}
export BEDROCK_PROXY_API_KEY=${key}

// npm install @org/bedrock-client
import { createBedrockClient } from '@org/bedrock-client';

const { text } = await createBedrockClient().ask('${model}', 'What is a dystopia?');
console.log(text);`,
    },
    { client: 'OpenAI SDK', code: openai },
    {
      client: 'Anthropic SDK',
      code: `export ANTHROPIC_BASE_URL=${endpoint}
export ANTHROPIC_API_KEY=${key}

// npm install @anthropic-ai/sdk
import Anthropic from '@anthropic-ai/sdk';

const { content } = await new Anthropic().messages.create({
  model: '${model}',
  max_tokens: 300,
  messages: [{ role: 'user', content: 'What is a dystopia?' }],
});
console.log(content);`,
    },
    {
      client: 'Claude Code',
      code: `export ANTHROPIC_BASE_URL=${endpoint}
export ANTHROPIC_API_KEY=${key}
export ENABLE_TOOL_SEARCH=false
claude --model ${model}`,
    },
  ];
}
