import Anthropic from '@anthropic-ai/sdk';
import { createBedrockClient } from '@org/bedrock-client';
import OpenAI from 'openai';

/** What came of a call: its result, or the name of its error. */
async function outcomeOf(work: () => Promise<unknown>): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    return { failed: error instanceof Error ? error.constructor.name : typeof error };
  }
}

/** What a page sees that calls a deployment with each client. */
async function tryClients(baseUrl: string, apiKey: string): Promise<Record<string, unknown>> {
  const settings = { apiKey, maxRetries: 0, dangerouslyAllowBrowser: true };
  const ours = createBedrockClient({ ...settings, baseUrl });
  const openai = new OpenAI({ ...settings, baseURL: `${baseUrl}/v1` });
  const anthropic = new Anthropic({
    ...settings,
    baseURL: baseUrl,
    defaultHeaders: { 'anthropic-beta': 'none-2026-01-01' },
  });
  const work = {
    ask: async () => (await ours.ask('nova-lite', 'What is a dystopia?')).model,
    stream: async () => (await ours.stream('nova-lite', 'What is a dystopia?').final()).model,
    models: async () => (await ours.models()).models.map(({ alias }) => alias),
    usage: async () => (await ours.usage()).limits.length,
    openai: async () => (await openai.models.list()).data.map(({ id }) => id),
    anthropic: async () => (await anthropic.models.list()).data.map(({ id }) => id),
    encoded: async () => (await openai.models.retrieve('openai/gpt-4o:mini')).id,
    requestIdIsRead: async () => {
      const reply = await fetch(`${baseUrl}/usage`, { headers: { authorization: `Bearer ${apiKey}` } });
      return reply.headers.has('x-request-id');
    },
  };
  const outcomes = Object.entries(work).map(async ([name, call]) => [name, await outcomeOf(call)] as const);
  return Object.fromEntries(await Promise.all(outcomes));
}

/** What a page sees of calls that the browser holds back: to where no page may call, and with a header that none may send. */
async function tryHeldBack(baseUrl: string, apiKey: string): Promise<Record<string, string | undefined>> {
  const client = createBedrockClient({ apiKey, baseUrl, maxRetries: 0, dangerouslyAllowBrowser: true });
  const { error } = await client.safeAsk('nova-lite', 'Hi', { headers: { 'x-tenant': 'acme' } });
  return { code: error?.code, message: error?.message };
}

/** What comes of a client that is allowed to run where anyone can read its key, and of one that is not. */
async function tryAllowed(baseUrl: string, apiKey: string): Promise<Record<string, unknown>> {
  const limits = async (options: object) =>
    (await createBedrockClient({ baseUrl, apiKey, ...options }).usage()).limits.length;
  return {
    refused: await outcomeOf(() => limits({})),
    usage: await outcomeOf(() => limits({ dangerouslyAllowBrowser: true })),
  };
}

Object.assign(globalThis, { tryClients, tryHeldBack, tryAllowed });
