import { catalogue } from '@org/models';
import { expect, test } from 'vitest';
import {
  delta,
  event,
  exception,
  exceptionEvent,
  failureOf,
  startScriptedBedrock,
  stream,
} from '../testing/scripted-bedrock.ts';
import { ample, read, target } from '../testing/upstream-call.ts';

const { ask, askForStream, bedrock, upstream } = await startScriptedBedrock();

const claude = catalogue['claude-sonnet-4.6'];

const noAccess = "You don't have access to the model with the specified model ID.";
const denied = 'User: arn:aws:iam::1:role/x is not authorized to perform: bedrock:InvokeModel';
const notAuthorized = 'Your account is not authorized to invoke this API operation.';
const onDemand = "Invocation of model ID x with on-demand throughput isn't supported.";

test.each([
  ['AccessDeniedException', 403, noAccess, 'model_unavailable'],
  ['AccessDeniedException', 403, denied, 'upstream_denied'],
  ['ValidationException', 400, 'Input is too long for requested model.', 'context_too_long'],
  ['ValidationException', 400, onDemand, 'model_unavailable'],
  ['ValidationException', 400, 'The provided model identifier is invalid.', 'model_unavailable'],
  ['ValidationException', 400, 'temperature: 3 is greater than the maximum', 'invalid_request'],
  ['ValidationException', 400, 'tools.0.name: String is too long.', 'invalid_request'],
  [
    'ValidationException',
    400,
    'Malformed input request: #/toolConfig/tools/0/toolSpec/name: expected maxLength: 64, actual: 70, please reformat your input and try again.',
    'invalid_request',
  ],
  ['ValidationException', 400, 'Operation not allowed', 'upstream_denied'],
  ['ValidationException', 400, notAuthorized, 'upstream_denied'],
  ['AccessDeniedException', 403, notAuthorized, 'upstream_denied'],
  [
    'ValidationException',
    400,
    'Your account is not authorized to perform this action. Please create a support case.',
    'upstream_denied',
  ],
  [
    'AccessDeniedException',
    403,
    'Model access is denied due to INVALID_PAYMENT_INSTRUMENT:A valid payment instrument must be provided. Your AWS Marketplace subscription for this model cannot be completed at this time.',
    'model_unavailable',
  ],
  [
    'ValidationException',
    400,
    'Access to this model is not available for channel program accounts. Reach out to your AWS Solution Provider.',
    'model_unavailable',
  ],
  [
    'ValidationException',
    400,
    'Access to Anthropic models is not allowed from unsupported countries, regions, or territories.',
    'model_unavailable',
  ],
  [
    'ValidationException',
    400,
    "data retention mode 'default' is not available for this model",
    'model_unavailable',
  ],
  [
    'AccessDeniedException',
    403,
    'anthropic.claude is not available for this account. You can explore other available models on Amazon Bedrock.',
    'model_unavailable',
  ],
  [
    'ResourceNotFoundException',
    404,
    'Model use case details have not been submitted for this account.',
    'model_unavailable',
  ],
  ['SomethingNewException', 429, '', 'model_throttled'],
  ['SomethingNewException', 403, '', 'upstream_denied'],
  ['SomethingNewException', 504, '', 'model_timeout'],
  ['SomethingNewException', 500, '', 'upstream_error'],
])('%s (%i, "%s") is reported as %s', async (name, status, message, code) => {
  bedrock.answers.push(exception(name, status, message), exception(name, status, message));
  const error = await failureOf(ask());
  expect(error.statement.code).toBe(code);
  expect(error.failure).toMatchObject({ name, status });
});

test.each([
  ['ThrottlingException', 429, true, true],
  ['ValidationException', 400, false, true],
  ['ServiceUnavailableException', 503, true, true],
  ['InternalServerException', 500, true, false],
  ['ModelErrorException', 424, true, false],
  ['ModelTimeoutException', 408, false, false],
])('%s (%i): to be retried %j, certainly not billed %j', async (name, status, retryable, unbilled) => {
  bedrock.answers.push(exception(name, status), exception(name, status));
  const error = await failureOf(ask());
  expect([error.retryable, error.unbilled]).toEqual([retryable, unbilled]);
});

test('an answer that the model withheld after it was written is not taken for a call that is not billed', async () => {
  bedrock.answers.push(exception('ValidationException', 400, 'Output blocked by content filtering policy'));
  const error = await failureOf(ask());
  expect([error.statement.code, error.unbilled]).toEqual(['upstream_error', false]);
  expect(error.retryable).toBe(false);
});

test('words of a caller that Bedrock repeats do not blame the operator', async () => {
  bedrock.answers.push(
    exception('ValidationException', 400, "The tool name 'guardrail access to this model' is invalid"),
  );
  expect((await failureOf(ask())).statement.code).toBe('invalid_request');
});

test.each([
  ['a name that every object has', '__proto__', '{"message":"internal message"}'],
  ['a message that is not a string', 'ValidationException', '{"message":[[{"toString":null}]]}'],
])('an exception with %s is reported like any other', async (_case, name, body) => {
  bedrock.answers.push((response) =>
    response.writeHead(400, { 'content-type': 'application/json', 'x-amzn-errortype': name }).end(body),
  );
  expect(['upstream_error', 'invalid_request']).toContain((await failureOf(ask())).statement.code);
});

test("an exception's name that is not a string does not reach the log, which could not write it", async () => {
  const body = '{"__type":[{"":9007199254740992}],"message":"internal message"}';
  bedrock.answers.push((response) =>
    response.writeHead(424, { 'content-type': 'application/json' }).end(body),
  );
  expect((await failureOf(ask())).failure).toMatchObject({ name: 'Error', status: 424 });
});

test("a refused parameter is named, and none of Bedrock's words is repeated", async () => {
  const said = 'arn:aws:bedrock:us-east-1:111122223333 temperature canary';
  bedrock.answers.push(exception('ValidationException', 400, said));
  expect((await failureOf(ask())).statement).toEqual({
    code: 'invalid_request',
    message: 'The model refused temperature. Change it or leave it out.',
    param: 'temperature',
  });
});

/** In the words of Bedrock, Claude and others. */
test.each([
  [
    'The model returned the following errors: Thinking may not be enabled when tool_choice forces tool use.',
    'toolChoice',
  ],
  [
    "This model doesn't support the toolConfig.toolChoice.any field. Remove toolConfig.toolChoice.any and try again.",
    'toolChoice',
  ],
  ["The model returned the following errors: Tool 'find' not found in provided tools", 'toolChoice'],
  ["This model doesn't support tool use.", 'tools'],
  ["This model doesn't support tool use in streaming mode.", 'tools'],
  [
    'The value at toolConfig.tools.0.toolSpec.inputSchema.json.type must be one of the following: object.',
    'tools',
  ],
  [
    'The model returned the following errors: tools.0.custom.input_schema: JSON schema is invalid. It must match JSON Schema draft 2020-12',
    'tools',
  ],
  ['The toolConfig field must be defined when using toolUse and toolResult content blocks.', 'tools'],
  ["This model doesn't support the outputConfig field. Remove outputConfig and try again.", 'outputSchema'],
  [
    "The model returned the following errors: output_config.format.schema: For 'object' type, additionalProperties must be explicitly set to false",
    'outputSchema',
  ],
  [
    'The model returned the following errors: messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`. When `thinking` is enabled, a final `assistant` message must start with a thinking block (preceeding the lastmost set of `tool_use` and `tool_result` blocks). Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking',
    'messages',
    'the thoughts of an earlier turn',
  ],
  [
    "This model doesn't support the reasoningContent field. Remove reasoningContent and try again.",
    'reasoning',
  ],
  [
    'The model returned the following errors: `temperature` may only be set to 1 when thinking is enabled.',
    'temperature',
  ],
  [
    'The model returned the following errors: `top_p` must be greater than or equal to 0.95 or unset when thinking is enabled.',
    'topP',
  ],
  [
    'The maximum tokens you requested exceeds the model limit of 8192. Try again with a maximum tokens value that is lower than 8192.',
    'maxTokens',
  ],
  [
    'The model returned the following errors: `max_tokens` must be greater than `thinking.budget_tokens`.',
    'maxTokens',
  ],
  [
    'Cache point cannot be inserted after reasoning block. Please remove the invalid cache point and try again.',
    'cache',
    'a cache point',
  ],
  [
    'Malformed input request: #/toolConfig/tools/1: extraneous key [cachePoint] is not permitted, please reformat your input and try again.',
    'cache',
    'a cache point',
  ],
  [
    'The model returned the following errors: A maximum of 4 blocks with cache_control may be provided. Found 5.',
    'cache',
    'a cache point',
  ],
  [
    'The model returned the following errors: messages.0.content.2.image.source.bytes: image exceeds 5 MB maximum: 7167852 bytes > 5242880 bytes',
    'messages',
    'an image',
  ],
  ['The model returned the following errors: Could not process image', 'messages', 'an image'],
  ['A text block must be included when using documents.', 'messages', 'a document'],
  ['The model returned the following errors: The PDF specified was not valid.', 'messages', 'a document'],
  [
    "This model doesn't support system messages. Try again without a system message or use a model that supports system messages.",
    'system',
  ],
  [
    'Expected toolResult blocks at messages.2.content for the following Ids: tooluse_a',
    'messages',
    'a tool call or its result',
  ],
  [
    'The model returned the following errors: messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: tooluse_a. Each `tool_use` block must have a corresponding `tool_result` block in the next message.',
    'messages',
    'a tool call or its result',
  ],
  [
    'The model returned the following errors: messages.1.content.0: Invalid `signature` in `thinking` block',
    'messages',
    'the thoughts of an earlier turn',
  ],
  [
    'The model returned the following errors: messages.1.content.0.thinking.signature: Field required',
    'messages',
    'the thoughts of an earlier turn',
  ],
  [
    'The model returned the following errors: messages.3.content.9: `thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified. These blocks must remain as they were in the original response.',
    'messages',
    'the thoughts of an earlier turn',
  ],
  ['The text field in the ContentBlock object at messages.0.content.0 is blank.', undefined],
])('the parameter that Bedrock refuses is named: %s', async (said, param, name = param) => {
  bedrock.answers.push(exception('ValidationException', 400, said));
  const { statement } = await failureOf(ask());
  expect(statement).toMatchObject({ code: 'invalid_request', param });
  expect(statement.message).toContain(name === undefined ? 'the request' : `refused ${name}.`);
});

test('an unsupported cache point is named, although Bedrock says that access is denied', async () => {
  const said = 'You invoked an unsupported model or your request did not allow prompt caching.';
  bedrock.answers.push(exception('AccessDeniedException', 403, said));
  const error = await failureOf(ask());
  expect([error.statement.code, error.statement.param]).toEqual(['invalid_request', 'cache']);
  expect(error.unbilled).toBe(true);
});

const promptsTooLong = [
  'Input is too long for requested model.',
  'The model returned the following errors: prompt is too long: 200049 tokens > 200000 maximum',
  'The model returned the following errors: input length and `max_tokens` exceed context limit: 199759 + 8192 > 200000, decrease input length or `max_tokens` and try again',
  'Input Tokens Exceeded: Number of input tokens exceeds maximum length. Please update the input to try again.',
  'The model returned the following errors: too many total text bytes: 9400000 > 9000000',
  "This model's maximum context length is 128000 tokens. Please reduce the length of the prompt",
  'Prompt contains 40000 tokens, too large for model with 32768 maximum context length',
  '400 Bad Request: Too many input tokens. Max input tokens: 8192, request input token count: 9279 ',
  'Malformed input request: expected maxLength: 50000, actual: 50001, please reformat your input and try again.',
  'Malformed input request: #/texts/41: expected maxLength: 2048, actual: 2882, please reformat your input and try again.',
];

test.each(promptsTooLong)(
  'a prompt that is too long costs nothing, whether refused or streamed: %s',
  async (said) => {
    const refused = exception('ValidationException', 400, said);
    const streamed = stream(
      event('messageStart', { role: 'assistant' }),
      exceptionEvent('validationException', said),
    );
    for (const [answer, asking] of [
      [refused, ask],
      [refused, askForStream],
      [streamed, askForStream],
    ] as const) {
      bedrock.answers.push(answer);
      const error = await failureOf(asking());
      expect([error.statement.code, error.unbilled]).toEqual(['context_too_long', true]);
    }
  },
);

test.each<[string, Uint8Array[]]>([
  [
    'after the model had said something',
    [delta('Ble'), exceptionEvent('validationException', promptsTooLong[0] ?? '')],
  ],
  ['that is no refusal of the prompt', [exceptionEvent('validationException', 'The input is wrong.')]],
  ['of another kind', [exceptionEvent('modelStreamErrorException', promptsTooLong[0] ?? '')]],
  ['that is a throttle', [exceptionEvent('throttlingException', '')]],
])('an exception in a stream %s may have been billed', async (_which, frames) => {
  bedrock.answers.push(stream(...frames));
  expect((await failureOf(askForStream())).unbilled).toBe(false);
});

test('a quota of tokens for the day is asked for once, and lasts', async () => {
  const said = 'Too many tokens per day, please wait before trying again.';
  for (const asking of [ask, askForStream]) {
    bedrock.requests = 0;
    bedrock.answers.push(exception('ThrottlingException', 429, said));
    const error = await failureOf(asking());
    expect([error.statement.code, error.retryable, error.unbilled]).toEqual(['model_throttled', false, true]);
    expect(error.message).toContain('AWS account');
    expect(bedrock.requests).toBe(1);
  }
});

test('an unknown message of Bedrock is logged in listed words only, and the prompt is never logged', async () => {
  const said = 'The model x-9 does not support "my Secret prompt is 4711" at messages.0.content.';
  bedrock.answers.push(exception('ValidationException', 400, said));
  expect((await failureOf(ask())).failure).toMatchObject({
    name: 'ValidationException',
    said: 'the model _ does not support _ prompt is _ at messages _ content',
  });
  bedrock.answers.push(exception('SomethingNewException', 400, 'Access denied'));
  expect((await failureOf(ask())).failure).toMatchObject({ said: 'access denied' });
  bedrock.answers.push(exception('ValidationException', 400, 'Input is too long for requested model.'));
  expect((await failureOf(ask())).failure?.said).toBeUndefined();
});

/** Clients of the model's own API match its words. */
test.each([
  ['messages.1.content.0: Invalid `signature` in `thinking` block', 'invalid_request'],
  ['prompt is too long: 200001 tokens > 200000 maximum', 'context_too_long'],
])("Claude's refusal of a body of its own API is quoted: %s", async (said, code) => {
  bedrock.answers.push(exception('ValidationException', 400, said));
  const asked = { kind: 'messages' as const, body: { max_tokens: 5 } };
  const error = await failureOf(read(upstream.call(claude, asked, target, { whole: true, deadline: ample })));
  expect(error).toMatchObject({ statement: { code, message: said }, quoted: true, unbilled: true });
});

test.each([
  ['an ARN', 400, 'ValidationException', 'temperature: not for arn:aws:bedrock:us-east-1:1:x'],
  ['an account', 400, 'ValidationException', 'temperature: not in 111122223333'],
  ['a model that is not offered', 400, 'ValidationException', onDemand],
  ['an access that is denied', 403, 'AccessDeniedException', 'User: x is not authorized'],
  ['a failure', 500, 'InternalServerException', 'at Internal.method'],
])('a message about %s is not quoted', async (_what, status, name, said) => {
  bedrock.answers.push(exception(name, status, said));
  const asked = { kind: 'messages' as const, body: { max_tokens: 5 } };
  const error = await failureOf(read(upstream.call(claude, asked, target, { whole: true, deadline: ample })));
  expect(error.quoted).toBe(false);
  expect(error.message).not.toContain(said);
});
