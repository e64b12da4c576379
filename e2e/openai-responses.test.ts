import { createOpenAI } from '@ai-sdk/openai';
import { Agent, tool as agentTool, OpenAIProvider, Runner } from '@openai/agents';
import { generateText, jsonSchema, Output, stepCountIs, streamText, tool } from 'ai';
import OpenAI from 'openai';
import { zodTextFormat } from 'openai/helpers/zod';
import type { Response, ResponseInput, ResponseStreamEvent } from 'openai/resources/responses/responses';
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { codexRequest, codexRequestOfGpt } from './codex-request.ts';
import { type SharedSystem, sharedSystems, startSystem } from './harness.ts';
import { openAiClient, openAiSettings } from './openai-client.ts';

const model = 'claude-sonnet-4.6';

const shared = sharedSystems();

async function start() {
  const system = await shared('everything');
  return { system, ...openAiClient(system, 'all-key') };
}

/** The last request to Bedrock. */
function asked({ bedrock }: Pick<SharedSystem, 'bedrock'>) {
  return JSON.parse(bedrock.received.at(-1)?.text ?? 'null');
}

/** A response's items as input: all kinds that the proxy returns. */
function again({ output }: Pick<Response, 'output'>): ResponseInput {
  return output.flatMap((item) =>
    item.type === 'reasoning' || item.type === 'function_call' || item.type === 'message' ? [item] : [],
  );
}

const weather = {
  type: 'function',
  name: 'weather',
  description: 'Says the weather.',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
  strict: true,
} as const;

const tide = { ...weather, name: 'tide' };

const png =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

const failsInTheMiddle = {
  kind: 'stream',
  after: 'contentBlockDelta',
  end: { exception: 'ModelStreamErrorException' },
} as const;

describe("OpenAI's own SDK", () => {
  test('gets a complete response, with its text, its usage and its request id', async () => {
    const { client } = await start();
    const { data, request_id } = await client.responses
      .create({ model, instructions: 'Be brief.', input: 'What is a dystopia' })
      .withResponse();
    expect(data).toMatchObject({ object: 'response', status: 'completed', model, error: null });
    expect(data.output_text).toMatch(/^You asked: What is a dystopia/);
    expect(data.usage?.total_tokens).toBe((data.usage?.input_tokens ?? 0) + (data.usage?.output_tokens ?? 0));
    expect(data.id).toBe(`resp_${request_id}`);
  });

  test('streams events whose text adds up, and ends with the complete response', async () => {
    const { client } = await start();
    const stream = client.responses.stream({ model, input: 'What is a dystopia' });
    let text = '';
    stream.on('response.output_text.delta', ({ delta }) => {
      text += delta;
    });
    const response = await stream.finalResponse();
    expect(response.output_text).toBe(text);
    expect(text).toMatch(/^You asked/);
    expect(response.usage?.output_tokens).toBeGreaterThan(0);
  });

  test('runs tools in parallel, and sends their results back', async () => {
    const { client, system } = await start();
    const input: ResponseInput = [{ role: 'user', content: 'weather and tide' }];
    const first = await client.responses.create({ model, input, tools: [weather, tide] });
    const calls = first.output.filter((item) => item.type === 'function_call');
    expect(calls.map(({ name }) => name)).toEqual(['weather', 'tide']);
    for (const call of calls) expect(JSON.parse(call.arguments)).toHaveProperty('city');
    const second = await client.responses.create({
      model,
      tools: [weather, tide],
      input: [
        ...input,
        ...again(first),
        ...calls.map(({ call_id, name }) => ({
          type: 'function_call_output' as const,
          call_id,
          output: `${name}: calm`,
        })),
      ],
    });
    expect(second.output_text).toMatch(/weather: calm[\s\S]*tide: calm/);
    expect(asked(system).messages).toMatchObject([
      { role: 'user' },
      { role: 'assistant', content: [{ toolUse: {} }, { toolUse: {} }] },
      { role: 'user', content: [{ toolResult: {} }, { toolResult: {} }] },
    ]);
  });

  test('streams the arguments of a call', async () => {
    const { client } = await start();
    const stream = client.responses.stream({ model, input: 'weather', tools: [weather] });
    let args = '';
    stream.on('response.function_call_arguments.delta', ({ delta }) => {
      args += delta;
    });
    const { output } = await stream.finalResponse();
    expect(output).toMatchObject([{ type: 'function_call', name: 'weather', arguments: args }]);
    expect(JSON.parse(args)).toHaveProperty('city');
  });

  test.each(['claude-sonnet-4.6', 'claude-sonnet-5', 'claude-haiku-4.5'])(
    'keeps the thoughts of %s over a tool loop by their encrypted content',
    async (alias) => {
      const { client, system } = await start();
      const input: ResponseInput = [{ role: 'user', content: 'weather' }];
      const fields = {
        model: alias,
        store: false,
        include: ['reasoning.encrypted_content' as const],
        reasoning: { effort: 'low' as const, summary: 'auto' as const },
        max_output_tokens: 4096,
        tools: [weather],
      };
      const stream = client.responses.stream({ ...fields, input });
      const response = await stream.finalResponse();
      const { output } = response;
      expect(output).toMatchObject([
        { type: 'reasoning', encrypted_content: expect.any(String) },
        { type: 'function_call' },
      ]);
      const call = output.find((item) => item.type === 'function_call');
      const returned = { type: 'function_call_output' as const, call_id: call?.call_id ?? '', output: 'Sun' };
      const last = await client.responses.create({
        ...fields,
        input: [...input, ...again(response), returned],
      });
      expect(last.output_text).toMatch(/The tools returned: Sun/);
      const [thoughts] = asked(system).messages[1].content;
      expect(thoughts.reasoningContent.reasoningText.signature).toEqual(expect.any(String));
    },
  );

  test("gets the model's thoughts as a summary, and encrypted content only on request", async () => {
    const { client } = await start();
    const { output } = await client.responses.create({
      model,
      input: 'Why',
      reasoning: { effort: 'low' },
      max_output_tokens: 4096,
    });
    const [thought] = output;
    expect(thought).toMatchObject({
      type: 'reasoning',
      summary: [{ text: expect.stringMatching(/^They ask/) }],
    });
    expect(thought).not.toHaveProperty('encrypted_content');
  });

  test('shows images and files, in questions and in tool results', async () => {
    const { client, system } = await start();
    const image = {
      type: 'input_image' as const,
      image_url: `data:image/png;base64,${png}`,
      detail: 'auto' as const,
    };
    await client.responses.create({
      model,
      tools: [weather],
      input: [
        {
          role: 'user',
          content: [
            image,
            { type: 'input_file', filename: 'a.txt', file_data: 'data:text/plain;base64,SGk=' },
            { type: 'input_text', text: 'Look' },
          ],
        },
        { type: 'function_call', call_id: 'a', name: 'weather', arguments: '{}' },
        { type: 'function_call_output', call_id: 'a', output: [image] },
      ],
    });
    expect(asked(system).messages).toMatchObject([
      {
        content: [
          { image: { format: 'png', source: { bytes: png } } },
          { document: { format: 'txt', name: 'document-1' } },
          { text: 'Look' },
        ],
      },
      {},
      { content: [{ toolResult: { content: [{ image: { format: 'png' } }] } }] },
    ]);
  });

  test('fetches no URL in a request', async () => {
    const { client, system, requests } = await start();
    const image = {
      type: 'input_image' as const,
      image_url: 'https://example.com/a.png',
      detail: 'auto' as const,
    };
    const asking = client.responses.create({ model, input: [{ role: 'user', content: [image] }] });
    await expect(asking).rejects.toThrow(
      /input\.0\.content\.0\.image_url must be a data URL.*nothing is fetched/,
    );
    expect([requests(), system.bedrock.received.length]).toEqual([1, 0]);
  });

  const City = z.object({ city: z.string(), country: z.string() });

  test.each([model, 'nova-pro'])(
    'parses an answer of %s by a schema, complete and streamed',
    async (alias) => {
      const { client } = await start();
      const text = { format: zodTextFormat(City, 'place') };
      const whole = await client.responses.parse({ model: alias, input: 'Where?', text });
      expect(City.parse(whole.output_parsed)).toEqual(whole.output_parsed);
      const streamed = await client.responses.stream({ model: alias, input: 'Where?', text }).finalResponse();
      expect(City.parse(streamed.output_parsed)).toEqual(streamed.output_parsed);
    },
  );

  test('gets a cut-off answer as incomplete', async () => {
    const { client } = await start();
    const fields = { model, input: 'What is a dystopia', max_output_tokens: 3 };
    const cut = { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } };
    expect(await client.responses.create(fields)).toMatchObject(cut);
    expect(await client.responses.stream(fields).finalResponse()).toMatchObject(cut);
  });

  test('uses a custom tool as a tool with a string', async () => {
    const { client } = await start();
    const tools = [{ type: 'custom' as const, name: 'patch', description: 'Edits files.' }];
    const input: ResponseInput = [{ role: 'user', content: 'patch' }];
    const { output } = await client.responses.stream({ model, input, tools }).finalResponse();
    expect(output).toMatchObject([{ type: 'custom_tool_call', name: 'patch', input: expect.any(String) }]);
    const [call] = output;
    if (call?.type !== 'custom_tool_call') throw new Error('No call');
    const last = await client.responses.create({
      model,
      tools,
      input: [...input, call, { type: 'custom_tool_call_output', call_id: call.call_id, output: 'Done' }],
    });
    expect(last.output_text).toMatch(/The tools returned: Done/);
  });

  test('ends a stream when it aborts, and the call stays charged', async () => {
    const system = await startSystem('everything');
    const { client } = openAiClient(system, 'all-key');
    const stream = await client.responses.create({ model, input: 'What is a dystopia', stream: true });
    const types: string[] = [];
    for await (const { type } of stream) {
      types.push(type);
      if (type === 'response.output_text.delta') stream.controller.abort();
    }
    expect(types.slice(0, 2)).toEqual(['response.created', 'response.in_progress']);
    expect(types).not.toContain('response.completed');
    const usage = await system.send({ method: 'GET', path: '/usage', key: system.keyValue('all-key') });
    expect(usage.json()).toMatchObject({
      limits: [{ limit: 'usd', used: expect.toSatisfy((used) => used > 0) }],
    });
  });

  test('throws if Bedrock fails in the middle of a stream', async () => {
    const { client, system, requests } = await start();
    system.bedrock.answerNext({ deltas: ['One', 'two', 'three'] });
    system.bedrock.failNext(failsInTheMiddle);
    const stream = await client.responses.create({ model, input: 'Hi', stream: true });
    const events: ResponseStreamEvent[] = [];
    const reading = (async () => {
      for await (const event of stream) events.push(event);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'upstream_error', type: 'api_error' });
    expect(events.at(-1)?.type).toBe('response.output_text.delta');
    expect(requests()).toBe(1);
  });

  test('throws the class of each error, before a stream as without streaming', async () => {
    const { client } = await start();
    const refused = (fields: object) =>
      client.responses.create({ model, input: 'Hi', stream: true, ...fields }).then(
        () => undefined,
        (error: unknown) => error,
      );
    const notFound = await refused({ model: 'gpt-4' });
    expect(notFound).toBeInstanceOf(OpenAI.NotFoundError);
    expect(notFound).toMatchObject({ status: 404, code: 'unknown_model', param: 'model' });
    const bad = await refused({ max_output_tokens: 10_000_000 });
    expect(bad).toBeInstanceOf(OpenAI.BadRequestError);
    expect(bad).toMatchObject({ code: 'invalid_request', param: 'max_output_tokens' });
    expect(await refused({ previous_response_id: 'resp_1' })).toMatchObject({
      status: 400,
      code: 'unsupported_feature',
      param: 'previous_response_id',
    });
    expect(await refused({ tools: [{ type: 'web_search' }] })).toMatchObject({
      code: 'unsupported_feature',
      param: 'tools.0',
    });
  });

  test('throws for an invalid key', async () => {
    const { system } = await start();
    const { client } = openAiClient(system, 'all-key', { defaultHeaders: { 'x-api-key': 'unknown' } });
    const asking = client.responses.create({ model, input: 'Hi' });
    await expect(asking).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
  });

  test('retries if Bedrock throttles, also for a stream', async () => {
    const { client, system, requests } = await start();
    const throttles = { kind: 'exception', name: 'ThrottlingException' } as const;
    // The function itself retries once.
    for (let count = 0; count < 2; count += 1) system.bedrock.failNext(throttles);
    const { output_text } = await client.responses.stream({ model, input: 'Hi' }).finalResponse();
    expect(output_text).toMatch(/^You asked: Hi/);
    expect(requests()).toBe(2);
  });

  test('never retries if a quota is used up', async () => {
    const system = await startSystem('counted');
    const { client, requests } = openAiClient(system, 'shared-key');
    for (let count = 0; count < 5; count += 1) await client.responses.create({ model: 'llama', input: 'Hi' });
    const asking = client.responses.create({ model: 'llama', input: 'Hi', stream: true });
    await expect(asking).rejects.toMatchObject({
      status: 429,
      code: 'quota_exceeded',
      error: { details: { limit: 'requests', used: 5, max: 5 } },
    });
    expect(requests()).toBe(6);
  });
});

describe('the Vercel AI SDK with its default model', () => {
  async function vercel() {
    const system = await shared('everything');
    return { system, openai: createOpenAI(openAiSettings(system, 'all-key')) };
  }

  const tools = (ran: string[]) => ({
    weather: tool({
      description: 'Says the weather.',
      inputSchema: jsonSchema<{ city: string }>({ ...weather.parameters, required: ['city'] }),
      execute: async ({ city }) => {
        ran.push(city);
        return { sky: 'clear' };
      },
    }),
  });

  test('generates text', async () => {
    const { openai } = await vercel();
    const { text, usage, finishReason } = await generateText({
      model: openai(model),
      instructions: 'Be brief.',
      prompt: 'What is a dystopia',
    });
    expect(text).toMatch(/^You asked: What is a dystopia/);
    expect(finishReason).toBe('stop');
    expect(usage.outputTokens).toBeGreaterThan(0);
  });

  test('streams a tool loop', async () => {
    const { openai } = await vercel();
    const ran: string[] = [];
    const result = streamText({
      model: openai(model),
      prompt: 'weather',
      tools: tools(ran),
      stopWhen: stepCountIs(3),
    });
    let text = '';
    for await (const piece of result.textStream) text += piece;
    expect(ran).toHaveLength(1);
    expect(text).toMatch(/The tools returned:[\s\S]*clear/);
    expect(await result.finishReason).toBe('stop');
  });

  test('keeps thoughts over a tool loop', async () => {
    const { openai, system } = await vercel();
    const ran: string[] = [];
    const { steps } = await generateText({
      model: openai(model),
      prompt: 'weather',
      tools: tools(ran),
      stopWhen: stepCountIs(3),
      maxOutputTokens: 4096,
      providerOptions: {
        openai: {
          store: false,
          reasoningEffort: 'low',
          forceReasoning: true,
          include: ['reasoning.encrypted_content'],
        },
      },
    });
    expect(steps).toHaveLength(2);
    expect(steps[0]?.reasoningText).toMatch(/^They ask/);
    const [, turn] = asked(system).messages;
    expect(turn.content[0].reasoningContent.reasoningText.signature).toEqual(expect.any(String));
  });

  test('continues a conversation if nothing is stored, and otherwise the error says how to', async () => {
    const { openai } = await vercel();
    const first = await generateText({ model: openai(model), prompt: 'Hi' });
    const messages = [
      { role: 'user' as const, content: 'Hi' },
      ...first.response.messages,
      { role: 'user' as const, content: 'Again' },
    ];
    const { text } = await generateText({
      model: openai(model),
      messages,
      providerOptions: { openai: { store: false } },
    });
    expect(text).toMatch(/^You asked: Again/);
    await expect(generateText({ model: openai(model), messages })).rejects.toThrow(/set store to false/);
  });

  test('generates an object', async () => {
    const { openai } = await vercel();
    const { output } = await generateText({
      model: openai(model),
      prompt: 'Where?',
      output: Output.object({ schema: jsonSchema<{ city: string }>({ ...weather.parameters }) }),
    });
    expect(output).toMatchObject({ city: expect.any(String) });
  });

  test('reports the used-up quota, at no charge', async () => {
    const system = await startSystem('counted');
    const openai = createOpenAI(openAiSettings(system, 'shared-key'));
    // The SDK retries after every 429, whatever the answer says about retries.
    const asking = () => generateText({ model: openai('llama'), prompt: 'Hi', maxRetries: 0 });
    for (let count = 0; count < 5; count += 1) await asking();
    await expect(asking()).rejects.toMatchObject({
      message: expect.stringMatching(/\b5 of 5 requests today/),
      statusCode: 429,
      responseHeaders: { 'x-should-retry': 'false' },
    });
    expect(system.bedrock.received).toHaveLength(5);
  });

  test('reports an error in a stream', async () => {
    const { openai, system } = await vercel();
    system.bedrock.failNext(failsInTheMiddle);
    const errors: unknown[] = [];
    const result = streamText({
      model: openai(model),
      prompt: 'What is a dystopia',
      onError: ({ error }) => void errors.push(error),
    });
    await result.consumeStream();
    expect(errors).toHaveLength(1);
    expect(await result.finishReason).toBe('error');
  });
});

describe("OpenAI's Agents SDK", () => {
  async function runner() {
    const { client, system } = await start();
    const modelProvider = new OpenAIProvider({ openAIClient: client, useResponses: true });
    return { system, runner: new Runner({ modelProvider, tracingDisabled: true }) };
  }

  function agent(ran: unknown[], settings: object = {}) {
    return new Agent({
      name: 'Weather man',
      instructions: 'Answer.',
      model,
      modelSettings: settings,
      tools: [
        agentTool({
          name: 'weather',
          description: 'Says the weather.',
          parameters: { ...weather.parameters, required: ['city'] },
          strict: true,
          execute: async (input) => {
            ran.push(input);
            return 'Clear sky';
          },
        }),
      ],
    });
  }

  test('runs an agent with a tool', async () => {
    const { runner: agents } = await runner();
    const ran: unknown[] = [];
    const { finalOutput } = await agents.run(agent(ran), 'weather');
    expect(ran).toHaveLength(1);
    expect(finalOutput).toMatch(/The tools returned: Clear sky/);
  });

  test("gets an agent's answer by a schema", async () => {
    const { runner: agents } = await runner();
    const outputType = {
      type: 'json_schema' as const,
      name: 'place',
      strict: true,
      schema: { ...weather.parameters, required: ['city'] },
    };
    const { finalOutput } = await agents.run(new Agent({ name: 'Guide', model, outputType }), 'Where?');
    expect(finalOutput).toMatchObject({ city: expect.any(String) });
  });

  test('streams an agent with a tool that thinks', async () => {
    const { runner: agents, system } = await runner();
    const ran: unknown[] = [];
    const settings = {
      maxTokens: 4096,
      store: false,
      reasoning: { effort: 'low' },
      providerData: { include: ['reasoning.encrypted_content'] },
    };
    const result = await agents.run(agent(ran, settings), 'weather', { stream: true });
    let text = '';
    for await (const piece of result.toTextStream()) text += piece;
    await result.completed;
    expect(ran).toHaveLength(1);
    expect(text).toMatch(/The tools returned: Clear sky/);
    const [, turn] = asked(system).messages;
    expect(turn.content[0].reasoningContent.reasoningText.signature).toEqual(expect.any(String));
  });
});

describe("a request in Codex's form", () => {
  async function send(body: object) {
    const { system } = await start();
    const { status, text } = await system.send({
      path: '/v1/responses',
      key: system.keyValue('all-key'),
      body,
    });
    const [, last] = /event: response\.completed\ndata: (.*)\n\n$/.exec(text) ?? [];
    return { system, status, response: JSON.parse(last ?? 'null')?.response };
  }

  test('is answered in a stream that ends with the complete response', async () => {
    const { status, response, system } = await send(codexRequest(model, 'What is here?'));
    expect(status).toBe(200);
    expect(response).toMatchObject({
      id: expect.stringMatching(/^resp_/),
      output: [{ type: 'message' }],
      usage: { input_tokens_details: { cached_tokens: 0 }, output_tokens_details: { reasoning_tokens: 0 } },
    });
    expect(asked(system).system).toEqual([{ text: 'You are a coding agent.' }, { text: 'Skills: none.' }]);
    expect(JSON.stringify(asked(system).toolConfig)).not.toContain('web_search');
  });

  test('has its tools called by its own names, also those of a namespace', async () => {
    const { response } = await send(codexRequest(model, 'exec_command multi_agent_v1__spawn_agent'));
    expect(response.output).toMatchObject([
      { type: 'function_call', name: 'exec_command', arguments: expect.stringContaining('"cmd"') },
      { type: 'function_call', name: 'spawn_agent', namespace: 'multi_agent_v1' },
    ]);
  });

  test('for a GPT gets one call at a time, and an unchanged program', async () => {
    const question = 'functions__exec functions__exec_command';
    const { response } = await send(codexRequestOfGpt('gpt-6-sol', question));
    const calls = response.output.filter(({ type }: { type: string }) => type !== 'reasoning');
    expect(calls).toMatchObject([
      { type: 'custom_tool_call', name: 'exec', namespace: 'functions', input: expect.any(String) },
    ]);
  });
});
